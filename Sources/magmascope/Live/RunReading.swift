import Explorer
import History
import RunModel
import RunStore

/// A run's directory as the explorer reads it, again and again while another process writes.
struct RunReading: Sendable {
  private let path: String
  private var told = OpenedRun.Told()

  init(_ path: String) { self.path = path }

  /// All that the directory holds.
  ///
  /// - Parameter isWatched: whether another process trains the run.
  mutating func shown(isWatched: Bool) throws(RunError) -> ShownRun {
    let run = try OpenedRun(path)
    told = OpenedRun.Told()
    return ShownRun(
      directory: path, configuration: run.configuration, events: try run.events(after: &told),
      archive: run.rows, phase: run.phase, isWatched: isWatched)
  }

  /// What has been written since the last call, and how the run stands.
  mutating func news() throws(RunError) -> (events: [RunEvent], phase: RunPhase) {
    let run = try OpenedRun(path)
    return (try run.events(after: &told), run.phase)
  }

  /// The newest run of the explorer that no living process writes.
  static func newest() throws(RunError) -> String {
    let shelf = RunShelf(path: UserDirectories.runs)
    let name = shelf.names.first { name in
      let directory = RunDirectory(path: "\(shelf.path)/\(name)")
      return directory.owner?.isPresent != true && (try? StoredRun.isRun(directory)) == true
    }
    guard let name else {
      throw RunError(
        .usage, "no run of the explorer is kept yet", place: "--continue",
        remedy: "start one with: magmascope")
    }
    return "\(shelf.path)/\(name)"
  }
}
