/// How fast cells are finished, and how long the rest will take.
struct SweepPace: Sendable {
  private(set) var done: Int
  private(set) var total: Int
  private var ran = 0
  private let start = ContinuousClock.now

  /// `done` cells are finished already and say nothing about the pace.
  init(done: Int, total: Int) { (self.done, self.total) = (done, total) }

  mutating func finishOne() {
    done += 1
    ran += 1
  }

  /// `underWay` is the sum of the shares of the cells that are being trained.
  func perMinute(underWay: Double = 0) -> Double? {
    let work = Double(ran) + underWay
    let seconds = elapsed
    guard work > 0, seconds > 0 else { return nil }
    return 60 * work / seconds
  }

  func secondsLeft(underWay: Double = 0) -> Double? {
    perMinute(underWay: underWay).map { max(0, Double(total - done) - underWay) / $0 * 60 }
  }

  private var elapsed: Double {
    let parts = (ContinuousClock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
