/// The ranges of the numbers in presets and flags, in one place for both.
package enum FieldLimits {
  package static let steps = 1...100_000_000
  package static let seeds = 1...1024
  package static let threads = 1...1024
  package static let evaluateEvery = 1...100_000_000
  package static let clip = 1e-6...1e6
  package static let share = 0.0...1.0
}
