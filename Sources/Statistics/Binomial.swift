import RealModule

/// The number of successes in independent trials, and exact limits on a share.
package enum Binomial {
  /// `P(K = successes)`.
  package static func mass(_ successes: Int, trials: Int, probability: Double) -> Double {
    guard successes >= 0 && successes <= trials else { return 0 }
    if probability <= 0 { return successes == 0 ? 1 : 0 }
    if probability >= 1 { return successes == trials ? 1 : 0 }
    let (k, n) = (Double(successes), Double(trials))
    let logChoices = -IncompleteBeta.logBeta(k + 1, n - k + 1) - .log(n + 1)
    return Double.exp(logChoices + k * .log(probability) + (n - k) * .log(onePlus: -probability))
  }

  /// `P(K ≤ successes) = I_{1−p}(n − k, k + 1)`.
  package static func cumulative(_ successes: Int, trials: Int, probability: Double) -> Double {
    if successes < 0 { return 0 }
    if successes >= trials { return 1 }
    return IncompleteBeta.regularized(
      1 - probability, a: Double(trials - successes), b: Double(successes + 1),
      complement: probability)
  }

  /// The smallest `k` with `P(K ≤ k) ≥ level`: an upper limit for a count under the null.
  package static func quantile(_ level: Double, trials: Int, probability: Double) -> Int {
    var (low, high) = (0, trials)
    while low < high {
      let middle = (low + high) / 2
      if cumulative(middle, trials: trials, probability: probability) >= level {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }

  /// Which side of a share is bounded.
  package enum Side: String, Codable, Sendable, CaseIterable {
    case both, lower, upper
  }

  /// Exact confidence limits for a share (Clopper & Pearson, 1934).
  ///
  /// A one-sided interval spends all of `1 − confidence` on the side it bounds.
  package static func clopperPearson(
    successes: Int, trials: Int, confidence: Double = 0.95, side: Side = .both
  ) -> ClosedRange<Double> {
    precondition(trials > 0 && (0...trials).contains(successes), "a share needs k of n, n > 0")
    let (k, n) = (Double(successes), Double(trials))
    let tail = side == .both ? (1 - confidence) / 2 : 1 - confidence
    var (lower, upper) = (0.0, 1.0)
    if side != .upper && successes > 0 {
      lower = IncompleteBeta.quantile(tail, a: k, b: n - k + 1)
    }
    if side != .lower && successes < trials {
      // The complement's lower tail keeps the precision that 1 − tail would lose.
      upper = 1 - IncompleteBeta.quantile(tail, a: n - k, b: k + 1)
    }
    return lower...upper
  }
}
