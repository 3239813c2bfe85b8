import RunModel

/// A `tokenizer.json` taken apart; whatever it asks for that is not done here is refused by name.
struct TokenizerFile: Sendable {
  private(set) var alphabet = TokenAlphabet.marked(.none, splitsWords: false)
  private(set) var vocabulary: [(text: String, number: Int)] = []
  private(set) var added: [(text: String, number: Int)] = []
  /// Added tokens that are found before the text is normalized, and after.
  private(set) var early = AddedTokens([])
  private(set) var late = AddedTokens([])
  let model: MergeModel
  /// Whether decoding takes a space from the start, as the Llama 2 kind puts one there.
  private(set) var dropsFirstSpace = false
  /// Whether encoding puts a space before every stretch between added tokens, not the first alone.
  var marksEveryStretch: Bool {
    if case .marked(.always, _) = alphabet { dropsFirstSpace } else { false }
  }

  init(_ bytes: [UInt8], place: String) throws(RunError) {
    var file = try TokenizerPart(
      try JSONValue(bytes, place: place), name: "tokenizer", place: place)
    for key in ["version", "post_processor"] { file.skip(key) }
    for key in ["truncation", "padding"] { try file.requireNone(key) }
    var part = try file.part("model")
    vocabulary = try Self.vocabulary(&part, place)
    model = try Self.model(&part, vocabulary, place)
    let normalizers = try file.parts("normalizer", list: "normalizers")
    let cutters = try file.parts("pre_tokenizer", list: "pretokenizers")
    let decoders = try file.parts("decoder", list: "decoders")
    let isByteLevel = cutters.contains { $0.kind == "ByteLevel" }
    alphabet =
      isByteLevel
      ? try Self.bytes(cutters, normalizers) : try Self.marked(cutters, normalizers, place)
    dropsFirstSpace = try Self.dropsFirstSpace(decoders, isByteLevel: isByteLevel)
    try readAdded(&file, hasNormalizer: !normalizers.isEmpty)
    try file.refuseTheRest()
  }

  private static func vocabulary(
    _ part: inout TokenizerPart, _ place: String
  ) throws(RunError) -> [(text: String, number: Int)] {
    let members = try part.object("vocab")
    let vocabulary = members.compactMap { member in
      member.value.integer.flatMap { 0..<Int(Int32.max) ~= $0 ? (member.key, $0) : nil }
    }
    guard vocabulary.count == members.count, !vocabulary.isEmpty else {
      throw part.error("has a vocabulary without tokens, or with one that has no number")
    }
    return vocabulary
  }

