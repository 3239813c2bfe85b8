import RunModel

/// The settings that many optimizers share, said once.
extension Hyperparameter {
  static func learningRate(_ value: Double) -> Hyperparameter {
    Hyperparameter(
      "lr", "learning rate", .number(default: value, range: 0...1000, scale: .logarithmic),
      isLive: true)
  }

  static func beta1(_ value: Double) -> Hyperparameter {
    number(
      "beta1", "share of the first moment that is kept", value, 0...0.99999,
      scale: .retention)
  }

  static func beta2(_ value: Double) -> Hyperparameter {
    number(
      "beta2", "share of the second moment that is kept", value, 0...0.9999999,
      scale: .retention)
  }

  static func epsilon(_ value: Double) -> Hyperparameter {
    Hyperparameter(
      "eps", "added to the denominator",
      .number(default: value, range: 0...1, scale: .logarithmic), isLive: true)
  }

  static func weightDecay(_ value: Double, _ summary: String) -> Hyperparameter {
    number("wd", summary, value, 0...100)
  }

  /// A real number that may be changed while training.
  static func number(
    _ key: String, _ summary: String, _ value: Double, _ range: ClosedRange<Double>,
    scale: Scale = .linear
  ) -> Hyperparameter {
    Hyperparameter(
      key, summary, .number(default: value, range: range, scale: scale), isLive: true)
  }

  /// A switch that is fixed when the arm is made.
  static func flag(_ key: String, _ summary: String, _ value: Bool) -> Hyperparameter {
    Hyperparameter(key, summary, .flag(default: value))
  }

  /// A whole number that is fixed when the arm is made.
  static func integer(
    _ key: String, _ summary: String, _ value: Int, _ range: ClosedRange<Int>
  ) -> Hyperparameter {
    Hyperparameter(key, summary, .integer(default: value, range: range))
  }

  static func choice(
    _ key: String, _ summary: String, _ value: String, _ allowed: [String], isLive: Bool = false
  ) -> Hyperparameter {
    Hyperparameter(key, summary, .choice(default: value, allowed: allowed), isLive: isLive)
  }
}
