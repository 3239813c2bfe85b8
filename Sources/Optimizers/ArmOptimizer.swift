import RunModel
import TensorKernels

/// One arm's optimizer: a base, perhaps wrapped or step-matched, over all blocks of a layout.
///
/// Used by one thread. A steady step allocates nothing. `θ ← θ − s·m·Δ` per block, Δ the base's whole
/// displacement; `MaskedStep.swift` tells how a step goes, `Bases` and `Wrappers` the equations.
package struct ArmOptimizer {
  package private(set) var specification: ArmSpecification
  package let layout: TensorLayout
  /// Whether momentum and gradient are compared on every block, also where the arm needs no cosine.
  ///
  /// Costs a look at both while they are in the cache; parameters and moments do not depend on it.
  package let observation: Observation
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
  /// Momenta of masked blocks whose base has none and whose mask needs one: state of the arm.
  var own: GradientAverages
  /// Momenta that are only looked at, for blocks that have no other; no state of the arm.
  var observed: GradientAverages
  /// Which blocks share a coin, and what a draw over all of them says in this step.
  var units: MaskUnits
  /// Whether a block was dropped in the step before, for moments that are fresh on its return.
  var wasDropped: [Bool]
  var displacement: [Float]
  /// The mask of the block at hand, where it has one per element.
  var mask: ElementMask
  /// The masked part of the displacement, while its norm is looked at.
  var gated: [Float]
  /// What the moments are shown in place of the gradients, where those are masked.
  var maskedGradients: [Float]
  /// The formulas of a rule.
  var rules: RuleEngine?
  /// A stretch of elements on their way into a formula; for mgup, a block's.
  var elements: [Float]

  /// Elements worked on at a time, so that the displacement stays in the first-level cache.
  static let stretch = 1024
  /// β of the observing averages.
  static let observing = Decay(ArmSpecification.observingDecay)

  /// Whether every block has a coin of its own that decides on its whole update: true without a mask,
  /// false for finer and coarser units, for draws of several and for signs.
  package var tossesWholeBlocks: Bool {
    masks.map {
      $0.grain == .tensor && !$0.kind.choosesElements && $0.draw == .coin && $0.gate != .gradient
    } ?? true
  }

  /// Makes the optimizer; throws when settings contradict each other or the layout.
  package init(
    _ specification: ArmSpecification, layout: TensorLayout, observation: Observation = .everywhere
  ) throws(RunError) {
    let place = "arm \(specification.text)"
    let parts = try placing(at: place) { () throws(RunError) in
      try ArmParts(specification, layout: layout)
    }
    let (specification, masks) = (parts.specification, parts.masks)
    self.specification = specification
    self.layout = layout
    self.observation = observation
    self.masks = masks
    let base = parts.type.init(layout: layout, settings: parts.settings)
    self.base = base
    let plan = try placing(at: place) { () throws(RunError) in
      try BlockPlan(specification, layout: layout, base: base, masks: masks)
    }
    self.plan = plan
    let blocks = layout.entries.count
    outcomes = Array(repeating: BlockOutcome(), count: blocks)
    forcedCoins = Array(repeating: nil, count: blocks)
    scales = Array(repeating: Float(masks?.start ?? .nan), count: blocks)
    cosines = Array(repeating: 0, count: blocks)
    updates = Array(repeating: 0, count: blocks)
    let needsOwn = masks?.needsAlignment == true && !specification.isMatched
    let own = GradientAverages(layout) { needsOwn && plan.inScope[$0] && !base.hasMomentum($0) }
    self.own = own
    observed = GradientAverages(layout) {
      observation.looks(atMasked: masks != nil && plan.inScope[$0]) && !base.hasMomentum($0)
        && !own.contains($0)
    }
    units = MaskUnits(layout, masks?.grain ?? .tensor, inScope: plan.inScope)
    wasDropped = Array(repeating: false, count: blocks)
    let largest = layout.entries.map(\.range.count).max() ?? 0
    let stretch = parts.type.isElementwise ? min(largest, Self.stretch) : largest
    let isWhole = masks?.isWhole ?? true
    let masksGradients = masks?.gate == .gradient
    rules = masks.flatMap { RuleEngine($0, blocks: blocks) }
    let displacesWhole = !isWhole || masks?.kind == .rule
    displacement = Array(repeating: 0, count: displacesWhole ? largest : stretch)
    mask = ElementMask(count: isWhole && !masksGradients ? 0 : largest)
    gated = Array(repeating: 0, count: isWhole ? 0 : largest)
    let ranks = masks?.kind == .mgup
    elements = Array(repeating: 0, count: ranks ? largest : rules == nil ? 0 : RuleEngine.stretch)
    maskedGradients = Array(repeating: 0, count: masksGradients ? layout.count : 0)
    stepFactor = masks?.expectedFactor ?? 1
    for block in outcomes.indices { outcomes[block].isMasked = isMasked(block) }
  }

  /// Configured rate, before the schedule's factor.
  package var learningRate: Double { specification.values["lr"]?.number ?? 0 }

  /// Bytes of optimizer state: moments, and what masking itself remembers.
  package var stateBytes: Int {
    let floats = base.state.reduce(own.values.count) { $0 + $1.values.count }
    let perBlock = masks?.hasScore == true && !specification.isMatched ? plan.maskedCount : 0
    return (floats + perBlock) * MemoryLayout<Float>.stride
  }

  /// Bytes of all buffers: the state, what a step works in, and what is only observed.
  package var bufferBytes: Int {
    let scratch =
      displacement.count + mask.kept.count + gated.count + maskedGradients.count
      + elements.count + (rules?.scratchCount ?? 0) + base.scratchCount + observed.values.count
    return stateBytes + scratch * MemoryLayout<Float>.stride
  }

  func isMasked(_ block: Int) -> Bool { !specification.isMatched && plan.inScope[block] }
}

