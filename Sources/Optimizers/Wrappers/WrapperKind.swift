import RunModel

/// The wrappers: what they do to the displacement of a base, block by block.
enum WrapperKind: String, Sendable, CaseIterable {
  case skip, damp, magma, sample, cautious

  /// Whether a coin decides about the block.
  var hasCoin: Bool {
    switch self {
    case .skip, .magma, .sample: true
    case .damp, .cautious: false
    }
  }

  var descriptor: OptimizerDescriptor {
    OptimizerDescriptor(
      name: rawValue, kind: .wrapper, summary: summary, equation: equation, paper: paper,
      hyperparameters: hyperparameters, stateBytesPerElement: 0)
  }

  private var summary: String {
    switch self {
    case .skip: "SkipUpdate: drops whole block updates by coin and makes up for it in size."
    case .damp: "Magma's damping alone: scales every block update by its momentum alignment."
    case .magma: "Magma: drops block updates by coin and damps the others by alignment."
    case .sample: "Keeps a block update with its alignment score as the probability."
    case .cautious: "Drops, element by element, what contradicts the gradient's sign; no coin."
    }
  }

  private var equation: String {
    switch self {
    case .skip: "θ ← θ − m·Δ/keep;  m ~ Bernoulli(keep)"
    case .damp: "s ← ema·s + (1−ema)·sigmoid(cos(μ,g)/τ);  θ ← θ − s·Δ"
    case .magma:
      "s ← ema·s + (1−ema)·sigmoid(cos(μ,g)/τ);  θ ← θ − s·m·Δ;  m ~ Bernoulli(keep)"
    case .sample: "m ~ Bernoulli(sigmoid(cos(μ,g)/τ));  θ ← θ − m·Δ  (damped: s·m·Δ)"
    case .cautious: "φ = [Δ·g > 0];  θ ← θ − φ·Δ·n/(‖φ‖₀ + 1)"
    }
  }

  private var paper: String {
    switch self {
    case .cautious: "Liang et al., 2024, arXiv:2411.16085"
    case .skip, .damp, .magma, .sample: "Joo, Xia, Kim, Zhang & Ie, 2026, arXiv:2602.15322"
    }
  }

  private var hyperparameters: [Hyperparameter] {
    switch self {
    case .skip: Self.coin + [Self.rescale("keep", ["none", "keep"])] + Self.policy
    case .damp: Self.damping
    case .magma:
      Self.coin + Self.damping + [Self.rescale("none", ["none", "keep", "score"])] + Self.policy
    case .sample:
      [.flag("damped", "also scales kept updates by the averaged score", false)] + Self.damping
        + [Self.rescale("none", ["none", "keep", "score"])]
    case .cautious: [Self.rescale("keep", ["none", "keep"])]
    }
  }

  private static let coin: [Hyperparameter] = [
    .number(
      "mask", "probability that an update is dropped: 1 minus the paper's survival probability p",
      0.5, 0...0.9999)
  ]

  private static let policy: [Hyperparameter] = [
    .choice(
      "maskPolicy",
      "constant; linear, cosine: from mask to maskEnd; alignment: blocks aligned above their null "
        + "are masked less; depth: later blocks are masked more (both ours)", "constant",
      ["constant", "linear", "cosine", "alignment", "depth"]),
    .number("maskEnd", "mask probability at the end of a schedule", 0, 0...0.9999),
    Hyperparameter(
      "maskSteps", "length of the mask schedule, 0: the whole run",
      .integer(default: 0, range: 0...1_000_000_000)),
    .number("maskGain", "strength of an adaptive policy", 1, -10...10),
  ]

  private static let damping: [Hyperparameter] = [
    .number("tau", "temperature of the score", 2, 1e-3...1e3, scale: .logarithmic),
    Hyperparameter(
      "s0", "the scale before the first step, or 'first': the first score",
      .number(default: 0.5, range: 0...1, scale: .linear), words: ["first"]),
    .number(
      "ema", "share of the scale that is kept each step", 0.9, 0...0.99999,
      scale: .retention),
    .choice(
      "mu", "momentum the gradient is compared with: after or before it took the gradient in",
      "after", ["after", "before"], isLive: true),
    .number(
      "beta", "decay of the extra gradient average, for bases without a first moment", 0.9,
      0...0.99999, scale: .retention),
  ]

  private static func rescale(_ value: String, _ allowed: [String]) -> Hyperparameter {
    .choice("rescale", "what makes up for dropped updates", value, allowed, isLive: true)
  }
}
