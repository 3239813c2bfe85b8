import Charts
import History
import RunModel
import Statistics

/// The difference of two arms at the evaluations they share, over the seeds they share.
struct PairedCurve {
  struct Point {
    var step: Int
    /// Mean over seeds of right − left.
    var difference: Double
    var interval: Interval?
  }

  private let pairs: [(left: SeedMoment.Evaluations, right: SeedMoment.Evaluations)]
  /// Student's t for 95 % and one degree of freedom less than there are seeds; nil for one seed.
  private let critical: Double?

  init(_ left: ArmMoment, _ right: ArmMoment) {
    pairs = zip(left.seeds, right.seeds).map { ($0.evaluations, $1.evaluations) }
      .filter { !$0.0.isEmpty && !$0.1.isEmpty }
    critical =
      pairs.count > 1
      ? StudentT.criticalValue(confidence: 0.95, degrees: Double(pairs.count - 1)) : nil
  }

  /// The difference at a step; nil where a seed of an arm was not evaluated.
  private func point(_ step: Int) -> Point? {
    var differences: [Double] = []
    for pair in pairs {
      guard let left = pair.left.at(step), let right = pair.right.at(step) else { return nil }
      guard let left = left.validationLoss, let right = right.validationLoss else { continue }
      differences.append(right - left)
    }
    guard !differences.isEmpty else { return nil }
    let mean = differences.reduce(0, +) / Double(differences.count)
    return Point(step: step, difference: mean, interval: interval(differences, mean: mean))
  }

  /// mean ± t · standard error; the critical value is found once for all places.
  private func interval(_ differences: [Double], mean: Double) -> Interval? {
    guard differences.count == pairs.count, let critical,
      let error = Summary.standardError(differences)
    else { return TTest.paired(differences)?.interval }
    return Interval(lower: mean - critical * error, upper: mean + critical * error)
  }

  /// The newest common evaluation.
  var last: Point? { pairs.first?.left.reversed().lazy.compactMap { point($0.step) }.first }

  /// Samples over the run, the newest among them.
  var samples: [DifferenceChart.Sample] {
    guard let first = pairs.first?.left else { return [] }
    return first.drawnPlaces.compactMap { point(first[$0].step) }.map {
      DifferenceChart.Sample(
        x: Double($0.step), mean: $0.difference, lower: $0.interval?.lower ?? .nan,
        upper: $0.interval?.upper ?? .nan)
    }
  }
}

extension ExplorerState {
  /// The two compared arms, where there are two.
  var shownPair: (left: ArmMoment?, right: ArmMoment?) {
    let arms = shown.arms
    let left = arms.indices.contains(pair.left) ? arms[pair.left] : nil
    let right =
      arms.indices.contains(pair.right) && pair.right != pair.left ? arms[pair.right] : nil
    return (left, right)
  }
}
