import EventStream
import Foundation
import RunModel
import RunStore

/// Reads a sweep's directory for those who work on it and those who watch; writes nothing.
package struct BoardReader: Sendable {
  package let folder: BoardFolder
  private let stale: Duration
  private var watches: [String: OwnerWatch] = [:]

  package init(_ folder: BoardFolder, stale: Duration = OwnerJudge.defaultStale) {
    (self.folder, self.stale) = (folder, stale)
  }

  /// Cells with a result, by one listing.
  package var done: Set<String> { ids("cells") }
  package var failed: Set<String> { ids("failed") }

  private func ids(_ name: String) -> Set<String> {
    Set(
      folder.list(name).compactMap { $0.hasSuffix(".json") ? String($0.dropLast(5)) : nil })
  }

  /// The latest claim of every cell but those in `without`: found in a listing, which may be old, and
  /// made sure of by opening.
  package func holdings(without done: Set<String>) -> [String: Board.Holding] {
    var latest: [String: Int] = [:]
    for name in folder.list("claims") {
      guard let dot = name.lastIndex(of: "."), let generation = Int(name[name.index(after: dot)...])
      else { continue }
      let id = String(name[..<dot])
      if !done.contains(id) { latest[id] = max(generation, latest[id] ?? -1) }
    }
    return latest.reduce(into: [:]) { holdings, entry in
      holdings[entry.key] = holding(entry.key, from: entry.value)
    }
  }

  /// The latest claim of a cell from a generation on that is known to exist; nil when none can be opened.
  package func holding(_ id: String, from known: Int = 0) -> Board.Holding? {
    var found: Board.Holding?
    var generation = max(0, known)
    while let owner = folder.holder(id, generation) {
      found = Board.Holding(generation: generation, owner: owner.isEmpty ? nil : owner)
      generation += 1
    }
    return found
  }

  /// What is known of an owner now, by opening its file.
  package mutating func standing(of owner: String) -> OwnerStanding {
    guard !owner.contains("/") else { return .dead(nil, .ended) }
    return watches[owner, default: OwnerWatch(folder.worker(owner), stale: stale)].look()
  }

  /// A cell's result, nil when there is none.
  package func result(_ id: String) throws(RunError) -> CellResult? {
    guard let data = folder.read(folder.cell(id)) else { return nil }
    return try decode(CellResult.self, data, folder.cell(id))
  }

  package func times(_ id: String) -> CellTimes? {
    folder.read(folder.times(id)).flatMap { try? JSONDecoder().decode(CellTimes.self, from: $0) }
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, _ data: Data, _ path: String
  ) throws(RunError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw RunError(
        .input, "the cell cannot be read", place: path, remedy: "remove it; it is computed again")
    }
  }
}
