import RunModel

/// The settings of a wrapper, read once per change.
struct MaskSettings: Sendable {
  enum Policy: String { case constant, linear, cosine, alignment, depth }
  enum Rescale: String { case none, keep, score }
  enum Grain: String { case tensor, row, column, element, head }

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
  var ownDecay = Decay(0.9)
  var rescale: Rescale
  var isDamped: Bool
  var grain: Grain
  var isSparse: Bool
  var decaysOutside: Bool

  init(_ kind: WrapperKind, _ settings: Settings) {
    self.kind = kind
    rescale = settings.values["rescale"]?.text.flatMap(Rescale.init(rawValue:)) ?? .none
    grain = Grain(rawValue: settings.text("grain")) ?? .tensor
    isSparse = settings.text("moments") == "sparse"
    decaysOutside = settings.text("decay") == "outside"
    isDamped = false
    if settings.values["mask"] != nil { readCoin(settings) }
    if settings.values["tau"] != nil { readDamping(settings) }
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
    ownDecay = Decay(settings.number("beta"))
    isDamped = settings.values["damped"]?.flag ?? true
  }

  /// Whether the cosine of momentum and gradient is needed at all.
  var needsAlignment: Bool {
    switch kind {
    case .damp, .magma, .sample: true
    case .skip: policy == .alignment
    case .cautious: false
    }
  }

  /// When a masked block's momentum is compared with the gradient.
  func comparison(observes: Bool) -> Comparison {
    guard needsAlignment else { return observes ? .after : .none }
    return comparesBefore ? .before : .after
  }

  /// Whether a score and a running scale are made of the cosine.
  var hasScore: Bool { kind != .skip && needsAlignment }

  /// The expected factor on a masked block's step before anything was measured: keep · s0.
  var expectedFactor: Double {
    let keep = 1 - mask
    switch kind {
    case .skip: return rescale == .keep ? 1 : keep
    case .cautious: return 1
    case .damp: return start ?? 0.5
    case .sample: return 0.5 * (isDamped ? start ?? 0.5 : 1) * rescaling(keep: 0.5, score: 0.5)
    case .magma: return keep * (start ?? 0.5) * rescaling(keep: keep, score: 0.5)
    }
  }

  /// What a kept update is multiplied by beside the scale.
  func rescaling(keep: Double, score: Double) -> Double {
    switch rescale {
    case .none: 1
    case .keep: 1 / keep
    case .score: 1 / score
    }
  }
}
