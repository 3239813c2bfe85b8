import Foundation
import RunModel
import RunStore

/// The runs kept in one directory, such as the explorer's, and what may be done to a run anywhere.
package struct RunLibrary {
  package let directory: URL
  private let configuration: FinishedRun.ReadConfiguration

  package init(directory: URL, configuration: @escaping FinishedRun.ReadConfiguration) {
    self.directory = directory
    self.configuration = configuration
  }

  /// A run in the library, or why it cannot be read.
  package struct Entry {
    package var name: String
    package var run: Result<FinishedRun, RunError>
  }

  /// All runs by name; other files and directories are passed over.
  package var entries: [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.sorted().compactMap { name in
      let place = directory.appendingPathComponent(name)
      guard FinishedRun.isRun(place) else { return nil }
      do {
        return Entry(
          name: name,
          run: .success(try FinishedRun(reading: place, configuration: configuration)))
      } catch let error as RunError {
        return Entry(name: name, run: .failure(error))
      } catch {
        return Entry(
          name: name,
          run: .failure(
            RunError(
              .input, "cannot be read: \(error)", place: place.path,
              remedy: "see what is there, or remove it")))
      }
    }
  }

  /// The directory meant by `name`: a path, or the name of a run in the library.
  package func place(of name: String) -> URL {
    let path = URL(fileURLWithPath: name)
    if FileManager.default.fileExists(atPath: path.path) || name.contains("/") { return path }
    return directory.appendingPathComponent(name)
  }

  package func run(_ name: String) throws -> FinishedRun {
    let place = place(of: name)
    guard FileManager.default.fileExists(atPath: place.path) else {
      throw RunError(
        .input, "there is no run of this name", place: place.path,
        remedy: "runs list names the kept ones; or give a path")
    }
    guard !StoredSweep.isSweep(place) else {
      throw RunError(
        .input, "holds a sweep, not a run", place: place.path,
        remedy: "magmascope compare judges it, report shows it")
    }
    return try FinishedRun(reading: place, configuration: configuration)
  }
}

extension FinishedRun {
  /// How far the run came: `finished`, `training, step 120 of 800`, `interrupted, not begun`.
  package var progressText: String {
    guard stage != .finished else { return stage.rawValue }
    let rows = try? RecordedRows(RunDirectory(path: directory.path))
    let steps = records.map(\.step) + [rows?.newestStep ?? 0].filter { $0 > 0 }
    guard let step = steps.max() else { return stage.rawValue + ", not begun" }
    return "\(stage.rawValue), step \(step) of \(configuration.steps)"
  }
}
