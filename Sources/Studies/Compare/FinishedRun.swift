import Foundation
import RunModel
import RunStore
import Statistics

/// What a run directory holds, as far as comparing, exporting and reporting need it.
package struct FinishedRun: Sendable {
  /// Reads `run.yaml`; the executable knows presets, catalogs and workloads.
  package typealias ReadConfiguration = (RunDirectory) throws -> RunConfiguration

  package static let configurationName = "run.yaml"
  package static let metricsName = "metrics.jsonl"

  package var directory: URL
  package var configuration: RunConfiguration
  package var configurationText: String
  package var records: [EvaluationRecord]
  /// Live changes of settings.
  package var liveChanges: Int
  package var stage: RunStage

  package init(
    directory: URL, configuration: RunConfiguration, configurationText: String = "",
    records: [EvaluationRecord], liveChanges: Int = 0, stage: RunStage = .finished
  ) {
    self.stage = stage
    (self.directory, self.configuration) = (directory, configuration)
    (self.configurationText, self.records) = (configurationText, records)
    self.liveChanges = liveChanges
  }

  package static func isRun(_ directory: URL) -> Bool {
    FileManager.default.fileExists(atPath: directory.appendingPathComponent(configurationName).path)
  }

  /// Reads a directory that `train --out` or the explorer wrote; a torn last line is ignored.
  package init(reading directory: URL, configuration read: ReadConfiguration) throws {
    let files = try RunDirectory.open(at: directory.path)
    let (configuration, records) = (try read(files), try files.readMetrics())
    let journal = try files.readJournal()
    self.init(
      directory: directory, configuration: configuration,
      configurationText: try files.configurationText(), records: records,
      liveChanges: journal.count { $0.kind == .change },
      stage: RunStage(
        RunCourse(configuration, journal: journal), records: records, journal: journal,
        isOwned: files.owner?.isPresent ?? false))
  }

  /// The arms with their runs, seed by seed; an unfinished run has reached its last evaluation.
  package var arms: [JudgedArm] {
    zip(configuration.lanes, configuration.arms).map { lane, arm in
      let own = records.filter { $0.lane == lane.letter }
      let seeds = own.map(\.seed).uniqued
      return JudgedArm(
        lane: lane, arm: arm,
        runs: seeds.map { seed in SeedRun(seed: seed, records: own.filter { $0.seed == seed }) })
    }
  }
}

extension Sequence where Element: Hashable {
  /// The elements in order, each once.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
