/// Steps per second over the last few seconds of training.
///
/// The clock of the rows stands still while a run is paused, so a pause is no slowness.
package struct Pace: Sendable, Equatable {
  private struct Mark: Sendable, Equatable {
    var step: Int
    var wall: Double
  }

  private var marks: [Mark] = []
  private static let window = 5.0

  mutating func advance(to step: Int, wall: Double) {
    if let last = marks.last, wall - last.wall < 0.1, marks.count > 1 {
      marks[marks.count - 1] = Mark(step: step, wall: wall)
    } else {
      marks.append(Mark(step: step, wall: wall))
    }
    while marks.count > 2, wall - marks[1].wall > Self.window { marks.removeFirst() }
  }

  package var stepsPerSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.wall > first.wall else {
      return nil
    }
    return Double(last.step - first.step) / (last.wall - first.wall)
  }
}
