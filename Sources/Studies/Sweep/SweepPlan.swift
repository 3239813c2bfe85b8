import RunModel

/// A sweep as declared before its first step: arms × grid × tuning seeds, then the judging seeds.
///
/// Every arm gets equally many points, the same tuning seeds and the same steps. A matched arm follows
/// its arm through the whole grid: its cell trains the followed arm, at the same values, beside it.
/// Tuning seeds are `seed ..< seed + tuningSeeds`; judging seeds come after them, so no run that chose a
/// value is ever judged.
package struct SweepPlan: Codable, Sendable, Equatable {
  /// Forms of `sweep.yaml` that this program reads; the first round had no number.
  package static let newestFormat = 2

  /// Nil in a plan of the first round.
  package var format: Int?
  /// Everything but the swept values; its own seed is the first tuning seed.
  package var configuration: RunConfiguration
  package var axes: [GridAxis]
  package var tuningSeedCount: Int
  package var judgingSeedCount: Int
  /// Numbers hold for one choice of kernels only.
  package var kernels: String
  /// Raised when training gives other bits; nil in a plan of the first round.
  package var resultsVersion: Int?
  /// How many points each arm may be given outward when its best lies at the edge; nil for none.
  package var extensionLimit: Int?
  /// Whether the matched controls were left out on purpose.
  package var isControlDeclined: Bool?
  /// Size and fingerprint of the text that is trained on; nil where none is read.
  package var textPrint: String?
  /// The points that extensions have added so far, arm by arm: a function of the cells, not declared.
  package var extensions: [[[GridSetting]]] = []

  private enum CodingKeys: String, CodingKey {
    case format, configuration, axes, tuningSeedCount, judgingSeedCount, kernels, resultsVersion
    case extensionLimit, isControlDeclined, textPrint
  }

  /// - Throws: `RunError` of category `.usage` when an arm has no such setting, a value is out of its
  ///   range, a key repeats, arms get unequal grids or the seeds run out.
  package init(
    configuration: RunConfiguration, axes: [GridAxis], tuningSeeds: Int = 3,
    judgingSeeds: Int = 8, extending: Int = 0, isControlDeclined: Bool = false,
    kernels: String = "", resultsVersion: Int? = nil, catalog: OptimizerCatalog
  ) throws(RunError) {
    format = Self.newestFormat
    self.configuration = configuration
    self.configuration.seeds = 1
    // Numbers do not depend on it, and a resumed sweep may use another.
    self.configuration.threads = nil
    // Letters are given to the arms of the sweep, of which a cell has one or two.
    self.configuration.letters = []
    self.axes = axes
    tuningSeedCount = tuningSeeds
    judgingSeedCount = judgingSeeds
    extensionLimit = extending > 0 ? extending : nil
    self.isControlDeclined = isControlDeclined ? true : nil
    self.kernels = kernels
    self.resultsVersion = resultsVersion
    try check(catalog)
  }

  /// The same checks, whether a plan comes from flags or from a file; fills in what axes may be.
  package mutating func check(_ catalog: OptimizerCatalog) throws(RunError) {
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
    guard (0...100).contains(extensionLimit ?? 0) else {
      throw RunError(
        .usage, "\(extensionLimit ?? 0) is out of range", place: "--extend",
        remedy: "allowed: 0..100")
    }
    guard configuration.seed <= UInt64.max - 2000 else {
      throw RunError(
        .usage, "leaves no room for the seeds after it", place: "--seed",
        remedy: "give a smaller first seed")
    }
  }

  private mutating func checkAxes(_ catalog: OptimizerCatalog) throws(RunError) {
    guard !axes.isEmpty else {
      throw RunError(
        .usage, "there is nothing to sweep", place: "--grid",
        remedy: "give for example --grid lr=1e-4..1e-1:7")
    }
    for index in axes.indices {
      let axis = axes[index]
      guard !axes[..<index].contains(where: { $0.key == axis.key && $0.arm == axis.arm }) else {
        throw RunError(.usage, "'\(axis.key)' is swept twice", place: "--grid", remedy: "keep one")
      }
      guard !axis.values.isEmpty, axis.values.count <= 200,
        axis.values.allSatisfy(\.isFinite), zip(axis.values, axis.values.dropFirst()).allSatisfy(<)
      else {
        throw RunError(
          .usage, "'\(axis.key)' has no increasing values", place: "--grid",
          remedy: "give 1 to 200 of them")
      }
      axes[index].bounds = try bounds(of: axis, catalog)
    }
    try checkEqualGrids()
  }

  /// The range that every arm concerned allows; checks the values on the way.
  private func bounds(
    of axis: GridAxis, _ catalog: OptimizerCatalog
  ) throws(RunError) -> [Double]? {
    let arms = try armsSwept(over: axis)
    var bounds: [Double]?
    for arm in arms {
      let setting = try setting(axis, of: configuration.arms[arm], catalog)
      switch setting.kind {
      case .number(_, let range, _): bounds = [range.lowerBound, range.upperBound]
      case .integer(_, let range): bounds = [Double(range.lowerBound), Double(range.upperBound)]
      case .flag, .choice, .pattern: continue
      }
    }
    return bounds
  }

  private func armsSwept(over axis: GridAxis) throws(RunError) -> [Int] {
    guard let letter = axis.arm else { return Array(configuration.arms.indices) }
    let letters = lanes.map(\.letter)
    guard let arm = letters.firstIndex(of: letter) else {
      throw RunError(
        .usage, "there is no arm '\(letter)'", place: "--grid",
        remedy: "the arms are " + lanes.map { "\($0.letter) \($0.name)" }.joined(separator: ", "))
    }
    return [arm]
  }

  private func setting(
    _ axis: GridAxis, of arm: ArmSpecification, _ catalog: OptimizerCatalog
  ) throws(RunError) -> Hyperparameter {
    let settings = catalog.settings(base: arm.base, wrapper: arm.wrapper)
    guard let setting = settings.first(where: { $0.key == axis.key }) else {
      throw RunError(
        .usage,
        "arm '\(arm.text)' has no setting '\(axis.key)'"
          + suggestion(for: axis.key, among: settings.map(\.key)),
        place: "--grid",
        remedy: "sweep what all arms have, or one arm's own: m:\(axis.key)=LOW..HIGH:COUNT")
    }
    for value in axis.values where setting.value(from: compactDecimal(value)) == nil {
      throw RunError(
        .usage, "\(axis.key)=\(compactDecimal(value)) is not allowed for '\(arm.text)'",
        place: "--grid", remedy: "allowed: \(setting.allowed)")
    }
    return setting
  }

  /// Budgets are equal by count of cells, or the better searched arm would win by being searched.
  private func checkEqualGrids() throws(RunError) {
    let counts = configuration.arms.indices.map {
      axes(ofArm: $0).reduce(1) { $0 * $1.values.count }
    }
    guard let first = counts.first else { return }
    if let other = counts.firstIndex(where: { $0 != first }) {
      throw RunError(
        .usage,
        "\(lanes[0].name) gets \(first) points, \(lanes[other].name) \(counts[other])",
        place: "--grid", remedy: "give every arm a grid with as many points")
    }
    guard first <= 10_000 else {
      throw RunError(.usage, "the grid has \(first) points", remedy: "at most 10000")
    }
  }
}