  private static func model(
    _ part: inout TokenizerPart, _ vocabulary: [(text: String, number: Int)], _ place: String
  ) throws(RunError) -> MergeModel {
    guard part.kind == "BPE" else { throw part.unknown("model") }
    for key in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] {
      try part.requireNone(key)
    }
    var merges: [(String, String)] = []
    for merge in try part.array("merges") {
      // Older files write a pair as one text; a space within a token is written as another sign.
      let pair =
        merge.array?.compactMap(\.text)
        ?? merge.text?.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      guard let pair, pair.count == 2 else { throw part.error("has a merge that is no pair") }
      merges.append((pair[0], pair[1]))
    }
    let model = try MergeModel(
      vocabulary: vocabulary, merges: merges, hasByteTokens: try part.flag("byte_fallback"),
      unknown: try part.text("unk_token"), fusesUnknown: try part.flag("fuse_unk"),
      takesWholePieces: try part.flag("ignore_merges"), place: place)
    try part.refuseTheRest()
    return model
  }

  private static func bytes(
    _ cutters: [TokenizerPart], _ normalizers: [TokenizerPart]
  ) throws(RunError) -> TokenAlphabet {
    if let normalizer = normalizers.first { throw normalizer.unknown("normalizer") }
    var cuts: [TextCut] = []
    for (index, part) in cutters.enumerated() {
      var part = part
      switch part.kind {
      case "ByteLevel":
        guard index == cutters.count - 1 else { throw part.error("is not the last of its list") }
        part.skip("trim_offsets")
        let addsSpace = try part.flag("add_prefix_space", absent: true)
        let own = try part.flag("use_regex", absent: true) ? TextCut.gpt2 : nil
        try part.refuseTheRest()
        return .bytes(cuts: cuts, addsSpace: addsSpace, own: own)
      case "Digits":
        cuts.append(.digits(individual: try part.flag("individual_digits")))
      case "Split": cuts.append(try split(&part))
      default: throw part.unknown("pre-tokenizer")
      }
      try part.refuseTheRest()
    }
    preconditionFailure("the list has a ByteLevel")
  }

  private static func split(_ part: inout TokenizerPart) throws(RunError) -> TextCut {
    let pattern = try part.object("pattern")["Regex"]?.text ?? ""
    guard let cut = TextCut(pattern: pattern) else {
      throw part.error("cuts by a pattern that is not known here, '\(pattern.prefix(60))'")
    }
    guard try part.text("behavior") == "Isolated", try !part.flag("invert") else {
      throw part.error("cuts by a pattern but does not keep every piece as it is (Isolated)")
    }
    return cut
  }

  private static func marked(
    _ cutters: [TokenizerPart], _ normalizers: [TokenizerPart], _ place: String
  ) throws(RunError) -> TokenAlphabet {
    var (prefix, isMarked) = (TokenAlphabet.Prefix.none, false)
    for part in normalizers {
      var part = part
      switch part.kind {
      case "Prepend":
        guard try part.text("prepend") == "\u{2581}" else { throw part.unknown("normalizer") }
        prefix = .always
      case "Replace":
        guard try part.object("pattern")["String"]?.text == " ",
          try part.text("content") == "\u{2581}"
        else { throw part.unknown("normalizer") }
        isMarked = true
      default: throw part.unknown("normalizer")
      }
      try part.refuseTheRest()
    }
    guard let part = cutters.first else {
      guard isMarked else {
        throw RunError(
          .input, "neither works on bytes nor marks spaces", place: place, remedy: remedy)
      }
      return .marked(prefix, splitsWords: false)
    }
    guard cutters.count == 1, part.kind == "Metaspace", normalizers.isEmpty else {
      throw (cutters.first { $0.kind != "Metaspace" } ?? part).unknown("pre-tokenizer")
    }
    return try metaspace(part)
  }

  private static func metaspace(_ part: TokenizerPart) throws(RunError) -> TokenAlphabet {
    var part = part
    let prefix: TokenAlphabet.Prefix
    switch try part.text("prepend_scheme") {
    case "always": prefix = .unlessThere
    case "first": prefix = .atStart
    case "never": prefix = .none
    case nil: prefix = try part.flag("add_prefix_space", absent: true) ? .unlessThere : .none
    case let other?: throw part.error("has a prepend_scheme '\(other)'")
    }
    part.skip("add_prefix_space")
    part.skip("str_rep")
    guard try part.text("replacement") == "\u{2581}" else { throw part.unknown("pre-tokenizer") }
    let splits = try part.flag("split", absent: true)
    try part.refuseTheRest()
    return .marked(prefix, splitsWords: splits)
  }

  private static let remedy =
    "byte-level BPE and the Llama 2 kind are read; convert it or use another model"

  private static func dropsFirstSpace(
    _ decoders: [TokenizerPart], isByteLevel: Bool
  ) throws(RunError) -> Bool {
    var drops = false
    for part in decoders {
      var part = part
      switch (part.kind, isByteLevel) {
      case ("ByteLevel", true), ("ByteFallback", false), ("Fuse", false): break
      case ("Replace", false):
        guard try part.object("pattern")["String"]?.text == "\u{2581}",
          try part.text("content") == " "
        else { throw part.unknown("decoder") }
      case ("Strip", false):
        guard try part.text("content") == " ", try part.integer("start") == 1,
          try part.integer("stop") == 0
        else { throw part.unknown("decoder") }
        drops = true
      case ("Metaspace", false):
        drops = try part.text("prepend_scheme") != "never"
      default: throw part.unknown("decoder")
      }
    }
    return drops
  }

  private mutating func readAdded(
    _ file: inout TokenizerPart, hasNormalizer: Bool
  ) throws(RunError) {
    var lists: (early: [(text: String, number: Int)], late: [(text: String, number: Int)]) = (
      [], []
    )
    for value in try file.array("added_tokens") {
      var part = try file.member(value, name: "added token")
      guard let text = try part.text("content"), !text.isEmpty, let number = try part.integer("id"),
        0..<Int(Int32.max) ~= number
      else { throw part.error("has no content or no number") }
      for key in ["single_word", "lstrip", "rstrip"] where try part.flag(key) {
        throw part.error("'\(text.prefix(40))' has \(key)")
      }
      part.skip("special")
      let isLate = try part.flag("normalized")
      if isLate, hasNormalizer { throw part.error("'\(text.prefix(40))' is normalized") }
      try part.refuseTheRest()
      added.append((text, number))
      if isLate { lists.late.append((text, number)) } else { lists.early.append((text, number)) }
    }
    (early, late) = (AddedTokens(lists.early), AddedTokens(lists.late))
  }
}

