import Foundation
import RunModel
import Studies

/// Progress of a sweep on stderr: cells done, rate, time left; diverged cells as they are found.
struct SweepProgress {
  private let plan: SweepPlan
  private var phase = CellPhase.tuning
  private var pace = SweepPace(done: 0, total: 0)
  private var lastPrinted: ContinuousClock.Instant?

  init(_ plan: SweepPlan) { self.plan = plan }

  mutating func tell(_ event: SweepRunner.Event) {
    switch event {
    case .phase(let phase, let finished, let total):
      (self.phase, pace) = (phase, SweepPace(done: finished, total: total))
      finish()
      let kept = finished > 0 ? ", \(finished) already finished" : ""
      StandardError.line("\(phase.rawValue): \(total) cells\(kept)")
    case .finished(let result, _):
      pace.finishOne()
      if let step = result.diverged {
        finish()
        StandardError.line(
          "diverged at step \(step): \(result.specification), seed \(result.cell.seed)")
      }
      printLine()
    }
  }

  /// Clears the rewritten line so that what follows starts at the margin.
  mutating func finish() {
    if StandardError.isTerminal, lastPrinted != nil { StandardError.clear() }
    lastPrinted = nil
  }

  private mutating func printLine() {
    let now = ContinuousClock.now
    let isDue = lastPrinted.map { Self.seconds(now - $0) >= 10 } ?? true
    let (done, total) = (pace.done, pace.total)
    guard StandardError.isTerminal || isDue || done == total else { return }
    lastPrinted = now
    let line =
      "\(phase.rawValue) \(done)/\(total) (\(100 * done / max(total, 1))%), "
      + "\(ProgressLine.short(pace.perMinute() ?? 0)) cells/min, "
      + "\(ProgressLine.duration(pace.secondsLeft() ?? 0)) left"
    StandardError.isTerminal ? StandardError.rewrite(line) : StandardError.line(line)
  }

  private static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
