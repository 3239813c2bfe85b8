import Foundation
import RunModel
import Statistics

/// The arms of one or several run directories, brought together to be judged.
package struct RunComparison: Sendable {
  package var runs: [FinishedRun]
  /// The arms of all runs; an arm that several runs have with different seeds is one.
  package private(set) var arms: [JudgedArm] = []
  /// Whether what several directories hold of one arm and seed came out the same; nil when none does.
  package private(set) var isRepeatIdentical: Bool?

  /// - Throws: `RunError` of category `.usage` when the arms do not have the same seeds, for then
  ///   nothing is paired, and when the runs differ in precision, for then the same arm on the same
  ///   seed is no repeat.
  package init(_ runs: [FinishedRun]) throws(RunError) {
    self.runs = runs
    try checkPrecision()
    for run in runs {
      for arm in run.arms { add(arm) }
    }
    try checkSeeds()
  }

  private mutating func add(_ arm: JudgedArm) {
    guard let index = arms.firstIndex(where: { $0.lane.name == arm.lane.name }) else {
      var arm = arm
      arm.lane.letter = freeLetter(arm.lane.letter)
      arms.append(arm)
      return
    }
    for run in arm.runs {
      if let known = arms[index].runs.first(where: { $0.seed == run.seed }) {
        note(isSame: known.hasSameLosses(as: run))
      } else {
        arms[index].runs.append(run)
      }
    }
  }

  private func freeLetter(_ wanted: String) -> String {
    let taken = arms.map(\.lane.letter)
    guard taken.contains(wanted) else { return wanted }
    return "abcdefghijklmnopqrstuvwxyz".map(String.init).first { !taken.contains($0) } ?? wanted
  }

  private mutating func note(isSame: Bool) {
    isRepeatIdentical = isSame && (isRepeatIdentical ?? true)
  }

  private func checkPrecision() throws(RunError) {
    guard let first = runs.first,
      let other = runs.first(where: {
        $0.configuration.model.precision != first.configuration.model.precision
      })
    else { return }
    throw RunError(
      .usage,
      "the runs differ in precision: \(first.configuration.model.precision) in "
        + "\(first.directory.lastPathComponent), \(other.configuration.model.precision) in "
        + other.directory.lastPathComponent,
      remedy: "compare runs made with the same --precision")
  }

  private func checkSeeds() throws(RunError) {
    guard let first = arms.first else { return }
    let seeds = first.runs.map(\.seed).sorted()
    for arm in arms where arm.runs.map(\.seed).sorted() != seeds {
      throw RunError(
        .usage,
        "the runs differ in seeds: \(Self.list(seeds)) for \(first.lane.name), "
          + "\(Self.list(arm.runs.map(\.seed).sorted())) for \(arm.lane.name)",
        remedy: "run both with the same --seed and --seeds")
    }
  }

  private static func list(_ seeds: [UInt64]) -> String {
    guard let first = seeds.first, let last = seeds.last else { return "none" }
    let isRange = seeds.count > 2 && last - first == UInt64(seeds.count - 1)
    return isRange ? "\(first)..\(last)" : seeds.map(String.init).joined(separator: ", ")
  }
}

extension RunComparison {
  /// What the judge is handed; nil without a run.
  package func experiment(margin: Margin) -> Experiment? {
    guard let configuration = runs.first?.configuration else { return nil }
    let declared = max(runs.reduce(0) { $0 + $1.configuration.seeds }, 1)
    let seeds = arms.first?.runs.count ?? 0
    return Experiment(
      configuration, arms: arms, declaredSeeds: runs.count == 1 ? declared : max(seeds, 1),
      conduct: conduct, margin: margin)
  }

  /// How the runs were made, as far as their directories show.
  private var conduct: Conduct {
    var conduct = Conduct()
    let all = runs.map(\.configuration)
    func isShared<Value: Equatable>(_ value: (RunConfiguration) -> Value) -> Bool {
      all.allSatisfy { value($0) == value(all[0]) }
    }
    conduct.isDeclaredBeforehand = true
    conduct.hasSameData =
      isShared(\.data) && isShared(\.workload) && isShared(\.settings)
      && isShared(\.model.context) && isShared(\.model.batch)
    conduct.hasSameModel = isShared(\.model)
    conduct.hasSameBudget = isShared(\.steps) && isShared(\.schedule) && isShared(\.clip)
    conduct.hasSameEvaluation = isShared(\.evaluationInterval)
    conduct.liveChanges = runs.reduce(0) { $0 + $1.liveChanges }
    conduct.isRepeatIdentical = isRepeatIdentical
    return conduct
  }
}
