/// When a run first reached a target loss.
package struct TargetHit: Codable, Sendable, Equatable {
  package var step: Int
  package var tokens: Int
  package var cpuSeconds: Double
}

/// Time to a target over the seeds of an arm; a miss is infinity, never left out (2306.07179).
package struct TimeToTarget: Codable, Sendable, Equatable {
  /// Nats.
  package var target: Double
  /// One entry per run in the order given; nil is a miss.
  package var hits: [TargetHit?]
  /// Nil when the median run missed.
  package var medianSteps: Double?
  package var medianTokens: Double?
  package var medianCPUSeconds: Double?

  package var misses: Int { hits.count { $0 == nil } }

  package var missShare: Double { hits.isEmpty ? 0 : Double(misses) / Double(hits.count) }
}

extension TimeToTarget {
  /// Looks for `target` nats in the raw validation losses of every run.
  package init(target: Double, runs: [SeedRun]) {
    let hits = runs.map { Self.firstHit($0.trajectory, target: target) }
    self.init(
      target: target, hits: hits, medianSteps: Self.median(hits) { Double($0.step) },
      medianTokens: Self.median(hits) { Double($0.tokens) },
      medianCPUSeconds: Self.median(hits, \.cpuSeconds))
  }

  /// The first evaluation at or below `target`; nil is a miss.
  package static func firstHit(_ trajectory: [EvaluationPoint], target: Double) -> TargetHit? {
    for point in trajectory {
      guard let loss = point.validationLoss, loss <= target else { continue }
      return TargetHit(step: point.step, tokens: point.tokens, cpuSeconds: point.cpuSeconds)
    }
    return nil
  }

  private static func median(
    _ hits: [TargetHit?], _ value: (TargetHit) -> Double
  ) -> Double? {
    Summary.median(hits.map { $0.map(value) ?? .infinity }).flatMap { $0.isFinite ? $0 : nil }
  }
}