/// One part of a `tokenizer.json`, such as its model; what nobody asked for in the end is refused.
struct TokenizerPart {
  /// What it is, as its `type` says.
  let kind: String
  private let fields: JSONObject
  private let name: String
  private let place: String
  private var taken: Set<String> = ["type"]

  init(_ value: JSONValue, name: String, place: String) throws(RunError) {
    guard let fields = value.object else {
      throw RunError(
        .input, "has no usable '\(name)'", place: place, remedy: "use a tokenizer.json")
    }
    (self.fields, self.name, self.place) = (fields, name, place)
    kind = fields["type"]?.text ?? ""
  }

  func member(_ value: JSONValue, name: String) throws(RunError) -> TokenizerPart {
    try TokenizerPart(value, name: name, place: place)
  }

  mutating func skip(_ key: String) { taken.insert(key) }

  mutating func part(_ key: String) throws(RunError) -> TokenizerPart {
    taken.insert(key)
    return try member(fields[key] ?? .null, name: key)
  }

  /// A part and what it consists of, when it is a sequence; none when it is not there.
  mutating func parts(_ key: String, list: String) throws(RunError) -> [TokenizerPart] {
    taken.insert(key)
    guard let value = fields[key], !value.isNull else { return [] }
    let whole = try member(value, name: key)
    guard whole.kind == "Sequence" else { return [whole] }
    var parts: [TokenizerPart] = []
    for value in whole.fields[list]?.array ?? [] { parts.append(try member(value, name: key)) }
    return parts
  }

  mutating func object(_ key: String) throws(RunError) -> JSONObject {
    taken.insert(key)
    guard let object = fields[key]?.object else { throw error("has no object '\(key)'") }
    return object
  }

  mutating func array(_ key: String) throws(RunError) -> [JSONValue] {
    taken.insert(key)
    guard let value = fields[key], !value.isNull else { return [] }
    guard let array = value.array else { throw error("has no list '\(key)'") }
    return array
  }

  mutating func text(_ key: String) throws(RunError) -> String? {
    taken.insert(key)
    guard let value = fields[key], !value.isNull else { return nil }
    guard let text = value.text else { throw error("has a '\(key)' that is no text") }
    return text
  }

  mutating func integer(_ key: String) throws(RunError) -> Int? {
    taken.insert(key)
    guard let value = fields[key], !value.isNull else { return nil }
    guard let integer = value.integer else { throw error("has a '\(key)' that is no number") }
    return integer
  }

  mutating func flag(_ key: String, absent: Bool = false) throws(RunError) -> Bool {
    taken.insert(key)
    guard let value = fields[key], !value.isNull else { return absent }
    guard let flag = value.flag else { throw error("has a '\(key)' that is not true or false") }
    return flag
  }

  mutating func requireNone(_ key: String) throws(RunError) {
    taken.insert(key)
    switch fields[key] {
    case nil, .null, .text(""), .integer(0), .number(0): return
    case .flag, .integer, .number, .text, .array, .object: throw error("sets '\(key)'")
    }
  }

  func refuseTheRest() throws(RunError) {
    for key in fields.keys where !taken.contains(key) {
      if fields[key] == .null || fields[key] == .flag(false) { continue }
      throw error("sets '\(key)', which is not known here")
    }
  }

  func unknown(_ what: String) -> RunError {
    error("has a \(what) '\(kind.prefix(40))' as it is not done here")
  }

  func error(_ what: String) -> RunError {
    RunError(
      .input, "(\(name)) \(what)", place: place,
      remedy: "byte-level BPE and the Llama 2 kind are read; convert it or use another model")
  }
}
