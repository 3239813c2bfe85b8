extension SweepSummary {
  init(arm: String, cells: [SweepCell], criterion: SweepCriterion, tolerance: Double) {
    let rates = Set(cells.map(\.rate)).sorted()
    let points = rates.map { rate in
      SweepPoint(cells.filter { $0.rate == rate }, rate: rate, criterion: criterion)
    }
    let best = Self.bestIndex(points)
    let valley = best.map { Self.valley(points, around: $0, tolerance: tolerance) }
    self.init(
      arm: arm, points: points, bestRate: best.map { points[$0].rate },
      bestScore: best.flatMap { points[$0].score },
      edge: best.flatMap { Self.edge($0, of: points.count) },
      valleyLow: valley.map { points[$0.lowerBound].rate },
      valleyHigh: valley.map { points[$0.upperBound].rate },
      divergedShare: RankedLosses(cells.map(\.finalLoss)).divergedShare,
      seedsPerRate: points.map(\.losses.seeds).min() ?? 0, steps: cells.map(\.steps).min() ?? 0,
      isComplete: Self.isComplete(cells, rates: rates))
  }

  /// The lowest score; of equal ones the smallest rate.
  private static func bestIndex(_ points: [SweepPoint]) -> Int? {
    var best: (index: Int, score: Double)?
    for (index, point) in points.enumerated() {
      guard let score = point.score, score < best?.score ?? .infinity else { continue }
      best = (index, score)
    }
    return best?.index
  }

  private static func edge(_ index: Int, of count: Int) -> GridEdge? {
    if count == 1 { return .both }
    if index == 0 { return .low }
    return index == count - 1 ? .high : nil
  }

  /// The unbroken run of rates around the best that stay within `tolerance` of it.
  private static func valley(
    _ points: [SweepPoint], around best: Int, tolerance: Double
  ) -> ClosedRange<Int> {
    let limit = (points[best].score ?? .infinity) + tolerance
    func isInside(_ index: Int) -> Bool {
      points.indices.contains(index) && (points[index].score ?? .infinity) <= limit
    }
    var (low, high) = (best, best)
    while isInside(low - 1) { low -= 1 }
    while isInside(high + 1) { high += 1 }
    return low...high
  }

  /// Every rate has the same seeds, each once, and all cells the same number of steps.
  private static func isComplete(_ cells: [SweepCell], rates: [Double]) -> Bool {
    let seeds = rates.map { rate in cells.filter { $0.rate == rate }.map(\.seed).sorted() }
    guard let first = seeds.first, Set(first).count == first.count else { return false }
    return seeds.allSatisfy { $0 == first } && cells.allSatisfy { $0.steps == cells[0].steps }
  }
}

extension SweepPoint {
  init(_ cells: [SweepCell], rate: Double, criterion: SweepCriterion) {
    let losses = RankedLosses(cells.map(\.finalLoss))
    let score =
      switch criterion {
      case .median: losses.median
      case .mean: losses.mean
      }
    self.init(rate: rate, losses: losses, score: score)
  }
}
