import Foundation
import Optimizers
import Presets
import RunModel
import Statistics
import Studies

/// What one of the user's own sweeps or runs shows of a claim.
struct OwnResult: Encodable, Sendable {
  var directory: String
  var setting: ComparisonSetting
  var sentences: [String]
}

/// The user's own sweeps and runs, searched by what they trained.
struct OwnEvidence {
  private struct Study {
    var directory: String
    var configuration: RunConfiguration
    var verdicts: [Verdict]
    var setting: ComparisonSetting
  }

  private let studies: [Study]
  private let grammar = ArmGrammar(catalog: OptimizerRegistry.catalog)
  private let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)

  /// Reads every sweep and run in `places`, and in the directories directly below; what cannot be read,
  /// or was never judged, shows nothing.
  init(_ places: [String]) {
    studies = places.flatMap(Self.directories).compactMap(Self.study)
  }

  private static func directories(_ place: String) -> [URL] {
    let root = StudyFiles.directory(place)
    if StoredSweep.isSweep(root) || FinishedRun.isRun(root) { return [root] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.sorted().map { root.appendingPathComponent($0) }
      .filter { StoredSweep.isSweep($0) || FinishedRun.isRun($0) }
  }

  private static func study(_ directory: URL) -> Study? {
    do {
      let (runs, sweeps) = try StudyFiles.read([directory.path])
      let experiment =
        try sweeps.first.map { SweepFindings($0.sweep).experiment(margin: .usual) }
        ?? RunComparison(runs).experiment(margin: .usual)
      guard let experiment,
        let configuration = sweeps.first?.sweep.plan.configuration ?? runs.first?.configuration
      else { return nil }
      let verdicts = experiment.verdicts.filter { $0.comparison != nil || $0.claim == .void }
      return Study(
        directory: directory.path, configuration: configuration, verdicts: verdicts,
        setting: experiment.setting)
    } catch {
      return nil
    }
  }

  func results(for claim: ClaimLedger.Claim) -> [OwnResult] {
    let tests = claim.tests.compactMap(read)
    return studies.compactMap { study in
      guard tests.contains(where: { matches(study.configuration, $0) }), !study.verdicts.isEmpty
      else { return nil }
      return OwnResult(
        directory: study.directory, setting: study.setting,
        sentences: study.verdicts.map(\.sentence))
    }
  }

  private struct Wanted {
    var arms: [ArmSpecification]
    var workload: String
  }

  private func read(_ test: ClaimTest) -> Wanted? {
    var arms: [ArmSpecification] = []
    for text in test.arms {
      guard let arm = try? grammar.parse(text) else { return nil }
      arms.append(arm)
    }
    guard !arms.isEmpty else { return nil }
    let ofPreset = test.preset.flatMap { try? library.fields($0).workload }
    return Wanted(arms: arms, workload: test.workload ?? ofPreset ?? "language")
  }

  /// Whether every arm of the claim is among the study's, whatever its rate; controls come by themselves.
  private func matches(_ configuration: RunConfiguration, _ wanted: Wanted) -> Bool {
    configuration.workload == wanted.workload
      && wanted.arms.allSatisfy { arm in
        configuration.arms.contains { own in
          own.name == arm.name
            && arm.writtenKeys.allSatisfy { $0 == "lr" || own.values[$0] == arm.values[$0] }
        }
      }
  }
}