extension SweepPlan {
  /// What the arm is swept over: the shared axes, its own instead of or besides them. A matched arm is
  /// swept as the arm it follows, unless it has axes of its own.
  package func axes(ofArm arm: Int) -> [GridAxis] {
    let lanes = lanes
    var own = axes.filter { $0.arm == lanes[arm].letter }
    let control = configuration.arms[arm]
    if own.isEmpty, control.isMatched,
      let followed = configuration.arms.firstIndex(where: {
        !$0.isMatched && $0.base == control.base && $0.wrapper == control.wrapper
      })
    {
      own = axes.filter { $0.arm == lanes[followed].letter }
    }
    let shared = axes.filter { axis in axis.arm == nil && !own.contains { $0.key == axis.key } }
    return shared + own
  }

  /// All combinations of the arm's axes, the last axis fastest, then what extensions added.
  package func points(ofArm arm: Int) -> [[GridSetting]] {
    axes(ofArm: arm).reduce([[]]) { points, axis in
      points.flatMap { point in
        axis.values.map { point + [GridSetting(key: axis.key, value: $0)] }
      }
    } + (arm < extensions.count ? extensions[arm] : [])
  }

  /// Points that every arm was declared with.
  package var pointCount: Int {
    configuration.arms.isEmpty ? 0 : axes(ofArm: 0).reduce(1) { $0 * $1.values.count }
  }

  /// Whether every arm is swept over one key, the same for all: a curve can be drawn.
  package var sharedKey: String? {
    let keys = Set(configuration.arms.indices.flatMap { axes(ofArm: $0).map(\.key) })
    let isOne = configuration.arms.indices.allSatisfy { axes(ofArm: $0).count == 1 }
    return isOne && keys.count == 1 ? keys.first : nil
  }

