/// One place of a band over seeds; a t interval for this place alone, not for the whole curve.
package struct BandPoint: Codable, Sendable, Equatable {
  package var seeds: Int
  package var diverged: Int
  /// The mean, or the median with diverged seeds as worst rank; nil when that seed diverged.
  package var center: Double?
  /// Nil below two seeds, or when a seed diverged.
  package var interval: Interval?
}

/// Pointwise t bands over the seeds of an arm, from raw evaluations.
package enum PointwiseBand {
  /// The band of `curves[seed][evaluation]`; a shorter curve counts as diverged past its end.
  ///
  /// Give per-seed differences to get the band of a paired difference curve.
  package static func band(_ curves: [[Double?]], confidence: Double = 0.95) -> [BandPoint] {
    let length = curves.map(\.count).max() ?? 0
    return (0..<length).map { index in
      point(curves.map { index < $0.count ? $0[index] : nil }, confidence: confidence)
    }
  }

  /// The band at one evaluation.
  package static func point(_ losses: [Double?], confidence: Double = 0.95) -> BandPoint {
    let ranked = RankedLosses(losses)
    let test =
      ranked.diverged == 0 ? TTest.paired(losses.compactMap { $0 }, confidence: confidence) : nil
    return BandPoint(
      seeds: ranked.seeds, diverged: ranked.diverged, center: ranked.mean ?? ranked.median,
      interval: test?.interval)
  }
}
