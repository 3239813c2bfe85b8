import RunModel

/// A sweep as declared before its first step: arms × grid × tuning seeds, then the judging seeds.
///
/// Every arm gets the same grid, the same tuning seeds and the same steps. A matched arm follows its
/// arm through the whole grid: its cell trains the followed arm, at the same values, beside it
/// (contract.md section 2). Tuning seeds are `seed ..< seed + tuningSeeds`; judging seeds come after
/// them, so no run that chose a rate is ever judged.
package struct SweepPlan: Codable, Sendable, Equatable {
  /// Everything but the swept values; its own seed is the first tuning seed.
  package var configuration: RunConfiguration
  package var axes: [GridAxis]
  package var tuningSeedCount: Int
  package var judgingSeedCount: Int
  /// Numbers hold for one choice of kernels only.
  package var kernels: String

  /// - Throws: `RunError` of category `.usage` when an arm has no such setting, a value is out of its
  ///   range, a key repeats or the seeds run out.
  package init(
    configuration: RunConfiguration, axes: [GridAxis], tuningSeeds: Int = 3,
    judgingSeeds: Int = 8, kernels: String = "", catalog: OptimizerCatalog
  ) throws(RunError) {
    self.configuration = configuration
    self.configuration.seeds = 1
    // Numbers do not depend on it, and a resumed sweep may use another.
    self.configuration.threads = nil
    self.axes = axes
    tuningSeedCount = tuningSeeds
    judgingSeedCount = judgingSeeds
    self.kernels = kernels
    try checkSeeds()
    try checkAxes(catalog)
  }

  private func checkSeeds() throws(RunError) {
    guard (1...1000).contains(tuningSeedCount) else {
      throw RunError(
        .usage, "\(tuningSeedCount) is out of range", place: "--tuning-seeds",
        remedy: "allowed: 1..1000")
    }
    guard (0...1000).contains(judgingSeedCount) else {
      throw RunError(
        .usage, "\(judgingSeedCount) is out of range", place: "--judging-seeds",
        remedy: "allowed: 0..1000")
    }
    guard configuration.seed <= UInt64.max - 2000 else {
      throw RunError(
        .usage, "leaves no room for the seeds after it", place: "--seed",
        remedy: "give a smaller first seed")
    }
  }

  private func checkAxes(_ catalog: OptimizerCatalog) throws(RunError) {
    guard !axes.isEmpty else {
      throw RunError(
        .usage, "there is nothing to sweep", place: "--grid",
        remedy: "give for example --grid lr=1e-4..1e-1:7")
    }
    for (index, axis) in axes.enumerated() {
      guard !axes[..<index].contains(where: { $0.key == axis.key }) else {
        throw RunError(.usage, "'\(axis.key)' is swept twice", place: "--grid", remedy: "keep one")
      }
      for arm in configuration.arms { try check(axis, of: arm, catalog) }
    }
    guard points.count <= 10_000 else {
      throw RunError(.usage, "the grid has \(points.count) points", remedy: "at most 10000")
    }
  }

  private func check(
    _ axis: GridAxis, of arm: ArmSpecification, _ catalog: OptimizerCatalog
  ) throws(RunError) {
    let settings = catalog.settings(base: arm.base, wrapper: arm.wrapper)
    guard let setting = settings.first(where: { $0.key == axis.key }) else {
      throw RunError(
        .usage,
        "arm '\(arm.text)' has no setting '\(axis.key)'"
          + suggestion(for: axis.key, among: settings.map(\.key)),
        place: "--grid",
        remedy: "every arm gets the same grid, so sweep what all of them have")
    }
    for value in axis.values where setting.value(from: compactDecimal(value)) == nil {
      throw RunError(
        .usage, "\(axis.key)=\(compactDecimal(value)) is not allowed for '\(arm.text)'",
        place: "--grid", remedy: "allowed: \(setting.allowed)")
    }
  }
}

extension SweepPlan {
  /// All combinations of the axes, the last axis fastest.
  package var points: [[GridSetting]] {
    axes.reduce([[]]) { points, axis in
      points.flatMap { point in
        axis.values.map { point + [GridSetting(key: axis.key, value: $0)] }
      }
    }
  }

  package var tuningSeeds: [UInt64] {
    (0..<tuningSeedCount).map { configuration.seed + UInt64($0) }
  }

  package var judgingSeeds: [UInt64] {
    (0..<judgingSeedCount).map { configuration.seed + UInt64(tuningSeedCount + $0) }
  }

  /// The arms named by what is not swept: their written rates are never used.
  package var lanes: [Lane] {
    let swept = axes.map(\.key)
    return Lane.assign(
      to: configuration.arms.map { arm in
        var named = arm
        named.writtenKeys.removeAll(where: swept.contains)
        named.text = named.canonicalText
        return named
      })
  }

  /// Seed by seed, so that whatever has been finished covers the whole grid of every arm.
  package var tuningCells: [StudyCell] {
    tuningSeeds.flatMap { seed in
      points.indices.flatMap { point in
        configuration.arms.indices.map { arm in
          StudyCell(phase: .tuning, arm: arm, point: point, seed: seed)
        }
      }
    }
  }

  /// Every arm at its best point on every judging seed, then each once more on the first of them.
  ///
  /// `best[arm]` is nil for an arm that diverged everywhere: there is nothing to judge.
  package func judgingCells(best: [Int?]) -> [StudyCell] {
    let judged = judgingSeeds.flatMap { seed in
      configuration.arms.indices.compactMap { arm in
        best[arm].map { StudyCell(phase: .judging, arm: arm, point: $0, seed: seed) }
      }
    }
    guard let seed = judgingSeeds.first else { return [] }
    return judged
      + configuration.arms.indices.compactMap { arm in
        best[arm].map { StudyCell(phase: .repetition, arm: arm, point: $0, seed: seed) }
      }
  }

  /// The arm of `cell` with the point's values written into its specification.
  package func specification(of cell: StudyCell) -> ArmSpecification {
    points[cell.point].reduce(configuration.arms[cell.arm]) {
      $0.setting($1.key, to: .number($1.value))
    }
  }

  /// `lr=1e-3` or `lr=1e-3 mask=0.5`.
  package func words(for point: Int) -> String {
    points[point].map { "\($0.key)=\(compactDecimal($0.value))" }.joined(separator: " ")
  }

  /// `m lr=1e-3 seed 2`.
  package func words(for cell: StudyCell) -> String {
    let again = cell.phase == .repetition ? " again" : ""
    return "\(lanes[cell.arm].letter) \(words(for: cell.point)) seed \(cell.seed)\(again)"
  }

  /// The run of `cell`; the arm it is about is the last one.
  package func run(of cell: StudyCell) -> RunConfiguration {
    let arm = specification(of: cell)
    var run = configuration
    (run.seed, run.seeds, run.threads) = (cell.seed, 1, 1)
    run.arms = arm.isMatched ? [arm.followed, arm] : [arm]
    return run
  }
}

extension ArmSpecification {
  /// The arm that this matched control follows.
  var followed: ArmSpecification {
    var copy = self
    copy.isMatched = false
    copy.text = copy.canonicalText
    return copy
  }
}