  package var tuningSeeds: [UInt64] {
    (0..<tuningSeedCount).map { configuration.seed + UInt64($0) }
  }

  package var judgingSeeds: [UInt64] {
    (0..<judgingSeedCount).map { configuration.seed + UInt64(tuningSeedCount + $0) }
  }

  /// The arms named by what is not swept: their written rates are never used.
  package var lanes: [Lane] {
    let shared = axes.filter { $0.arm == nil }.map(\.key)
    let named = Lane.assign(to: configuration.arms.map { $0.named(without: shared) })
    guard axes.contains(where: { $0.arm != nil }) else { return named }
    let letters = named.map(\.letter)
    return zip(
      letters,
      Lane.assign(
        to: configuration.arms.indices.map { arm in
          let own = axes.filter { $0.arm == letters[arm] }.map(\.key)
          return configuration.arms[arm].named(without: shared + own)
        })
    ).map { Lane(letter: $0, name: $1.name) }
  }

  /// Seed by seed, so that whatever has been finished covers the whole grid of every arm; then the
  /// points that extensions added, arm by arm.
  package var tuningCells: [StudyCell] {
    let arms = configuration.arms.indices
    let declared = tuningSeeds.flatMap { seed in
      (0..<pointCount).flatMap { point in
        arms.map { StudyCell(phase: .tuning, arm: $0, point: point, seed: seed) }
      }
    }
    let added = arms.flatMap { arm in
      (arm < extensions.count ? extensions[arm].indices : 0..<0).flatMap { index in
        tuningSeeds.map {
          StudyCell(phase: .tuning, arm: arm, point: pointCount + index, seed: $0)
        }
      }
    }
    return declared + added
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
    points(ofArm: cell.arm)[cell.point].reduce(configuration.arms[cell.arm]) {
      $0.setting($1.key, to: .number($1.value))
    }
  }

  /// `m lr=1e-3 seed 2`.
  package func words(for cell: StudyCell) -> String {
    let again = cell.phase == .repetition ? " again" : ""
    return "\(lanes[cell.arm].letter) \(points(ofArm: cell.arm)[cell.point].words) "
      + "seed \(cell.seed)\(again)"
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

extension SweepPlan {
  /// The plan as it was declared, without what extensions added.
  package var declared: SweepPlan {
    var plan = self
    plan.extensions = []
    return plan
  }

  /// What differs from the plan of a directory, in a few words; nil when a process of this plan may
  /// work on it.
  package func difference(from stored: SweepPlan) -> String? {
    let (old, new) = (stored.configuration, configuration)
    let checks: [(String, Bool)] = [
      (
        "precision (\(old.model.precision) there, \(new.model.precision) here)",
        old.model.precision == new.model.precision
      ),
      ("kernel level (\(stored.kernels) there, \(kernels) here)", stored.kernels == kernels),
      (
        "results version (\(stored.resultsVersion ?? 1) there, \(resultsVersion ?? 1) here)",
        (stored.resultsVersion ?? 1) == (resultsVersion ?? 1)
      ),
      (
        "grid",
        stored.axes.map(\.words) == axes.map(\.words)
          && stored.axes.map(\.values) == axes.map(\.values)
      ),
      ("list of arms", old.arms == new.arms),
      ("number of tuning seeds", stored.tuningSeedCount == tuningSeedCount),
      ("number of judging seeds", stored.judgingSeedCount == judgingSeedCount),
      ("extension", (stored.extensionLimit ?? 0) == (extensionLimit ?? 0)),
      ("first seed", old.seed == new.seed), ("number of steps", old.steps == new.steps),
      (
        "text (other contents)",
        stored.textPrint == nil || textPrint == nil || stored.textPrint == textPrint
      ),
      ("model", old.model == new.model), ("workload", old.workload == new.workload),
      ("text", old.data == new.data), ("schedule", old.schedule == new.schedule),
      ("workload's settings", old.settings == new.settings), ("clip", old.clip == new.clip),
      ("evaluation interval", old.evaluationInterval == new.evaluationInterval),
    ]
    return checks.first { !$0.1 }?.0
  }
}

extension [GridSetting] {
  /// `lr=1e-3` or `lr=1e-3 mask=0.5`.
  package var words: String {
    map { "\($0.key)=\(compactDecimal($0.value))" }.joined(separator: " ")
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

  fileprivate func named(without swept: [String]) -> ArmSpecification {
    var named = self
    named.writtenKeys.removeAll(where: swept.contains)
    named.text = named.canonicalText
    return named
  }
}
