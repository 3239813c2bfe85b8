import HostSystem
import RunModel

/// A folder in Hugging Face's layout: `config.json`, and weights in one file or in shards of an index.
///
/// The weights stay mapped until they are asked for; what is asked for is checked against the files'
/// headers before any memory is taken.
package struct ModelFolder {
  package let path: String
  package let model: ModelConfiguration
  package let vocabulary: Int
  private let shards: [Shard]
  /// Shard and entry of every tensor.
  private let places: [String: (shard: Int, entry: SafetensorsHeader.Entry)]

  private struct Shard {
    let file: MappedFile
    let header: SafetensorsHeader
  }

  /// - Throws: `RunError` (.input) naming the file and what is wrong with it.
  package init(_ path: String) throws(RunError) {
    self.path = path
    (model, vocabulary) = try Self.description(of: path)
    shards = try Self.shardNames(path).map { (name) throws(RunError) in
      let file = try MappedFile(path + "/" + name, as: .tensors)
      let header = try file.withBytes { (bytes) throws(RunError) in
        try SafetensorsHeader(bytes, place: file.path)
      }
      return Shard(file: file, header: header)
    }
    var places: [String: (shard: Int, entry: SafetensorsHeader.Entry)] = [:]
    for (index, shard) in shards.enumerated() {
      for entry in shard.header.entries {
        guard places.updateValue((index, entry), forKey: entry.name) == nil else {
          throw CheckpointError.bad(
            shard.file.path, "holds '\(entry.name)', which another shard holds too",
            "use a checkpoint that was written completely")
        }
      }
    }
    self.places = places
  }

  /// What `config.json` says, without a look at the weights.
  package static func description(
    of path: String
  ) throws(RunError) -> (model: ModelConfiguration, vocabulary: Int) {
    let file = path + "/config.json"
    return try ModelDescription.decode(try ForeignFile.read(file, as: .description), place: file)
  }

  /// The bytes of `tokenizer.json`; nil where there is none.
  package static func tokenizer(of path: String) throws(RunError) -> [UInt8]? {
    let file = path + "/tokenizer.json"
    return ForeignFile.exists(file) ? try ForeignFile.read(file, as: .description) : nil
  }

  /// Files that say how to turn text into tokens, kept beside a checkpoint's weights.
  package static let tokenizerFiles = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "generation_config.json",
  ]

  /// The files the weights lie in, each once, by name.
  private static func shardNames(_ path: String) throws(RunError) -> [String] {
    let index = path + "/model.safetensors.index.json"
    guard !ForeignFile.exists(path + "/model.safetensors"), ForeignFile.exists(index) else {
      return ["model.safetensors"]
    }
    let fields = try JSONValue(try ForeignFile.read(index, as: .description), place: index)
    guard let map = fields.object?["weight_map"]?.object, !map.isEmpty else {
      throw CheckpointError.bad(
        index, "has no 'weight_map'", "use the index that belongs to the shards")
    }
    let files = map.map(\.value)
    let names = Set(files.compactMap(\.text))
    for name in names where name.contains("/") || !name.hasSuffix(".safetensors") {
      throw CheckpointError.bad(
        index, "names a shard '\(name.prefix(80))'", "shards lie beside it as .safetensors")
    }
    guard files.allSatisfy({ $0.text != nil }) else {
      throw CheckpointError.bad(index, "names a shard that is no text", "use another index")
    }
    return names.sorted()
  }

  /// Writes the tensors that `blocks` name to `target`, one after another.
  ///
  /// Every block must be there in its shape, and every tensor of the files must be a block, or one
  /// that changes nothing: angles, or an output head equal to the embedding it is tied to.
  package func read(
    _ blocks: [BlockDescriptor], into target: inout [Float]
  ) throws(RunError) {
    try check(blocks)
    target = [Float](unsafeUninitializedCapacity: blocks.reduce(0) { $0 + $1.count }) {
      buffer, initialized in
      var start = 0
      for block in blocks {
        guard let (shard, entry) = places[block.name], let base = buffer.baseAddress else {
          continue
        }
        shards[shard].file.withBytes { entry.read(from: $0, into: base + start) }
        start += entry.count
      }
      initialized = start
    }
  }

  /// How the weights are stored, as exported again: the type of the first tensor.
  package var storedType: SafetensorsHeader.ElementType {
    shards.first?.header.entries.first?.type ?? .float32
  }

  private func check(_ blocks: [BlockDescriptor]) throws(RunError) {
    for block in blocks {
      guard let place = places[block.name] else {
        throw CheckpointError.bad(
          file(0), "has no tensor '\(block.name)'",
          "use a checkpoint whose config.json belongs to it")
      }
      guard place.entry.shape == block.shape else {
        throw CheckpointError.bad(
          file(place.shard),
          "'\(block.name)' has shape \(place.entry.shape), config.json wants \(block.shape)",
          "use a checkpoint whose config.json belongs to it")
      }
    }
    let known = Set(blocks.map(\.name))
    for (name, place) in places.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
      if name.hasSuffix(".rotary_emb.inv_freq") || isTiedHead(name) { continue }
      throw CheckpointError.bad(
        file(place.shard), "has a tensor '\(name)' that config.json gives no place",
        "use a checkpoint whose config.json belongs to it")
    }
  }

  private func file(_ shard: Int) -> String { shards[shard].file.path }

  /// Whether `name` is an output head stored beside the embedding it equals to the byte.
  private func isTiedHead(_ name: String) -> Bool {
    guard name == "lm_head.weight", let head = places[name],
      let embedding = places["model.embed_tokens.weight"], head.entry.type == embedding.entry.type,
      head.entry.shape == embedding.entry.shape
    else { return false }
    return shards[head.shard].file.withBytes { one in
      shards[embedding.shard].file.withBytes { other in
        one[head.entry.range].elementsEqual(other[embedding.entry.range])
      }
    }
  }
}
