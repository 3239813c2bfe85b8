import Charts
import RunModel

/// The way of an arm through the workload's plane, thinned evenly when it gets long.
package struct PlanePath {
  private var places: [(step: Int, point: ChartPoint)] = []
  private var newest: (step: Int, point: ChartPoint)?
  private var stride = 1
  private var count = 0

  static let capacity = 512

  package init() {}

  mutating func append(_ metrics: StepRow) {
    guard metrics.planeX.isFinite, metrics.planeY.isFinite else { return }
    let point = ChartPoint(x: Double(metrics.planeX), y: Double(metrics.planeY))
    newest = (metrics.step, point)
    defer { count += 1 }
    guard count.isMultiple(of: stride) else { return }
    places.append((metrics.step, point))
    guard places.count > Self.capacity else { return }
    stride *= 2
    places = places.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
  }

  /// The way up to a step; the newest place is always its end.
  func points(upTo step: Int) -> [ChartPoint] {
    let end = newest.map { [$0] } ?? []
    return (places + end).filter { $0.step <= step }.map(\.point)
  }
}
