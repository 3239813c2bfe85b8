import RealModule

/// How many paired seeds it takes to see a difference of a given size.
package struct PowerHint: Codable, Sendable, Equatable {
  /// Standard deviation of the per-seed differences, in nats.
  package var standardDeviation: Double
  /// The true difference one wants to find, in nats.
  package var difference: Double
  package var margin: Double
  package var wantedPower: Double
  package var seeds: Int
  /// The probability of a better/worse verdict with that many seeds.
  package var promisedPower: Double

  package init(
    standardDeviation: Double, difference: Double, margin: Double, wantedPower: Double,
    seeds: Int, promisedPower: Double
  ) {
    self.standardDeviation = standardDeviation
    self.difference = difference
    self.margin = margin
    self.wantedPower = wantedPower
    self.seeds = seeds
    self.promisedPower = promisedPower
  }
}

extension PowerHint {
  package static let largestCount = 2_000

  /// About how many seeds reach `power`; nil when the margin swallows the difference, when the
  /// differences do not vary, or when more than 2000 would be needed.
  ///
  /// The noncentral t gives the count, rounded to the nearest seed as `promisedPower` says; below
  /// 10 seeds the discreteness of the sign-flip test is counted in by a seeded simulation.
  package static func seedsNeeded(
    standardDeviation: Double, difference: Double, margin: Double = 0, power: Double = 0.8
  ) -> PowerHint? {
    let visible = abs(difference) - margin
    guard standardDeviation > 0, standardDeviation.isFinite, visible > 0,
      let exact = fractionalCount(effect: visible / standardDeviation, power: power)
    else { return nil }
    var count = max(Outcome.minimumSeeds, Int(exact.rounded()))
    var hint = PowerHint(
      standardDeviation: standardDeviation, difference: difference, margin: margin,
      wantedPower: power, seeds: count, promisedPower: 0)
    hint.promisedPower = hint.verdictPower(count)
    while count < simulatedBelow && hint.promisedPower < power {
      count += 1
      hint.seeds = count
      hint.promisedPower = hint.verdictPower(count)
    }
    return hint
  }

  /// The probability that `count` paired seeds give a better/worse verdict.
  package func verdictPower(_ count: Int) -> Double {
    if count < Outcome.minimumSeeds { return 0 }
    if count < Self.simulatedBelow { return simulatedPower(count) }
    let level =
      count <= SignFlip.exactLimit
      ? SignFlip.attainableLevel(below: Outcome.significance, count: count)
      : Outcome.significance
    let interval = NoncentralT.power(
      count: Double(count), effect: (abs(difference) - margin) / standardDeviation,
      alpha: Outcome.significance)
    let signFlip = NoncentralT.power(
      count: Double(count), effect: abs(difference) / standardDeviation, alpha: level)
    return min(interval, signFlip)
  }

  private static let simulatedBelow = 10

  /// The whole verdict on 4 000 seeded draws of normal differences.
  private func simulatedPower(_ count: Int, draws: Int = 4_000) -> Double {
    var random = SplitMix(seed: UInt64(count))
    let critical = StudentT.criticalValue(confidence: 0.95, degrees: Double(count - 1))
    var found = 0
    for _ in 0..<draws {
      let sample = (0..<count).map { _ in
        difference + standardDeviation * random.normal()
      }
      guard let mean = Summary.mean(sample), let error = Summary.standardError(sample),
        abs(mean) - critical * error > margin
      else { continue }
      if SignFlip.exact(sample).pValue < Outcome.significance { found += 1 }
    }
    return Double(found) / Double(draws)
  }

  /// The real-valued count at which the noncentral t reaches `power`.
  private static func fractionalCount(effect: Double, power: Double) -> Double? {
    func reaches(_ count: Double) -> Bool {
      NoncentralT.power(count: count, effect: effect, alpha: Outcome.significance) >= power
    }
    var (low, high) = (2.0, 4.0)
    while !reaches(high) {
      (low, high) = (high, high * 2)
      if high > Double(largestCount) { return nil }
    }
    for _ in 0..<20 {
      let middle = (low + high) / 2
      if reaches(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
