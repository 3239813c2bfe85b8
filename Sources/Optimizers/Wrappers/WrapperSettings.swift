import RunModel

/// The settings of wrappers, each said once; a named arm only has another default.
enum Setting {
  static func coin(mask: Double) -> [Hyperparameter] {
    [
      .number(
        "mask",
        "probability that an update is dropped: 1 minus the paper's survival probability p", mask,
        0...0.999999),
      Hyperparameter(
        "keep", "1 − mask: the probability that an update is applied",
        .number(default: ((1 - mask) * 1e4).rounded() / 1e4, range: 1e-6...1, scale: .linear),
        isLive: true, twin: "mask"),
    ]
  }

  static let policy: [Hyperparameter] = [
    .choice(
      "maskPolicy",
      "constant; linear, cosine: from mask to maskEnd; alignment: blocks aligned above their null "
        + "are masked less; depth: later blocks are masked more (both ours)", "constant",
      ["constant", "linear", "cosine", "alignment", "depth"]),
    .number("maskEnd", "mask probability at the end of a schedule", 0, 0...0.999999),
    Hyperparameter(
      "maskSteps", "length of the mask schedule, 0: the whole run",
      .integer(default: 0, range: 0...1_000_000_000)),
    .number("maskGain", "strength of an adaptive policy", 1, -10...10),
  ]

  static let damping: [Hyperparameter] = [
    .number("tau", "temperature of the score", 2, 1e-3...1e3, scale: .logarithmic),
    Hyperparameter(
      "s0", "the scale before the first step, or 'first': the first score",
      .number(default: 0.5, range: 0...1, scale: .linear), words: ["first"]),
    .number(
      "ema", "share of the scale that is kept each step", 0.9, 0...0.99999, scale: .retention),
    .choice(
      "mu", "momentum the gradient is compared with: after or before it took the gradient in",
      "after", ["after", "before"], isLive: true),
    .number(
      "beta", "decay of the extra gradient average, for bases without a first moment", 0.9,
      0...0.99999, scale: .retention),
  ]

  static let sampling: [Hyperparameter] = [
    .flag("damped", "also scales kept updates by the averaged score", false)
  ]

  /// The two factors of mgup.
  static let groups: [Hyperparameter] = [
    .number("alpha", "factor on the elements that agree", 2, 0...1000),
    .number("gamma", "factor on the others", 0.1, 0...1000),
  ]

  static let share = Hyperparameter.number(
    "share", "share of the elements that agree most", 0.5, 0...1)

  static func rescale(_ value: String, _ allowed: [String]) -> Hyperparameter {
    .choice("rescale", "what makes up for dropped updates", value, allowed, isLive: true)
  }

  static func formula(_ key: String, _ summary: String, _ value: String) -> Hyperparameter {
    Hyperparameter(key, summary, .pattern(default: value), isLive: true, isRule: true)
  }

  // MARK: Settings of every wrapper

  static let shared: [Hyperparameter] = [
    scope("workload"), grain("tensor"), period(1), draw("coin"), units(0), gates("update"),
    moments("dense"), decay("inside"), returns("kept"),
    Hyperparameter(
      "from", "first step that is masked", .integer(default: 1, range: 1...1_000_000_000),
      isLive: true),
    Hyperparameter(
      "until", "last step that is masked; 0: to the end",
      .integer(default: 0, range: 0...1_000_000_000), isLive: true),
  ]

  static func scope(_ value: String) -> Hyperparameter {
    Hyperparameter(
      "scope",
      "which blocks are masked: workload (what it declares), attention, mlp, attention+mlp, all, "
        + "or a pattern over block names", .pattern(default: value))
  }

  static func grain(_ value: String) -> Hyperparameter {
    .choice(
      "grain", "what one coin decides: module is the attention or the MLP of a layer", value,
      ["tensor", "row", "column", "element", "head", "module", "layer"])
  }

  static func period(_ steps: Int) -> Hyperparameter { period(steps, word: nil) }

  static let periodOfTheRun = period(1, word: "run")

  private static func period(_ steps: Int, word: String?) -> Hyperparameter {
    Hyperparameter(
      "period", "steps that a coin holds for, or 'run': one mask for the whole run",
      .integer(default: steps, range: 1...1_000_000_000), isLive: true, words: ["run"],
      defaultWord: word)
  }

  static func draw(_ value: String) -> Hyperparameter {
    .choice(
      "draw",
      "coin: every unit for itself; count: a fixed number of units, drawn; suffix: all from a random "
        + "unit on; cycle: one after the other", value, ["coin", "count", "suffix", "cycle"])
  }

  static func units(_ count: Int) -> Hyperparameter {
    .integer(
      "units", "how many units draw=count keeps; 0: keep times their number", count, 0...100_000)
  }

  static func gates(_ value: String) -> Hyperparameter {
    .choice(
      "gates",
      "update: moments see every gradient; moments: frozen on masked steps; gradient: masked before "
        + "the moments see it", value, ["update", "moments", "gradient"])
  }

  static func moments(_ value: String) -> Hyperparameter {
    Hyperparameter(
      "moments", "dense is gates=update, sparse is gates=moments",
      .choice(default: value, allowed: ["dense", "sparse"]), twin: "gates")
  }

  static func decay(_ value: String) -> Hyperparameter {
    .choice(
      "decay",
      "decoupled weight decay: inside: masked and damped with the step; outside: always; cautious: "
        + "where it agrees with the unmasked step", value, ["inside", "outside", "cautious"])
  }

  static func returns(_ value: String) -> Hyperparameter {
    .choice(
      "returns", "whether a unit that comes back finds its moments kept, or reset as at the start",
      value, ["kept", "reset"])
  }
}
