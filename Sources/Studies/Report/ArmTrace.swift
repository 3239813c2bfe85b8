import Metrics
import RunModel
import Statistics

/// Means over the seeds of what masking did to one arm, along the run.
struct ArmTrace {
  var lane: Lane
  var arm: Int
  var specification: ArmSpecification
  var alignment: MetricSeries
  var maskRate: MetricSeries

  init(_ judged: JudgedArm, arm: Int, _ records: [EvaluationRecord]) {
    self.init(
      judged, arm: arm,
      points: records.map { ($0.step, $0.alignment, $0.maskRate) })
  }

  init(_ judged: JudgedArm, arm: Int, _ findings: SweepFindings) {
    let own = findings.results.filter {
      $0.cell.phase == .judging && $0.specification == judged.arm.text
    }
    self.init(
      judged, arm: arm,
      points: own.flatMap(\.evaluations).map { ($0.step, $0.alignment, $0.maskRate) })
  }

  private init(
    _ judged: JudgedArm, arm: Int,
    points: [(step: Int, alignment: Double?, maskRate: Double?)]
  ) {
    (lane, self.arm, specification) = (judged.lane, arm, judged.arm)
    alignment = Self.series(points.map { ($0.step, $0.alignment) })
    maskRate = Self.series(points.map { ($0.step, $0.maskRate) })
  }

  /// The mean at every step that has a value.
  static func series(_ points: [(step: Int, value: Double?)]) -> MetricSeries {
    var sums: [Int: (sum: Double, count: Int)] = [:]
    for point in points {
      guard let value = point.value else { continue }
      let known = sums[point.step] ?? (0, 0)
      sums[point.step] = (known.sum + value, known.count + 1)
    }
    var series = MetricSeries()
    for step in sums.keys.sorted() {
      guard let entry = sums[step] else { continue }
      series.append(x: Double(step), y: entry.sum / Double(entry.count))
    }
    return series
  }
}
