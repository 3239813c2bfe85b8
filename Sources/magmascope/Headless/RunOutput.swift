import RunModel

/// The rows of a run on standard output, which may fail without taking the run with it.
///
/// Rows that a full disk refuses wait and are tried again with the next. Of a reader or terminal
/// that has gone, a run that is kept in a directory takes no notice until its end; one that is kept
/// nowhere ends.
struct RunOutput {
  private let isKept: Bool
  private let isInterrupted: () -> Bool
  private var waiting: [UInt8] = []
  private var trouble: RunError?

  /// - Parameter isInterrupted: whether the run has been told to end; rows then wait for nobody.
  init(isKept: Bool, isInterrupted: @escaping () -> Bool) {
    (self.isKept, self.isInterrupted) = (isKept, isInterrupted)
  }

  /// - Throws: only what must end the run.
  mutating func write(_ text: String) throws(RunError) {
    if let trouble, trouble.category != .failure { return }
    waiting += visible(text, keepingLines: true).utf8
    var rest = waiting[...]
    do {
      try StandardOutput().write(&rest, isGivenUp: isInterrupted)
      trouble = nil
    } catch {
      if error.category != .failure, !isKept { throw error }
      trouble = error
    }
    waiting = Array(rest)
  }

  /// - Throws: what has kept rows from being written, whether or not the run went well otherwise.
  func finish() throws(RunError) {
    guard var trouble else { return }
    trouble.category = .failure
    throw trouble
  }
}
