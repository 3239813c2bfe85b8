import Charts
import Export
import Foundation
import RunModel
import Statistics

/// The form of `compare`'s answer.
package enum ComparisonFormat: String, CaseIterable, Sendable {
  case plain, json, markdown
}

/// What `compare` answers.
///
/// As JSON, members sorted by name, absent where they do not apply:
/// - `version`: 1; raised when a member changes its meaning or goes away;
/// - `directories`: as given;
/// - `setting`: `model`, `data`, `loss`, `budget` (steps), `declaredSeeds`;
/// - `arms`: per arm `name`, `seeds`, `diverged`, `finalLosses` (null for a diverged seed) and
///   `cost`: `cpuSecondsPerStep`, `stateBytes` of the optimizer, and median steps, tokens and CPU seconds
///   to the target, which is the mean final loss of the first reference; `misses` counts the seeds that
///   never got there;
/// - `cost`: `runs` and `cpuHours` of everything that was trained, tuning included;
/// - `verdicts`: per comparison `subject`, `reference`, `outcome`, `claim`, `words`, `grade`,
///   `untuned`, `comparison` (`mean`, `tTest`, `signFlip`, `wins`, `perplexityRatio`, ...),
///   `adjustedP`, `control`, `stepsToTarget`, `exchange`, `checklist`, `robustness`, `power`,
///   `voidReasons`, `sentence`. Losses are in their own unit, differences subject minus reference.
///
/// What depends on measured time stands under `cost`; all else follows from losses alone.
package struct ComparisonDocument: Codable, Sendable, Equatable {
  package struct Arm: Codable, Sendable, Equatable {
    package var name: String
    package var seeds: [UInt64]
    package var diverged: Int
    package var finalLosses: [Double?]
    package var cost: Cost
  }

  package struct Cost: Codable, Sendable, Equatable {
    package var cpuSecondsPerStep: Double?
    /// Bytes of optimizer state; nil where the data to size it by are gone.
    package var stateBytes: Int?
    package var target: Double?
    package var misses: Int?
    package var medianSteps: Double?
    package var medianTokens: Double?
    package var medianCPUSeconds: Double?
  }

  /// CPU time of all that was trained.
  package struct Spent: Codable, Sendable, Equatable {
    package var runs: Int
    package var cpuHours: Double

    package init(runs: Int, cpuSeconds: Double) {
      (self.runs, cpuHours) = (runs, cpuSeconds / 3600)
    }

    /// Of the judged runs themselves.
    init(_ arms: [JudgedArm]) {
      let all = arms.flatMap(\.runs)
      self.init(
        runs: all.count, cpuSeconds: all.reduce(0) { $0 + ($1.trajectory.last?.cpuSeconds ?? 0) })
    }
  }

  package var version = 1
  package var directories: [String]
  package var setting: ComparisonSetting?
  package var arms: [Arm]
  package var verdicts: [Verdict]
  package var cost: Spent

  /// What an arm keeps beside its weights; the executable knows optimizers and layouts.
  package typealias StateBytes = (ArmSpecification) -> Int?

  package init(
    directories: [String], _ experiment: Experiment, spent: Spent? = nil,
    stateBytes: StateBytes = { _ in nil }
  ) {
    let inputs = experiment.comparisons
    self.directories = directories
    setting = experiment.setting
    verdicts = Verdict.judge(inputs)
    let target = inputs.first.flatMap { RankedLosses($0.reference.runs.map(\.finalLoss)).mean }
    arms = experiment.arms.map { Arm($0, target: target, stateBytes: stateBytes($0.arm)) }
    cost = spent ?? Spent(experiment.arms)
  }

  package func text(_ format: ComparisonFormat) throws -> String {
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    case .plain: return verdictText + costTable.markdown
    case .markdown:
      return verdicts.map(\.markdown).joined(separator: "\n") + "\n" + costTable.markdown
    }
  }

  /// Every verdict as everywhere, then what it cost.
  package var verdictText: String {
    (verdicts.map { VerdictText($0).plain } + [costLine + "\n"]).joined(separator: "\n")
  }
}

