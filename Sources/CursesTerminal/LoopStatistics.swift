import TerminalUI

/// What the user interface cost, for `--stats FILE`.
package struct LoopStatistics: Sendable {
  /// Times to build a frame and to send it.
  package var build = DurationSamples()
  package var push = DurationSamples()
  package var buildAndPush = DurationSamples()
  /// Times between frames while something was changing.
  package var interval = DurationSamples()
  /// From a key's arrival to the frame that answers it being sent.
  package var keyLatency = DurationSamples()
  package var frames = 0
  /// Frames put off because the terminal was behind.
  package var postponed = 0
  /// Bytes this thread wrote; nil where the system does not count them.
  package var bytes: Int64?
  package var wallNanoseconds: Int64 = 0
  /// Processor time of this thread alone.
  package var threadNanoseconds: Int64 = 0

  package init() {}

  /// Bytes per frame on average.
  package var bytesPerFrame: Double? {
    bytes.flatMap { frames > 0 ? Double($0) / Double(frames) : nil }
  }

  /// The share of one processor the user interface took.
  package var processorShare: Double? {
    wallNanoseconds > 0 ? Double(threadNanoseconds) / Double(wallNanoseconds) : nil
  }

  /// One JSON object; times in milliseconds, shares in 0...1, null for what was not measured.
  package var json: String {
    let fields: [(String, String)] = [
      ("frames", String(frames)),
      ("postponedFrames", String(postponed)),
      ("wallSeconds", number(Double(wallNanoseconds) / 1e9)),
      ("uiThreadSeconds", number(Double(threadNanoseconds) / 1e9)),
      ("uiShare", number(processorShare)),
      ("bytes", bytes.map(String.init) ?? "null"),
      ("bytesPerFrame", number(bytesPerFrame)),
      ("buildMilliseconds", summary(build)),
      ("pushMilliseconds", summary(push)),
      ("frameMilliseconds", summary(buildAndPush)),
      ("intervalMilliseconds", summary(interval)),
      ("keyLatencyMilliseconds", summary(keyLatency)),
    ]
    let lines = fields.map { "  \"\($0.0)\": \($0.1)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }
}

private func summary(_ samples: DurationSamples) -> String {
  func milliseconds(_ share: Double) -> String {
    number(samples.percentile(share).map { Double($0) / 1e6 })
  }
  let maximum = samples.count > 0 ? number(Double(samples.maximum) / 1e6) : "null"
  let mean = number(samples.mean.map { $0 / 1e6 })
  return "{\"count\": \(samples.count), \"mean\": \(mean), \"p50\": \(milliseconds(0.5)), "
    + "\"p95\": \(milliseconds(0.95)), \"p99\": \(milliseconds(0.99)), \"max\": \(maximum)}"
}

/// Four decimals, or null.
private func number(_ value: Double?) -> String {
  guard let value, value.isFinite else { return "null" }
  return String((value * 1e4).rounded() / 1e4)
}
