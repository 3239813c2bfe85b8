import Studies

/// How fast cells are finished, and how long the rest will take.
struct SweepPace: Sendable {
  private(set) var done: Int
  private(set) var total: Int
  private let atStart: Int
  private var underWay = 0.0
  private let start = ContinuousClock.now

  /// `done` cells are finished already and say nothing about the pace.
  init(done: Int, total: Int) { (self.done, self.total, atStart) = (done, total, done) }

  mutating func finishOne() { done += 1 }

  /// What is done by now, whoever did it; `underWay` is the sum of the shares of the cells that are
  /// being trained here.
  mutating func see(done: Int, underWay: Double) {
    (self.done, self.underWay) = (max(self.done, done), underWay)
  }

  func perMinute() -> Double? {
    let work = Double(done - atStart) + underWay
    let seconds = (ContinuousClock.now - start).inSeconds
    guard work > 0, seconds > 0 else { return nil }
    return 60 * work / seconds
  }

  func secondsLeft() -> Double? {
    perMinute().map { max(0, Double(total - done) - underWay) / $0 * 60 }
  }
}