extension Verdict {
  /// Heading, sentence, figures and checklist as Markdown.
  package var markdown: String {
    let text = VerdictText(self)
    return """
      ## \(text.title)

      **\(words), grade \(grade.rawValue)**

      \(sentence)

      \(figureTable.markdown)
      \(checkTable.markdown)
      """
  }

  package var figureTable: SummaryTable {
    SummaryTable(
      caption: "", columns: [.init("figure", .left), .init("value", .left)],
      rows: figures.map { [$0.name, $0.value] })
  }

  private var checkTable: SummaryTable {
    SummaryTable(
      caption: "",
      columns: [.init("", .left), .init("check", .left), .init("found", .left)],
      rows: checklist.checks.map { [$0.status.mark, $0.item.title, $0.detail] })
  }
}

extension ComparisonDocument.Arm {
  init(_ arm: JudgedArm, target: Double?, stateBytes: Int?) {
    self.init(
      name: arm.lane.name, seeds: arm.runs.map(\.seed),
      diverged: arm.runs.count { $0.isDiverged }, finalLosses: arm.runs.map(\.finalLoss),
      cost: ComparisonDocument.Cost(arm.runs, target: target, stateBytes: stateBytes))
  }
}

extension ComparisonDocument.Cost {
  init(_ runs: [SeedRun], target: Double?, stateBytes: Int?) {
    let rates = runs.compactMap { run -> Double? in
      guard let last = run.trajectory.last, last.step > 0, last.cpuSeconds > 0 else { return nil }
      return last.cpuSeconds / Double(last.step)
    }
    let cost = rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    let time = target.map { TimeToTarget(target: $0, runs: runs) }
    self.init(
      cpuSecondsPerStep: cost, stateBytes: stateBytes, target: target, misses: time?.misses,
      medianSteps: time?.medianSteps, medianTokens: time?.medianTokens,
      // Without recorded times a reached target would seem to have cost nothing.
      medianCPUSeconds: cost == nil ? nil : time?.medianCPUSeconds)
  }
}

extension ComparisonDocument {
  /// `cost: .21 CPU hours, 72 runs`.
  package var costLine: String {
    "cost: \(NumberFormat.compact(cost.cpuHours)) CPU hours, \(NumberText.count(cost.runs, "run"))"
  }

  /// What every arm cost, and what it cost it to reach the reference's final loss.
  package var costTable: SummaryTable {
    let target = arms.first?.cost.target.map { NumberFormat.fixed($0, decimals: 4) }
    return SummaryTable(
      caption: "Cost"
        + (target.map {
          "; steps, tokens and CPU seconds (medians) to the reference's mean final loss, \($0)"
        } ?? ""),
      columns: [
        .init("arm", .left), .init("final loss"), .init("CPU ms/step"), .init("state"),
        .init("steps"), .init("tokens"), .init("CPU s"), .init("missed"),
      ],
      rows: arms.map(Self.row))
  }

  private static func row(_ arm: Arm) -> [String] {
    let losses = RankedLosses(arm.finalLosses)
    let loss = (losses.mean ?? losses.median).map { NumberFormat.fixed($0, decimals: 4) }
    let perStep = arm.cost.cpuSecondsPerStep.map { NumberFormat.compact(1000 * $0) }
    return [
      arm.name, (loss ?? "diverged") + (losses.diverged > 0 ? " (median)" : ""), perStep ?? "-",
      arm.cost.stateBytes.map { NumberFormat.compact(Double($0)) + "B" } ?? "-",
      arm.cost.medianSteps.map { NumberFormat.compact($0) } ?? "-",
      arm.cost.medianTokens.map { NumberFormat.compact($0) } ?? "-",
      arm.cost.medianCPUSeconds.map { NumberFormat.compact($0) } ?? "-",
      arm.cost.misses.map { "\($0) of \(arm.seeds.count)" } ?? "-",
    ]
  }
}
