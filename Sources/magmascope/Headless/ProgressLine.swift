import Foundation
import RunModel

/// Progress, rate and time left on stderr: one line rewritten on a terminal, a line now and then
/// elsewhere.
struct ProgressLine {
  private let totalSteps: Int
  private let interval: Double
  private let start = ContinuousClock.now
  private var lastPrinted: ContinuousClock.Instant?

  init(totalSteps: Int) {
    self.totalSteps = totalSteps
    interval = StandardError.isTerminal ? 0.25 : 10
  }

  mutating func update(_ step: Int) {
    let now = ContinuousClock.now
    let since = lastPrinted ?? start
    guard seconds(from: since, to: now) >= interval else { return }
    lastPrinted = now
    let elapsed = seconds(from: start, to: now)
    let rate = Double(step) / max(elapsed, 1e-9)
    let left = Double(totalSteps - step) / max(rate, 1e-9)
    let line =
      "step \(step)/\(totalSteps) (\(100 * step / totalSteps)%), "
      + "\(Self.short(rate)) steps/s, \(Self.duration(left)) left"
    StandardError.isTerminal ? StandardError.rewrite(line) : StandardError.line(line)
  }

  /// Clears the rewritten line so that what follows starts at the margin.
  func finish() {
    if StandardError.isTerminal, lastPrinted != nil { StandardError.clear() }
  }

  private func seconds(
    from start: ContinuousClock.Instant, to end: ContinuousClock.Instant
  ) -> Double {
    let parts = (end - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  static func short(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : "%.0f", value)
  }

  /// `2m11s`, `45s`, `1h03m`.
  static func duration(_ seconds: Double) -> String {
    let total = Int(seconds.rounded())
    switch total {
    case ..<60: return "\(total)s"
    case ..<3600: return String(format: "%dm%02ds", total / 60, total % 60)
    default: return String(format: "%dh%02dm", total / 3600, total / 60 % 60)
    }
  }
}
