/// Something that happened to a run at a step and is marked on its charts, such as a live change.
package struct EventMark: Sendable, Equatable {
  /// 1 for the first event of the run; the mark reads `#1`.
  package var number: Int
  package var step: Int
  package var label: String

  package init(number: Int, step: Int, label: String) {
    (self.number, self.step, self.label) = (number, step, label)
  }
}

/// The events of a run in the order of their steps.
package struct EventMarks: Sendable, Equatable {
  package private(set) var marks: [EventMark] = []
  private var addedCount = 0

  package init() {}

  /// Adds an event and returns its number.
  @discardableResult
  package mutating func add(step: Int, label: String) -> Int {
    addedCount += 1
    let position = marks.partitioningIndex { $0.step > step }
    marks.insert(EventMark(number: addedCount, step: step, label: label), at: position)
    return addedCount
  }

  /// The events of `steps`, in order.
  package func marks(in steps: ClosedRange<Int>) -> ArraySlice<EventMark> {
    let start = marks.partitioningIndex { $0.step >= steps.lowerBound }
    let end = marks.partitioningIndex { $0.step > steps.upperBound }
    return marks[start..<end]
  }
}
