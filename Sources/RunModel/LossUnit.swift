/// What a workload's loss is counted in.
package enum LossUnit: String, Sendable, Codable {
  /// A mean of negative log probabilities: differences are nats, and `exp` of one is a perplexity ratio.
  case nats
  /// A number of its own, such as a squared error or a quadratic form.
  case none

  /// ` nats`, to follow a number; empty without a unit.
  package var suffix: String { self == .nats ? " nats" : "" }
  /// `nats` or nothing, to label an axis.
  package var label: String { self == .nats ? "nats" : "" }
}
