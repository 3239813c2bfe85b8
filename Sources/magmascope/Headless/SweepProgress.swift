import Foundation
import RunModel
import Studies

/// Progress of a sweep on stderr: cells done, rate, time left; diverged cells as they are found.
struct SweepProgress {
  private let plan: SweepPlan
  private let isTerminal = isatty(STDERR_FILENO) == 1
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
      emit("\(phase.rawValue): \(total) cells\(kept)\n")
    case .finished(let result, _):
      pace.finishOne()
      if let step = result.diverged {
        finish()
        emit("diverged at step \(step): \(result.specification), seed \(result.cell.seed)\n")
      }
      printLine()
    }
  }

  /// Clears the rewritten line so that what follows starts at the margin.
  mutating func finish() {
    if isTerminal, lastPrinted != nil { emit("\r\u{1B}[K") }
    lastPrinted = nil
  }

  private mutating func printLine() {
    let now = ContinuousClock.now
    let isDue = lastPrinted.map { Self.seconds(now - $0) >= 10 } ?? true
    let (done, total) = (pace.done, pace.total)
    guard isTerminal || isDue || done == total else { return }
    lastPrinted = now
    let line =
      "\(phase.rawValue) \(done)/\(total) (\(100 * done / max(total, 1))%), "
      + "\(ProgressLine.short(pace.perMinute() ?? 0)) cells/min, "
      + "\(ProgressLine.duration(pace.secondsLeft() ?? 0)) left"
    emit(isTerminal ? "\r\(line)\u{1B}[K" : line + "\n")
  }

  private func emit(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  private static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
