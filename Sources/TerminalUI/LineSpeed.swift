/// How fast the line to the terminal is, so that a frame can be cut to what is through in a quarter
/// of a second: a key pressed meanwhile waits no longer for its answer.
///
/// Learnt from reports of arrival where the terminal sends them (time = latency + bytes/speed, fitted
/// by least squares to the latest eight), else from how fast a full queue empties. Pure.
package struct LineSpeed: Sendable {
  private struct Arrival: Sendable {
    var bytes: Double
    var seconds: Double
  }

  private var arrivals: [Arrival] = []
  /// nil: nothing slow has been noticed.
  private(set) package var bytesPerSecond: Double?
  /// When the queue was last found full, and what had been given to it by then.
  private var full: (since: Int64, sent: Int64)?
  /// What is thought to wait in the queue of a line that is slow and reports nothing.
  private var backlog: (bytes: Double, at: Int64) = (0, 0)
  /// When the queue was last found full, and for how long a line is then taken to be slow.
  private var lastFull: Int64 = 0
  private var belief: Int64 = 120_000_000_000

  private static let memory = 8
  /// What the smallest queue holds.
  private static let leastQueue = 4_096.0
  private static let slowest = 300.0
  private static let share = 0.25
  private static let leastFrame = 160
  /// A frame of usual size is through in a tenth of a second.
  private static let fast = 40_000.0

  package init() {}

  /// The most bytes a frame should have.
  package var frameBytes: Int {
    bytesPerSecond.map { max(Self.leastFrame, Int($0 * Self.share)) } ?? .max
  }

  package var isSlow: Bool { bytesPerSecond != nil }

  /// The terminal reported `bytes` that were sent so many nanoseconds ago.
  package mutating func arrived(_ bytes: Int, after nanoseconds: Int64) {
    arrivals.append(
      Arrival(bytes: Double(bytes), seconds: max(1e-6, Double(nanoseconds) / 1e9)))
    if arrivals.count > Self.memory { arrivals.removeFirst() }
    guard let secondsPerByte = fittedSecondsPerByte else {
      // Frames cut alike tell nothing: a little more of each shows whether the line takes it.
      if let bytesPerSecond { set(bytesPerSecond * 1.1) }
      return
    }
    set(secondsPerByte > 0 ? 1 / secondsPerByte : .infinity)
  }

  /// A report of `bytes` has not come in all this time: the line is no faster than that.
  package mutating func overdue(_ bytes: Int, after nanoseconds: Int64) {
    let speed = Double(bytes) / max(1e-6, Double(nanoseconds) / 1e9)
    if speed < bytesPerSecond ?? Self.fast { bytesPerSecond = max(speed, 1) }
  }

  /// The system's queue is full, and so many bytes have been given to it since the start: between two
  /// such moments the line has taken just what was given in between.
  ///
  /// - Returns: whether the line turned out to be slow just now.
  package mutating func full(sent: Int64, at now: Int64) -> Bool {
    lastFull = now
    guard let full, now - full.since < 5_000_000_000 else {
      full = (now, sent)
      return false
    }
    let seconds = Double(now - full.since) / 1e9
    guard seconds >= 0.5 else { return false }
    let wasSlow = isSlow
    // A terminal that stood still is no line of no speed at all.
    set(max(Self.slowest, Double(sent - full.sent) / seconds))
    self.full = (now, sent)
    backlog = (max(backlog.bytes, Self.leastQueue), now)
    return isSlow && !wasSlow
  }

  /// Bytes were given to the queue.
  package mutating func gave(_ bytes: Int, at now: Int64) {
    guard let speed = bytesPerSecond else { return }
    backlog = (secondsBehind(at: now) * speed + Double(bytes), now)
  }

  /// What waited in the queue has been thrown away, save what no program can take back.
  package mutating func discarded(at now: Int64) {
    full = nil
    let waiting = secondsBehind(at: now) * (bytesPerSecond ?? 0)
    backlog = (min(waiting, Self.leastQueue), now)
  }

  /// How long the queue takes to empty, as far as is known without reports; 0 on a line not slow.
  package func secondsBehind(at now: Int64) -> Double {
    guard arrivals.isEmpty, let speed = bytesPerSecond else { return 0 }
    return max(0, backlog.bytes / speed - Double(now - backlog.at) / 1e9)
  }

  /// The queue took all of a frame at once. What was slow is tried again after a while, and the more
  /// rarely the more often it was slow then: a terminal that stood still once is not a slow line.
  package mutating func unhindered(at now: Int64) {
    guard arrivals.isEmpty, isSlow, now - lastFull > belief else { return }
    (bytesPerSecond, full) = (nil, nil)
    belief = min(2 * belief, 480_000_000_000)
  }

  /// One reading says little: a line that was slow is believed to be twice as fast at most.
  private mutating func set(_ speed: Double) {
    let speed = min(speed, bytesPerSecond.map { 2 * $0 } ?? .infinity)
    bytesPerSecond = speed < Self.fast ? max(speed, 1) : nil
  }

  /// nil where the frames were too much alike to tell latency from speed.
  private var fittedSecondsPerByte: Double? {
    let count = Double(arrivals.count)
    let meanBytes = arrivals.reduce(0) { $0 + $1.bytes } / count
    let meanSeconds = arrivals.reduce(0) { $0 + $1.seconds } / count
    let spread = arrivals.reduce(0) { $0 + ($1.bytes - meanBytes) * ($1.bytes - meanBytes) }
    guard spread > 0.05 * meanBytes * meanBytes * count else {
      // The line's speed if it had no latency; taken for slow only when it must be.
      let upperBound = meanSeconds / max(meanBytes, 1)
      guard let bytesPerSecond else {
        return arrivals.count == Self.memory && meanSeconds > 0.2 ? upperBound : nil
      }
      return meanSeconds > 1.5 * meanBytes / bytesPerSecond + 0.2 ? upperBound : nil
    }
    let product = arrivals.reduce(0) {
      $0 + ($1.bytes - meanBytes) * ($1.seconds - meanSeconds)
    }
    return product / spread
  }
}
