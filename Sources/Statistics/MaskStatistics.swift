import RealModule

/// What fair coins must look like after `steps` steps, per block.
package struct MaskExpectation: Codable, Sendable, Equatable {
  /// Probability that a block's update is applied.
  package var keep: Double
  package var steps: Int

  /// Beyond this many standard deviations a mask rate is a bug, not luck.
  package static let alarmDeviations = 4.0

  package init(keep: Double, steps: Int) {
    precondition((0...1).contains(keep), "keep is a probability")
    precondition(steps > 0, "a mask rate needs at least one step")
    self.keep = keep
    self.steps = steps
  }

  /// Expected share of dropped steps, `1 − keep`.
  package var maskRate: Double { 1 - keep }

  /// `√(keep (1 − keep) / T)` of one block's mask rate.
  package var standardDeviation: Double { (keep * (1 - keep) / Double(steps)).squareRoot() }

  /// The distance of a block's mask rate from its expectation, in standard deviations.
  package func deviations(ofMaskRate rate: Double) -> Double {
    let distance = rate - maskRate
    if standardDeviation > 0 { return distance / standardDeviation }
    return distance == 0 ? 0 : distance < 0 ? -.infinity : .infinity
  }

  /// Whether a block's mask rate is beyond 4 standard deviations.
  package func isSuspicious(maskRate rate: Double) -> Bool {
    // One count of slack in 1e9 keeps an exact 4.0 from depending on rounding.
    abs(deviations(ofMaskRate: rate)) > Self.alarmDeviations * (1 + 1e-9)
  }

  /// Expected number of `blocks` whose mask rate falls into each bin.
  ///
  /// `edges` increase; bin i is `[edges[i], edges[i+1])`, the last one closed. The counts sum to
  /// `blocks` when the edges cover [0, 1].
  package func expectedCounts(edges: [Double], blocks: Int) -> [Double] {
    guard edges.count >= 2 else { return [] }
    let last = edges.count - 2
    return (0...last).map { bin in
      let below = shareBelow(edges[bin], isIncluded: false)
      let above = shareBelow(edges[bin + 1], isIncluded: bin == last)
      return Double(blocks) * max(0, above - below)
    }
  }

  /// `P(K/T < edge)`, or `≤` when the edge is included.
  private func shareBelow(_ edge: Double, isIncluded: Bool) -> Double {
    let count = edge * Double(steps)
    // k/T is compared as a count, so an edge that is meant to hit one must not miss it by rounding.
    let nearest = count.rounded()
    let exact = abs(count - nearest) < 1e-9 * Double(steps) ? nearest : count
    let highest =
      isIncluded || exact != nearest ? exact.rounded(.down) : exact - 1
    return Binomial.cumulative(Int(highest), trials: steps, probability: maskRate)
  }
}

/// What alignment and scale look like when gradients are pure noise.
package enum AlignmentNull {
  /// Expected cosine of momentum and gradient under i.i.d. noise: `√(1 − β²)` when the momentum
  /// already contains this gradient, 0 when it does not.
  package static func cosine(beta: Double, includesCurrentGradient: Bool = true) -> Double {
    includesCurrentGradient ? (1 - beta * beta).squareRoot() : 0
  }

  /// `sigmoid(cosine / τ)`: .554 for β = .9, τ = 2, momentum after.
  package static func scale(
    beta: Double, tau: Double, includesCurrentGradient: Bool = true
  ) -> Double {
    let cosine = cosine(beta: beta, includesCurrentGradient: includesCurrentGradient)
    return 1 / (1 + Double.exp(-cosine / tau))
  }
}
