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
  private var fullSince: Int64?
  private var takenWhileFull = 0

  private static let memory = 8
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

  /// A full queue took `bytes`.
  package mutating func taken(_ bytes: Int, at now: Int64) {
    guard let since = fullSince else {
      (fullSince, takenWhileFull) = (now, 0)
      return
    }
    takenWhileFull += bytes
    let seconds = Double(now - since) / 1e9
    guard seconds >= 0.5 else { return }
    set(Double(takenWhileFull) / seconds)
    (fullSince, takenWhileFull) = (now, 0)
  }

  /// The queue took all of a frame at once: the line may be faster than it was thought to be.
  package mutating func unhindered() {
    (fullSince, takenWhileFull) = (nil, 0)
    guard arrivals.isEmpty, let bytesPerSecond else { return }
    set(bytesPerSecond * 1.05)
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
