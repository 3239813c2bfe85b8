import Foundation
import RunModel

/// The results in a sweep's directory, read as they come.
package struct SweepResults: Sendable {
  private let folder: BoardFolder
  package private(set) var results: [String: CellResult] = [:]
  package private(set) var times: [String: CellTimes] = [:]
  package private(set) var failed: Set<String> = []

  /// Begins with what the first round's files hold, where there are any.
  package init(_ folder: BoardFolder) { self.folder = folder }

  package var all: [CellResult] { Array(results.values) }
  package var allTimes: [CellTimes] { Array(times.values) }
  /// Cells that need nobody any more.
  package var known: Set<String> { failed.union(results.keys) }

  /// Reads what is new.
  package mutating func load() throws(RunError) {
    let reader = BoardReader(folder)
    for id in reader.done where results[id] == nil {
      guard let result = try reader.result(id) else { continue }
      add(result, reader.times(id))
    }
    failed = reader.failed.subtracting(results.keys)
    try loadGathered()
  }

  /// Reads those of `ids` that are new, by opening each.
  mutating func load(_ ids: [String]) throws(RunError) {
    let reader = BoardReader(folder)
    for id in ids where results[id] == nil {
      if let result = try reader.result(id) {
        add(result, reader.times(id))
        failed.remove(id)
      } else if folder.exists(folder.failed(id)) {
        failed.insert(id)
      }
    }
  }

  package mutating func add(_ result: CellResult, _ cost: CellTimes?) {
    results[result.id] = result
    times[result.id] = cost
  }

  /// Cells of a first-round directory, and of one whose cells were packed into one file.
  private mutating func loadGathered() throws(RunError) {
    let lines = try JSONLinesFile.read(CellResult.self, from: folder, BoardFolder.cellsName)
    guard lines.contains(where: { results[$0.id] == nil }) else { return }
    let costs = Dictionary(
      try JSONLinesFile.read(CellTimes.self, from: folder, BoardFolder.timesName).map {
        ($0.id, $0)
      }, uniquingKeysWith: { $1 })
    for result in lines where results[result.id] == nil { add(result, costs[result.id]) }
  }

  /// Writes all cells and their times in the order of the plan: the same bytes whoever does it.
  func gather(_ cells: [StudyCell], owner: String) throws {
    let ids = cells.map(\.id)
    let text = try JSONLinesFile.text(ids.compactMap { results[$0] })
    let path = folder.path(BoardFolder.cellsName)
    guard folder.read(path, as: .records) != Data(text.utf8) else { return }
    try folder.replace(
      folder.path(BoardFolder.timesName), with: JSONLinesFile.text(ids.compactMap { times[$0] }),
      owner: owner, write: .gatherWrite, rename: .gatherRename)
    try folder.replace(
      path, with: text, owner: owner, write: .gatherWrite, rename: .gatherRename)
  }
}

/// Files of one JSON object per line.
package enum JSONLinesFile {
  package static func text(_ values: [some Encodable]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try values.reduce(into: "") {
      $0 += String(decoding: try encoder.encode($1), as: UTF8.self) + "\n"
    }
  }

  /// The objects of all whole lines; none when the file does not exist. A last line without its newline
  /// was torn by a kill and is ignored.
  static func read<Value: Decodable>(
    _ type: Value.Type, from folder: BoardFolder, _ name: String
  ) throws(RunError) -> [Value] {
    guard let data = folder.read(folder.path(name), as: .records) else { return [] }
    let decoder = JSONDecoder()
    let whole = data.lastIndex(of: 0x0A).map { data[...$0] } ?? Data()
    var values: [Value] = []
    for (number, line) in whole.split(separator: 0x0A).enumerated() {
      do {
        values.append(try decoder.decode(Value.self, from: Data(line)))
      } catch {
        throw RunError(
          .input, "the line cannot be read", place: "\(folder.path(name)):\(number + 1)",
          remedy: "remove the line, or the whole directory")
      }
    }
    return values
  }
}
