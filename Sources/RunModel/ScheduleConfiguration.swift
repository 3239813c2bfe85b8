/// How the learning rate moves over the declared budget of steps.
package struct ScheduleConfiguration: Sendable, Codable, Hashable {
  package enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
    case constant, cosine
  }

  package enum Warmup: Sendable, Codable, Hashable {
    case steps(Int)
    /// Share of all steps, 0...1.
    case share(Double)
  }

  package var kind: Kind
  package var warmup: Warmup
  /// Where the cosine ends, as a share of the peak rate.
  package var floor: Double

  package init(kind: Kind = .constant, warmup: Warmup = .steps(0), floor: Double = 0) {
    self.kind = kind
    self.warmup = warmup
    self.floor = floor
  }

  package func warmupSteps(of steps: Int) -> Int {
    switch warmup {
    case .steps(let count): count
    case .share(let share): Int((share * Double(steps)).rounded())
    }
  }

  /// The factor on the learning rate of step `step` (1-based) out of `steps`.
  ///
  /// Warm-up `step/W` for `step ≤ W`; then 1, or `floor + (1−floor)·½(1+cos π·(step−W)/(steps−W))`.
  package func factor(step: Int, of steps: Int) -> Double {
    let warmup = warmupSteps(of: steps)
    if step <= warmup { return Double(step) / Double(warmup) }
    switch kind {
    case .constant: return 1
    case .cosine:
      let progress = min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
      return floor + (1 - floor) * 0.5 * (1 + cosine(.pi * progress))
    }
  }
}
