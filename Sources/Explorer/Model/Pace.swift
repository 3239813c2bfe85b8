/// Steps per second over the last few seconds of training.
package struct Pace {
  private struct Mark {
    var step: Int
    var wall: Double
  }

  private var marks: [Mark] = []
  private let window = 5.0

  package init() {}

  package mutating func advance(to step: Int, wall: Double) {
    if let last = marks.last, wall - last.wall < 0.1, marks.count > 1 {
      marks[marks.count - 1] = Mark(step: step, wall: wall)
    } else {
      marks.append(Mark(step: step, wall: wall))
    }
    while marks.count > 2, wall - marks[1].wall > window { marks.removeFirst() }
  }

  /// A pause must not count as slowness.
  package mutating func restart() { marks = Array(marks.suffix(1)) }

  package var stepsPerSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.wall > first.wall else {
      return nil
    }
    return Double(last.step - first.step) / (last.wall - first.wall)
  }
}
