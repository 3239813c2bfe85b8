/// A place in the plot: (0, 0) is the lower left corner, (1, 1) the upper right one.
struct UnitPoint: Equatable {
  var x: Double
  var y: Double

  init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }

  var isInside: Bool { (0...1).contains(x) && (0...1).contains(y) }
  var clamped: UnitPoint { UnitPoint(min(max(x, 0), 1), min(max(y, 0), 1)) }

  func moved(towards other: UnitPoint, by share: Double) -> UnitPoint {
    UnitPoint(x + (other.x - x) * share, y + (other.y - y) * share)
  }
}

enum Clipping {
  /// The part of a segment inside the unit square (Liang & Barsky, 1984), nil when there is none.
  static func segment(_ start: UnitPoint, _ end: UnitPoint) -> (UnitPoint, UnitPoint)? {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    var (entry, exit) = (0.0, 1.0)
    for (step, room) in [(-dx, start.x), (dx, 1 - start.x), (-dy, start.y), (dy, 1 - start.y)] {
      if step == 0 {
        if room < 0 { return nil }
      } else if step < 0 {
        entry = max(entry, room / step)
      } else {
        exit = min(exit, room / step)
      }
    }
    guard entry <= exit else { return nil }
    let from = entry == 0 ? start : start.moved(towards: end, by: entry).clamped
    let to = exit == 1 ? end : start.moved(towards: end, by: exit).clamped
    return (from, to)
  }

  /// The part of a band with x in 0...1, its edges interpolated where it is cut.
  static func bandWithinX(
    _ run: [(lower: UnitPoint, upper: UnitPoint)]
  ) -> [(lower: UnitPoint, upper: UnitPoint)] {
    guard run.count > 1 else { return [] }
    var result: [(lower: UnitPoint, upper: UnitPoint)] = []
    for (left, right) in zip(run, run.dropFirst()) {
      let width = right.lower.x - left.lower.x
      guard width > 0, left.lower.x <= 1, right.lower.x >= 0 else { continue }
      for cut in [max(0, left.lower.x), min(1, right.lower.x)] {
        let share = (cut - left.lower.x) / width
        let edge = (
          lower: left.lower.moved(towards: right.lower, by: share),
          upper: left.upper.moved(towards: right.upper, by: share)
        )
        if result.last?.lower != edge.lower || result.last?.upper != edge.upper {
          result.append(edge)
        }
      }
    }
    return result
  }
}
