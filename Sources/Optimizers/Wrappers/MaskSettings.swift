import RunModel

/// The settings of a wrapper, read once per change: the six answers that a mask gives, and damping.
struct MaskSettings: Sendable {
  enum Policy: String { case constant, linear, cosine, alignment, depth }
  enum Rescale: String { case none, keep, score, share, norm }
  /// What one coin decides about.
  enum Grain: String {
    case tensor, row, column, element, head, module, layer

    /// Whether whole tensors are kept or dropped.
    var isWhole: Bool {
      switch self {
      case .tensor, .module, .layer: true
      case .row, .column, .element, .head: false
      }
    }
  }
  /// How it is decided which units are kept.
  enum Draw: String { case coin, count, suffix, cycle }
  /// What a dropped unit goes without.
  enum Gate: String { case update, moments, gradient }
  enum Decay: String { case inside, outside, cautious }

  var kind: WrapperKind
  var mask = 0.0
  var policy = Policy.constant
  var maskEnd = 0.0
  var maskSteps = 0
  var maskGain = 1.0
  var tau = 2.0
  /// The scale before the first step; nil: the first score.
  var start: Double? = 1
  var ema = 0.9
  var comparesBefore = false
  var ownDecay = Optimizers.Decay(0.9)
  var rescale: Rescale
  var isDamped: Bool
  var grain: Grain
  var gate: Gate
  var decay: Decay
  var draw: Draw
  /// How many units are kept where their number is fixed; 0: `keep` says.
  var units: Int
  /// Steps that a coin holds for; nil: the whole run.
  var period: Int?
  /// The steps that are masked; `until` 0: to the end.
  var from: Int
  var until: Int
  /// Whether a unit that comes back finds its moments fresh.
  var resets: Bool
  /// The formulas of a rule.
  var keepRule: MaskRule?
  var scaleRule: MaskRule?
  /// mgup: the share of elements that agree most, their factor and that of the others.
  var share = 1.0
  var factors = (agreeing: 1.0, others: 1.0)

  init(_ wrapper: Wrapper, _ settings: Settings) {
    kind = wrapper.kind
    rescale = settings.values["rescale"]?.text.flatMap(Rescale.init(rawValue:)) ?? .none
    grain = Grain(rawValue: settings.text("grain")) ?? .tensor
    gate = Gate(rawValue: settings.text("gates")) ?? .update
    decay = Decay(rawValue: settings.text("decay")) ?? .inside
    draw = Draw(rawValue: settings.text("draw")) ?? .coin
    units = settings.integer("units")
    period = settings.optionalNumber("period").map { Int($0) }
    from = settings.integer("from")
    until = settings.integer("until")
    resets = settings.text("returns") == "reset"
    isDamped = false
    if settings.values["mask"] != nil { readCoin(settings) }
    if settings.values["tau"] != nil { readDamping(settings) }
    if kind == .rule { readRule(wrapper, settings) }
    if kind == .mgup {
      share = settings.number("share")
      factors = (settings.number("alpha"), settings.number("gamma"))
    }
  }

  /// Formulas have been read once before: where the arm was checked.
  private mutating func readRule(_ wrapper: Wrapper, _ settings: Settings) {
    let texts = wrapper.formulas?(settings) ?? (settings.text("keep"), settings.text("scale"))
    keepRule = try? MaskRule(texts.0)
    scaleRule = try? MaskRule(texts.1)
    isDamped = false
  }

  private mutating func readCoin(_ settings: Settings) {
    mask = settings.number("mask")
    policy = Policy(rawValue: settings.text("maskPolicy")) ?? .constant
    maskEnd = settings.number("maskEnd")
    maskSteps = settings.integer("maskSteps")
    maskGain = settings.number("maskGain")
  }

  private mutating func readDamping(_ settings: Settings) {
    tau = settings.number("tau")
    start = settings.optionalNumber("s0")
    ema = settings.number("ema")
    comparesBefore = settings.text("mu") == "before"
    ownDecay = Optimizers.Decay(settings.number("beta"))
    isDamped = settings.values["damped"]?.flag ?? true
  }

  /// Whether the wrapper does anything in this step; outside of its steps blocks go as the base does.
  func acts(in step: Int) -> Bool { step >= from && (until == 0 || step <= until) }

  /// The step whose coin holds in this one.
  func coinStep(_ step: Int) -> Int { period.map { step / $0 } ?? 0 }

  /// Whether one answer is given for a whole block.
  var isWhole: Bool { grain.isWhole && !kind.choosesElements }

  private var readsAlignment: Bool {
    keepRule?.readsAlignment == true || scaleRule?.readsAlignment == true
  }

  /// Whether a rule speaks of `name`.
  func reads(_ name: RuleName) -> Bool {
    keepRule?.reads(name) == true || scaleRule?.reads(name) == true
  }

  /// Whether the formulas of a rule want the update before the coin is tossed.
  var looksAtElements: Bool {
    guard let keepRule, let scaleRule else { return false }
    let gathers = !keepRule.expression.gathered.isEmpty || !scaleRule.expression.gathered.isEmpty
    return gathers || grain == .element || reads(.u)
  }

  /// Whether the cosine of momentum and gradient is needed at all.
  var needsAlignment: Bool {
    switch kind {
    case .damp, .magma, .sample: true
    case .skip: policy == .alignment
    case .rule: readsAlignment || reads(.g) || reads(.m)
    case .cautious, .mgup: false
    }
  }

  /// When a masked block's momentum is compared with the gradient.
  func comparison(_ observation: Observation) -> Comparison {
    guard needsAlignment else { return observation == .nowhere ? .none : .after }
    return comparesBefore ? .before : .after
  }

  /// Whether a score and a running scale are made of the cosine.
  var hasScore: Bool { kind != .skip && needsAlignment }

  /// The expected factor on a masked block's step before anything was measured: keep · s0.
  var expectedFactor: Double {
    let keep = 1 - mask
    guard acts(in: 1) else { return 1 }
    switch kind {
    case .skip: return rescale == .keep ? 1 : keep
    case .cautious, .mgup: return 1
    case .rule:
      return (keepRule?.constant ?? 1) * (scaleRule?.constant ?? 1)
    case .damp: return start ?? 0.5
    case .sample: return 0.5 * (isDamped ? start ?? 0.5 : 1) * rescaling(keep: 0.5, score: 0.5)
    case .magma: return keep * (start ?? 0.5) * rescaling(keep: keep, score: 0.5)
    }
  }

  /// What a kept update is multiplied by beside the scale, where that is known before it is made.
  func rescaling(keep: Double, score: Double) -> Double {
    switch rescale {
    case .none, .norm, .share: 1
    case .keep: 1 / keep
    case .score: 1 / score
    }
  }
}
