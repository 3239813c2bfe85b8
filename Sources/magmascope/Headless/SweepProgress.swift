import Foundation
import RunModel
import Studies

/// Progress of a sweep on stderr: cells done, rate, time left; diverged cells as they are found.
struct SweepProgress {
  private let plan: SweepPlan
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var phase = CellPhase.tuning
  private var done = 0
  private var total = 0
  private var ran = 0
  private var start = ContinuousClock.now
  private var lastPrinted: ContinuousClock.Instant?

  init(_ plan: SweepPlan) { self.plan = plan }

  mutating func tell(_ event: SweepRunner.Event) {
    switch event {
    case .phase(let phase, let finished, let total):
      (self.phase, done, self.total) = (phase, finished, total)
      (ran, start) = (0, ContinuousClock.now)
      finish()
      let kept = finished > 0 ? ", \(finished) already finished" : ""
      emit("\(phase.rawValue): \(total) cells\(kept)\n")
    case .finished(let result, _):
      done += 1
      ran += 1
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
    guard isTerminal || isDue || done == total else { return }
    lastPrinted = now
    let elapsed = max(Self.seconds(now - start), 1e-9)
    let rate = Double(ran) / elapsed
    let left = ProgressLine.duration(Double(total - done) / max(rate, 1e-9))
    let line =
      "\(phase.rawValue) \(done)/\(total) (\(100 * done / max(total, 1))%), "
      + "\(ProgressLine.short(60 * rate)) cells/min, \(left) left"
    emit(isTerminal ? "\r\(line)\u{1B}[K" : line + "\n")
  }

  private func emit(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  private static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
