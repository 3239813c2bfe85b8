import RunModel

/// How a wrapper decides about the displacement of a base, block by block.
enum WrapperKind: String, Sendable, CaseIterable {
  case skip, damp, magma, sample, cautious, rule, mgup

  /// Whether a coin decides about the unit.
  var hasCoin: Bool {
    switch self {
    case .skip, .magma, .sample, .rule: true
    case .damp, .cautious, .mgup: false
    }
  }

  /// Whether a mask of elements comes from the update itself.
  var choosesElements: Bool {
    switch self {
    case .cautious, .mgup: true
    case .skip, .damp, .magma, .sample, .rule: false
    }
  }
}

/// A wrapper as arms name it: a kind of mask, and the point in the space of masks where it stands.
///
/// Methods of other papers that the space can express are such points: settings of a kind under
/// defaults of their own, and perhaps a formula.
struct Wrapper: Sendable {
  let kind: WrapperKind
  let descriptor: OptimizerDescriptor
  /// The formulas of a rule that is no one's own; nil: they are settings.
  private(set) var formulas: (@Sendable (Settings) -> (keep: String, scale: String))?

  init(
    _ name: String, _ kind: WrapperKind, group: String, _ summary: String, equation: String,
    paper: String, _ hyperparameters: [Hyperparameter],
    formulas: (@Sendable (Settings) -> (keep: String, scale: String))? = nil
  ) {
    self.kind = kind
    self.formulas = formulas
    descriptor = OptimizerDescriptor(
      name: name, kind: .wrapper, summary: summary, equation: equation, paper: paper,
      hyperparameters: hyperparameters, stateBytesPerElement: 0, group: group)
  }

  static func named(_ name: String) -> Wrapper? { all.first { $0.descriptor.name == name } }

  /// In the order they are listed to users.
  static let all: [Wrapper] = masks + relatives + layerwise

  private static let joo = "Joo, Xia, Kim, Zhang & Ie, 2026, arXiv:2602.15322"
  private static let score = "s ← ema·s + (1−ema)·sigmoid(cos(μ,g)/τ)"

  private static let masks: [Wrapper] = [
    Wrapper(
      "skip", .skip, group: "masks",
      "SkipUpdate: drops whole block updates by coin and makes up for it in size.",
      equation: "θ ← θ − m·Δ/keep;  m ~ Bernoulli(keep)", paper: joo,
      Setting.coin(mask: 0.5) + [Setting.rescale("keep", ["none", "keep", "norm"])]
        + Setting.policy),
    Wrapper(
      "damp", .damp, group: "masks",
      "Magma's damping alone: scales every block update by its momentum alignment.",
      equation: score + ";  θ ← θ − s·Δ", paper: joo, Setting.damping),
    Wrapper(
      "magma", .magma, group: "masks",
      "Magma: drops block updates by coin and damps the others by alignment.",
      equation: score + ";  θ ← θ − s·m·Δ;  m ~ Bernoulli(keep)", paper: joo,
      Setting.coin(mask: 0.5) + Setting.damping
        + [Setting.rescale("none", ["none", "keep", "score", "norm"])] + Setting.policy),
    Wrapper(
      "sample", .sample, group: "masks",
      "Keeps a block update with its alignment score as the probability.",
      equation: "m ~ Bernoulli(sigmoid(cos(μ,g)/τ));  θ ← θ − m·Δ  (damped: s·m·Δ)", paper: joo,
      Setting.sampling + Setting.damping
        + [Setting.rescale("none", ["none", "keep", "score", "norm"])]),
    Wrapper(
      "cautious", .cautious, group: "masks",
      "Drops, element by element, what contradicts the gradient's sign; no coin.",
      equation: "φ = [Δ·g > 0];  θ ← θ − φ·Δ·n/(‖φ‖₀ + 1)",
      paper: "Liang et al., 2024, arXiv:2411.16085",
      [Setting.rescale("keep", ["none", "keep", "norm"])]),
    Wrapper(
      "rule", .rule, group: "masks", "A mask and a scale by formulas of one's own.",
      equation: "θ ← θ − scale·m·Δ;  m ~ Bernoulli(keep)",
      paper: "formulas over step, cos, s, u, g and more; see the arm grammar",
      [
        Setting.formula("keep", "probability that a unit is kept: a formula", "1"),
        Setting.formula("scale", "factor on what is kept: a formula", "1"),
      ] + Setting.damping + [Setting.rescale("none", ["none", "keep", "share", "norm"])]),
  ]

