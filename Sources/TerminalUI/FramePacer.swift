/// Decides when the next frame may be drawn; pure, times in nanoseconds of a monotonic clock.
///
/// Frames come at most at the wanted rate, at once after a key, and more rarely on a slow line:
/// where the terminal reports the arrival of frames, the next one waits for the last and for as
/// long again as that took; where it does not, a full outgoing queue doubles the interval.
package struct FramePacer: Sendable {
  /// Whether the terminal answers status requests.
  package enum Acknowledgement: Hashable, Sendable {
    case untried, supported, unsupported
  }

  private let basePeriod: Int64
  private var period: Int64
  private var lastFrame: Int64?
  private var awaitedSince: Int64?
  private var shortestRoundTrip: Int64?
  package private(set) var isDirty = true
  private var isUrgent = true
  package private(set) var acknowledgement: Acknowledgement = .untried

  private static let longestPeriod: Int64 = 2_000_000_000
  /// Longer after every report that did not come: what is under way may only be slow.
  private var patience: Int64 { 3_000_000_000 << Int64(missing) }
  private var missing = 0

  package init(framesPerSecond: Int) {
    basePeriod = 1_000_000_000 / Int64(max(1, framesPerSecond))
    period = basePeriod
  }

  /// Something changed; `urgently` when the user is waiting to see it.
  package mutating func invalidate(urgently: Bool = false) {
    isDirty = true
    isUrgent = isUrgent || urgently
  }

  /// Nanoseconds until a frame should be drawn: 0 now, nil when there is no reason to.
  package func delay(at now: Int64) -> Int64? {
    guard isDirty else { return nil }
    guard let lastFrame else { return 0 }
    let due = isUrgent ? lastFrame : lastFrame + period
    guard let awaitedSince, acknowledgement == .supported else { return max(0, due - now) }
    // One frame is still under way: the answer wakes us, or patience ends.
    return max(0, max(due, awaitedSince + patience) - now)
  }

  /// Whether the frame about to be drawn should ask for a report.
  package var asksForAcknowledgement: Bool { acknowledgement != .unsupported }

  /// A frame was sent, with a request for a report or without; sending took so long.
  ///
  /// A system that says a queue has room and then makes the writer wait is noticed by that.
  package mutating func drew(at now: Int64, asked: Bool, took duration: Int64 = 0) {
    lastFrame = now
    isDirty = false
    isUrgent = false
    if duration > 5 * basePeriod {
      period = Self.longestPeriod
    } else if duration > basePeriod {
      period = min(period * 2, Self.longestPeriod)
    }
    if let since = awaitedSince, now - since >= patience {
      // A terminal that has answered once is given two more chances.
      missing += 1
      if acknowledgement == .untried || missing > 2 { acknowledgement = .unsupported }
      awaitedSince = nil
    }
    let counts = asked && acknowledgement != .unsupported
    awaitedSince = counts ? awaitedSince ?? now : nil
  }

  /// The terminal reported that it has shown everything sent so far.
  ///
  /// - Parameter isMore: a frame sent later is still under way: the request at the start was answered.
  package mutating func acknowledged(at now: Int64, isMore: Bool = false) {
    acknowledgement = .supported
    missing = 0
    guard let sent = awaitedSince else { return }
    awaitedSince = isMore ? lastFrame : nil
    let roundTrip = now - sent
    shortestRoundTrip = min(shortestRoundTrip ?? roundTrip, roundTrip)
    // The shortest is the line's latency; what exceeds it is the time the frame itself took.
    let transmission = roundTrip - (shortestRoundTrip ?? roundTrip)
    period = min(max(basePeriod, 2 * transmission), Self.longestPeriod)
  }

  /// Whether a frame that asked for a report has been under way for longer than any line's latency.
  package func isReportOverdue(at now: Int64) -> Bool {
    guard let awaitedSince, acknowledgement != .unsupported else { return false }
    return now - awaitedSince > max(600_000_000, 3 * (shortestRoundTrip ?? 0))
  }

  /// A report was asked for before any frame.
  package mutating func asked(at now: Int64) { awaitedSince = now }

  /// What was under way has been thrown away: no report will come.
  package mutating func forgetAwaited() { awaitedSince = nil }

  /// The terminal's queue was full when a frame was due.
  package mutating func obstructed(at now: Int64) {
    period = min(period * 2, Self.longestPeriod)
    lastFrame = now
    isUrgent = false
  }

  /// A frame went out without hindrance: approach the wanted rate again.
  package mutating func unobstructed() {
    guard acknowledgement != .supported else { return }
    period = max(basePeriod, period - period / 16)
  }
}
