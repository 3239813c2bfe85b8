import RunModel
import TensorKernels

/// One arm's optimizer: a base, perhaps wrapped or step-matched, over all blocks of a layout.
///
/// Used by one thread. A steady step allocates nothing. Equations: method.md and the files of
/// `Bases` and `Wrappers`; `θ ← θ − s·m·Δ` per block, Δ the base's whole displacement.
package struct ArmOptimizer {
  package private(set) var specification: ArmSpecification
  package let layout: TensorLayout
  /// One per layout entry, updated in place.
  package internal(set) var outcomes: [BlockOutcome]
  /// Per layout entry, for replay; nil: draw.
  package var forcedCoins: [Bool?]
  /// `keep · mean scale` over the masked blocks after the last step.
  ///
  /// What a matched control multiplies by; before any step keep·s0; 1 for a base. Of a matched arm
  /// itself: keep·s0, to be used when the arm it follows is not in the run.
  package internal(set) var stepFactor: Double

  var base: any GradientTransformation
  var plan: BlockPlan
  var masks: MaskSettings?
  /// The running scale s of every block; NaN until a first score when it starts from that.
  var scales: [Float]
  /// Averaged cosine of every block, for the alignment policy.
  var cosines: [Float]
  /// Updates each block's moments have seen.
  var updates: [Int]
  /// Gradient averages of masked blocks whose base has no first moment, one after another.
  var ownMomentum: [Float]
  var displacement: [Float]
  /// 0 or 1 per element of the block at hand, for grains finer than the tensor.
  var kept: [Float]

  /// Whether a coin decides on a whole block: true without a mask, false for finer grains and signs.
  package var tossesWholeBlocks: Bool {
    masks.map { $0.grain == .tensor && $0.kind != .cautious } ?? true
  }

  /// Makes the optimizer; throws when settings contradict each other or the layout.
  package init(_ specification: ArmSpecification, layout: TensorLayout) throws(RunError) {
    let settings = Settings(values: specification.values)
    guard let entry = OptimizerRegistry.base(specification.base) else {
      throw RunError(.usage, "there is no optimizer '\(specification.base)'")
    }
    let masks = specification.wrapper.flatMap(WrapperKind.init(rawValue:)).map {
      MaskSettings($0, settings)
    }
    try Combination(specification, entry: entry, masks: masks).check(layout: layout)
    self.specification = specification
    self.layout = layout
    self.masks = masks
    base = entry.type.init(layout: layout, settings: settings)
    plan = try BlockPlan(specification, layout: layout, base: base, masks: masks)
    let blocks = layout.entries.count
    outcomes = Array(repeating: BlockOutcome(), count: blocks)
    forcedCoins = Array(repeating: nil, count: blocks)
    scales = Array(repeating: Float(masks?.start ?? .nan), count: blocks)
    cosines = Array(repeating: 0, count: blocks)
    updates = Array(repeating: 0, count: blocks)
    ownMomentum = Array(repeating: 0, count: plan.ownMomentumCount)
    let largest = layout.entries.map(\.range.count).max() ?? 0
    let stretch = entry.type.isElementwise ? min(largest, Self.stretch) : largest
    displacement = Array(repeating: 0, count: masks?.kind == .cautious ? largest : stretch)
    let usesKept = masks.map { $0.grain != .tensor || $0.kind == .cautious } ?? false
    kept = usesKept ? Array(repeating: 1, count: largest) : []
    stepFactor = masks?.expectedFactor ?? 1
    for block in outcomes.indices { outcomes[block].isMasked = isMasked(block) }
  }

  /// Elements worked on at a time, so that the displacement stays in the first-level cache.
  static let stretch = 1024

  /// Configured rate, before the schedule's factor.
  package var learningRate: Double { specification.values["lr"]?.number ?? 0 }

  /// Bytes of optimizer state: moments, and what masking itself remembers.
  package var stateBytes: Int {
    let floats = base.state.reduce(ownMomentum.count) { $0 + $1.values.count }
    let perBlock = masks?.hasScore == true && !specification.isMatched ? plan.maskedCount : 0
    return (floats + perBlock) * MemoryLayout<Float>.stride
  }

  /// Bytes of all buffers: the state, and what a step works in.
  package var bufferBytes: Int {
    stateBytes + (displacement.count + kept.count + base.scratchCount) * MemoryLayout<Float>.stride
  }

  func isMasked(_ block: Int) -> Bool { !specification.isMatched && plan.inScope[block] }

  /// Changes a setting at a step boundary; the key must be live and the value allowed.
  package mutating func set(_ key: String, to value: SettingValue) throws(RunError) {
    let catalog = OptimizerRegistry.catalog
    let settings = catalog.settings(base: specification.base, wrapper: specification.wrapper)
    guard let setting = settings.first(where: { $0.key == key }) else {
      throw RunError(
        .usage,
        "\(specification.name) has no setting '\(key)'"
          + suggestion(for: key, among: settings.map(\.key)),
        remedy: "it has " + settings.map(\.key).joined(separator: ", "))
    }
    guard setting.isLive else {
      throw RunError(
        .usage, "'\(key)' cannot change while training", remedy: "restart with the new value")
    }
    guard setting.value(from: value.description) != nil else {
      throw RunError(
        .usage, "\(key)=\(value) is not allowed", remedy: "allowed: \(setting.allowed)")
    }
    try take(specification.setting(key, to: value))
  }

  private mutating func take(_ changed: ArmSpecification) throws(RunError) {
    guard let entry = OptimizerRegistry.base(changed.base) else { return }
    let settings = Settings(values: changed.values)
    let masks = self.masks.map { MaskSettings($0.kind, settings) }
    try Combination(changed, entry: entry, masks: masks).check(layout: layout)
    base.configure(settings)
    plan = try BlockPlan(changed, layout: layout, base: base, masks: masks)
    self.masks = masks
    specification = changed
    if changed.isMatched, let masks { stepFactor = masks.expectedFactor }
  }
}