/// Settings at a step boundary: what may be asked is answered without changing anything.
extension ArmOptimizer {
  /// Throws what speaks against making an optimizer of `specification` on these blocks.
  package static func check(
    _ specification: ArmSpecification, layout: TensorLayout
  ) throws(RunError) {
    _ = try ArmParts(specification, layout: layout)
  }

  /// `specification` with a setting changed while it trains: the key must be live, the value
  /// allowed, and the whole without contradiction. What `set` does, without an optimizer.
  package static func changed(
    _ specification: ArmSpecification, _ key: String, to value: SettingValue, layout: TensorLayout
  ) throws(RunError) -> ArmSpecification {
    let setting = try liveSetting(key, of: specification)
    guard setting.value(from: value.description) == value else {
      throw RunError(
        .usage, "\(key)=\(value) is not allowed", remedy: "allowed: \(setting.allowed)")
    }
    let changed = specification.setting(key, to: value)
    let (old, new) = (
      try ArmParts(specification, layout: layout), try ArmParts(changed, layout: layout)
    )
    if new.masks?.needsAlignment == true, old.masks?.needsAlignment != true,
      !specification.keepsMomentum
    {
      throw RunError(
        .usage, "\(key)='\(value)' wants a momentum, and \(specification.base) keeps none",
        remedy: "start the arm with a formula that looks at the alignment")
    }
    return new.specification
  }

  /// Why `set` would refuse the change; nil when it would take it.
  package func changing(_ key: String, to value: SettingValue) -> RunError? {
    do throws(RunError) {
      _ = try Self.changed(specification, key, to: value, layout: layout)
      return nil
    } catch {
      return error
    }
  }

  /// Changes a setting at a step boundary; throws, and changes nothing, when it is refused.
  package mutating func set(_ key: String, to value: SettingValue) throws(RunError) {
    let changed = try Self.changed(specification, key, to: value, layout: layout)
    let parts = try ArmParts(changed, layout: layout)
    base.configure(parts.settings)
    plan = try BlockPlan(changed, layout: layout, base: base, masks: parts.masks)
    if let new = parts.masks, new.kind == .rule, setsFormula(key) {
      rules = RuleEngine(new, blocks: layout.entries.count)
    }
    masks = parts.masks
    specification = changed
    if changed.isMatched, let masks { stepFactor = masks.expectedFactor }
  }