  private static let relatives: [Wrapper] = [
    Wrapper(
      "lr-dropout", .skip, group: "relatives",
      "Learning-rate dropout: every element's update is dropped by coin; in use since 2019.",
      equation: "θ ← θ − b ⊙ Δ;  b ~ Bernoulli(keep) per element, moments dense",
      paper: "Lin, Zeng, Zhou & Lyu, 2019, arXiv:1912.00144",
      Setting.coin(mask: 0.5) + [
        Setting.rescale("none", ["none", "keep", "norm"]), Setting.grain("element"),
      ] + Setting.policy),
    Wrapper(
      "cautious-decay", .skip, group: "relatives",
      "Cautious weight decay: only weights that the update moves towards zero decay.",
      equation: "θ ← θ − Δ − lr·wd·[Δ ⊙ θ ≥ 0] ⊙ θ",
      paper: "Chen et al., 2025, arXiv:2510.12402",
      Setting.coin(mask: 0) + [
        Setting.rescale("none", ["none", "keep"]), Setting.decay("cautious"), Setting.scope("all"),
      ] + Setting.policy),
    Wrapper(
      "grams", .rule, group: "relatives",
      "The size of the base's update in the direction of the gradient's sign.",
      equation: "θ ← θ − sign(g) ⊙ |Δ|", paper: "Cao, Li & Song, 2024, arXiv:2412.17107",
      [Setting.grain("element"), Setting.scope("all")] + Setting.damping
        + [Setting.rescale("none", ["none", "norm"])], formulas: { _ in ("1", "sign(u*g)") }),
    Wrapper(
      "mgup", .mgup, group: "relatives",
      "A larger step for the share of elements whose update agrees most with the gradient.",
      equation: "θ ← θ − a ⊙ Δ;  a = alpha on the ⌊share·n⌋ largest Δ·g, else gamma",
      paper: "arXiv:2606.17526", Setting.groups + [Setting.share, Setting.scope("all")]),
    Wrapper(
      "c-mgup", .rule, group: "relatives",
      "A larger step where the update agrees with the gradient, a small one elsewhere.",
      equation: "θ ← θ − a ⊙ Δ;  a = alpha where Δ·g ≥ 0, else gamma", paper: "arXiv:2606.17526",
      Setting.groups + [Setting.grain("element"), Setting.scope("all")] + Setting.damping
        + [Setting.rescale("none", ["none", "norm"])],
      formulas: {
        ("1", "where(u*g >= 0, \($0.number("alpha")), \($0.number("gamma")))")
      }),
    Wrapper(
      "unbiased-sample", .sample, group: "relatives",
      "Alignment sampling made unbiased by 1/p: unstable, as the paper says.",
      equation: "p = sigmoid(cos(μ,g)/τ);  θ ← θ − m·Δ/p;  m ~ Bernoulli(p)", paper: joo,
      Setting.sampling + Setting.damping
        + [Setting.rescale("keep", ["none", "keep", "score", "norm"])]),
    Wrapper(
      "child-tuning", .skip, group: "relatives",
      "Masks gradients, not updates: moments only ever see the children's share.",
      equation: "g ← g ⊙ b / keep before the moments;  b ~ Bernoulli(keep) per element",
      paper: "Xu et al., 2021, arXiv:2109.05687",
      Setting.coin(mask: 0.7) + [
        Setting.rescale("keep", ["none", "keep", "norm"]), Setting.grain("element"),
        Setting.gates("gradient"),
      ] + Setting.policy),
    Wrapper(
      "random-mask", .skip, group: "relatives",
      "One random mask for the whole run: few elements are trained, at a larger rate.",
      equation: "θ ← θ − b ⊙ Δ;  b ~ Bernoulli(keep) per element, drawn once",
      paper: "Xu & Zhang, 2024, arXiv:2405.02596",
      Setting.coin(mask: 0.99) + [
        Setting.rescale("none", ["none", "keep", "norm"]), Setting.grain("element"),
        Setting.periodOfTheRun,
      ] + Setting.policy),
  ]

  private static let layerwise: [Wrapper] = [
    Wrapper(
      "drop-muon", .skip, group: "layer by layer",
      "Drop-Muon: all layers from a random one on move, the others are frozen with their moments.",
      equation: "first ~ Uniform(layers);  layers ≥ first step, others stand still",
      paper: "Gruntkowska, Gaponov, Tovmasyan & Richtárik, 2025, arXiv:2510.02239",
      layers(draw: "suffix", period: 1)),
    Wrapper(
      "badam", .skip, group: "layer by layer",
      "BAdam: one layer after the other for some steps, with fresh moments.",
      equation: "layer (step div period) mod L steps; its moments begin anew",
      paper: "Luo, Yu & Li, 2024, arXiv:2404.02827",
      layers(draw: "cycle", period: 100) + [Setting.returns("reset")]),
    Wrapper(
      "lisa", .skip, group: "layer by layer",
      "LISA: a few random layers for some steps; embedding and head always.",
      equation: "units layers of L, drawn every period steps, step; others stand still",
      paper: "Pan et al., 2024, arXiv:2403.17919",
      layers(draw: "count", period: 20) + [Setting.units(2)]),
    Wrapper(
      "hft", .skip, group: "layer by layer",
      "Half fine-tuning: half of the matrices are frozen in every round.",
      equation: "keep·n of n matrices, drawn every period steps, step; others stand still",
      paper: "Hui et al., 2024, arXiv:2404.18466",
      layers(draw: "count", period: 100, grain: "tensor")),
  ]

  private static func layers(
    draw: String, period: Int, grain: String = "layer"
  ) -> [Hyperparameter] {
    Setting.coin(mask: 0.5) + [
      Setting.rescale("none", ["none", "keep"]), Setting.grain(grain), Setting.draw(draw),
      Setting.period(period), Setting.gates("moments"),
      Setting.moments("sparse"),
    ] + Setting.policy
  }
}
