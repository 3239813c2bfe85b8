import Explorer
import Foundation
import History
import RunModel
import RunStore

/// The kept runs as the explorer lists them.
enum RunCatalog {
  /// The newest runs; more would not be looked through.
  private static let most = 200

  static var entries: [RunEntry] {
    let shelf = RunShelf(path: UserDirectories.runs)
    return shelf.names.prefix(most).compactMap { name in
      try? entry(of: RunDirectory(path: "\(shelf.path)/\(name)"), name)
    }
  }

  private static func entry(
    of directory: RunDirectory, _ name: String
  ) throws(RunError) -> RunEntry {
    let run = try OpenedRun(directory.path)
    let first = run.configuration.seedValues.first
    let losses = run.configuration.lanes.map { lane in
      run.records.filter { $0.lane == lane.letter && $0.seed == first && $0.final != true }
        .map { $0.validationLoss ?? .nan }
    }
    let fork = try directory.readFork()
    return RunEntry(
      directory: directory.path, name: directory.keptName ?? name,
      isNamed: directory.keptName != nil, configuration: run.configuration,
      outcome: words(run.phase), step: run.newestStep, age: age(of: directory.metricsPath),
      losses: losses, origin: fork.map { RunEntry.Origin(run: $0.run, step: $0.step) })
  }

  private static func words(_ phase: RunPhase) -> String {
    switch phase {
    case .starting, .training: "training"
    case .paused: "paused"
    case .finished(.completed): "finished"
    case .finished(.stopped), .interrupted: "interrupted"
    case .finished(.everyArmDiverged): "diverged"
    case .failed: "failed"
    }
  }

  private static func age(of file: String) -> Double {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    let written = attributes?[.modificationDate] as? Date
    return written.map { -$0.timeIntervalSinceNow } ?? 0
  }

  /// Keeps a run under a name and lists them again.
  static func name(_ path: String, _ name: String) -> Action {
    do throws(RunError) {
      try RunDirectory.open(at: path).keep(as: name)
      return .runs(entries)
    } catch {
      return .notice(error.description)
    }
  }

  /// Removes a run for good and lists the others.
  static func delete(_ path: String) -> Action {
    do throws(RunError) {
      try RunRemoval.remove(path, isRun: StoredRun.isRun)
      return .runs(entries)
    } catch {
      return .notice(error.description)
    }
  }

  /// Reads a run to lay its curves under others.
  static func overlay(_ path: String) -> Action {
    do throws(RunError) {
      var reading = RunReading(path)
      return .overlaid(try reading.shown(isWatched: false))
    } catch {
      return .notice(error.description)
    }
  }
}