  private func setsFormula(_ key: String) -> Bool {
    OptimizerRegistry.catalog.settings(
      base: specification.base, wrapper: specification.wrapper
    ).contains { $0.key == key && $0.isRule } || key == "alpha" || key == "gamma"
  }

  private static func liveSetting(
    _ key: String, of specification: ArmSpecification
  ) throws(RunError) -> Hyperparameter {
    let settings = OptimizerRegistry.catalog.settings(
      base: specification.base, wrapper: specification.wrapper)
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
    return setting
  }
}

/// Everything an optimizer remembers between steps, as named flat arrays.
extension ArmOptimizer {
  /// Names starting with `mask.` are the wrapper's, `observed.` no state of the optimizer; counts are
  /// exact as floats up to 2^24 steps.
  package func exportState() -> [(name: String, values: [Float])] {
    var state = base.state.map { (name: $0.name, values: $0.values) }
    state.append((name: "updates", values: updates.map(Float.init)))
    state.append((name: "step_factor", values: Self.split(stepFactor)))
    if masks != nil {
      state.append((name: "mask.scale", values: scales))
      state.append((name: "mask.cosine", values: cosines))
      state.append((name: "mask.momentum", values: own.values))
    }
    if let rules, !rules.averages.isEmpty {
      state.append((name: "mask.averages", values: rules.averages.flatMap(Self.split)))
    }
    if masks?.resets == true {
      state.append((name: "mask.dropped", values: wasDropped.map { $0 ? 1 : 0 }))
    }
    if !observed.values.isEmpty {
      state.append((name: Self.observedName, values: observed.values))
    }
    return state
  }

  /// Takes back what `exportState` gave; training then goes on bit for bit.
  ///
  /// An observing average that is not there starts anew.
  package mutating func restoreState(_ values: [(name: String, values: [Float])]) throws(RunError) {
    var buffers = base.state
    for index in buffers.indices {
      buffers[index].values = try Self.find(
        buffers[index].name, count: buffers[index].values.count, in: values)
    }
    let counts = try Self.find("updates", count: updates.count, in: values)
    let factor = try Self.find("step_factor", count: 2, in: values)
    if observation != .nowhere, values.contains(where: { $0.name == Self.observedName }) {
      observed.values = try Self.find(
        Self.observedName, count: observed.values.count, in: values)
    }
    if masks != nil {
      scales = try Self.find("mask.scale", count: scales.count, in: values)
      cosines = try Self.find("mask.cosine", count: cosines.count, in: values)
      own.values = try Self.find("mask.momentum", count: own.values.count, in: values)
    }
    if let count = rules?.averages.count, count > 0 {
      let halves = try Self.find("mask.averages", count: 2 * count, in: values)
      rules?.averages = (0..<count).map { Self.join(halves[2 * $0], halves[2 * $0 + 1]) }
    }
    if masks?.resets == true {
      wasDropped = try Self.find("mask.dropped", count: wasDropped.count, in: values).map {
        $0 != 0
      }
    }
    updates = counts.map { Int($0) }
    stepFactor = Self.join(factor[0], factor[1])
    base.state = buffers
  }

  private static let observedName = "observed.momentum"

  /// The two halves of a double's bits, so that it survives being stored as floats.
  private static func split(_ value: Double) -> [Float] {
    [
      Float(bitPattern: UInt32(truncatingIfNeeded: value.bitPattern >> 32)),
      Float(bitPattern: UInt32(truncatingIfNeeded: value.bitPattern)),
    ]
  }

  private static func join(_ high: Float, _ low: Float) -> Double {
    Double(bitPattern: UInt64(high.bitPattern) << 32 | UInt64(low.bitPattern))
  }

  private static func find(
    _ name: String, count: Int, in values: [(name: String, values: [Float])]
  ) throws(RunError) -> [Float] {
    guard let found = values.first(where: { $0.name == name }) else {
      throw RunError(
        .input, "optimizer state '\(name)' is missing",
        remedy: "resume with the arm the checkpoint was made with")
    }
    guard found.values.count == count else {
      throw RunError(
        .input, "optimizer state '\(name)' has \(found.values.count) values, not \(count)",
        remedy: "resume with the model and arm the checkpoint was made with")
    }
    return found.values
  }
}
