import Charts
import Statistics

/// The difference of two arms at the evaluations they share, over the seeds they share.
struct PairedCurve {
  struct Point {
    var step: Int
    /// Mean over seeds of right − left.
    var difference: Double
    var interval: Interval?
  }

  private let pairs: [(left: [EvaluationPoint], right: [EvaluationPoint])]
  /// Student's t for 95 % and one degree of freedom less than there are seeds; nil for one seed.
  private let critical: Double?

  init(_ left: ArmRecord, _ right: ArmRecord) {
    pairs = zip(left.seeds, right.seeds).filter { $0.hasStarted && $1.hasStarted }
      .map { ($0.evaluations, $1.evaluations) }
    critical =
      pairs.count > 1
      ? StudentT.criticalValue(confidence: 0.95, degrees: Double(pairs.count - 1)) : nil
  }

  private var length: Int { pairs.map { min($0.left.count, $0.right.count) }.min() ?? 0 }

  private func point(_ place: Int) -> Point? {
    let differences = pairs.compactMap { pair -> Double? in
      guard let left = pair.left[place].validationLoss, let right = pair.right[place].validationLoss
      else { return nil }
      return right - left
    }
    guard !differences.isEmpty else { return nil }
    let mean = differences.reduce(0, +) / Double(differences.count)
    return Point(
      step: pairs[0].left[place].step, difference: mean,
      interval: interval(differences, mean: mean))
  }

  /// mean ± t · standard error; the critical value is found once for all places.
  private func interval(_ differences: [Double], mean: Double) -> Interval? {
    guard differences.count == pairs.count, let critical,
      let error = Summary.standardError(differences)
    else { return TTest.paired(differences)?.interval }
    return Interval(lower: mean - critical * error, upper: mean + critical * error)
  }

  /// The newest common evaluation at or before a step.
  func last(at step: Int) -> Point? {
    for place in (0..<length).reversed() where pairs[0].left[place].step <= step {
      return point(place)
    }
    return nil
  }

  /// At most about `count` samples over the run, the newest always among them.
  func samples(count: Int, upTo step: Int) -> [DifferenceChart.Sample] {
    guard !pairs.isEmpty else { return [] }
    let stride = max(1, length / max(1, count))
    return (0..<length).filter { ($0.isMultiple(of: stride) || $0 == length - 1) }
      .filter { pairs[0].left[$0].step <= step }
      .compactMap(point).map {
        DifferenceChart.Sample(
          x: Double($0.step), mean: $0.difference, lower: $0.interval?.lower ?? .nan,
          upper: $0.interval?.upper ?? .nan)
      }
  }
}

extension ExplorerState {
  /// The two compared arms, where there are two.
  var shownPair: (left: ArmRecord?, right: ArmRecord?) {
    let arms = run.arms
    let left = arms.indices.contains(pair.left) ? arms[pair.left] : nil
    let right =
      arms.indices.contains(pair.right) && pair.right != pair.left ? arms[pair.right] : nil
    return (left, right)
  }
}
