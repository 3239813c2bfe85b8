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
