import Foundation
import RunModel
import Studies

/// Progress of a sweep on stderr: cells done, rate, time left; diverged cells as they are found.
struct SweepProgress {
  private let folder: BoardFolder
  private var phase = ""
  private var pace = SweepPace(done: 0, total: 0)
  private var lastPrinted: ContinuousClock.Instant?

  init(_ folder: BoardFolder) { self.folder = folder }

  mutating func tell(_ event: SweepWorker.Event) {
    switch event {
    case .stage(let stage, _, let results): begin(stage, Set(results.map(\.id)))
    case .finished(let result, _):
      pace.finishOne()
      guard let step = result.diverged else { return }
      say("diverged at step \(step): \(result.specification), seed \(result.cell.seed)")
    case .standing(let done, let running):
      pace.see(done: done, underWay: running.values.reduce(0, +))
      printLine()
    case .alarm(let id):
      say(
        "ALARM: cell \(id) came out otherwise than before; the program or a machine is at fault "
          + "(\(folder.cell(id)))")
    case .lost(let id): say("cell \(id) was taken over by another worker, and is left to it")
    }
  }

  private mutating func begin(_ stage: SweepStage, _ known: Set<String>) {
    let cells: [StudyCell]
    switch stage {
    case .tuning(let open): (phase, cells) = ("tuning", open)
    case .judging(let open): (phase, cells) = ("judging", open)
    case .complete: return finish()
    }
    let finished = cells.count { known.contains($0.id) }
    pace = SweepPace(done: finished, total: cells.count)
    let kept = finished > 0 ? ", \(finished) already finished" : ""
    say("\(phase): \(cells.count) cells\(kept)")
  }

  private mutating func say(_ line: String) {
    finish()
    StandardError.line(line)
  }

  /// Clears the rewritten line so that what follows starts at the margin.
  mutating func finish() {
    if StandardError.isTerminal, lastPrinted != nil { StandardError.clear() }
    lastPrinted = nil
  }

  private mutating func printLine() {
    let now = ContinuousClock.now
    let interval = StandardError.isTerminal ? Duration.milliseconds(250) : .seconds(10)
    let isDue = lastPrinted.map { now - $0 >= interval } ?? StandardError.isTerminal
    if lastPrinted == nil { lastPrinted = now }
    guard isDue else { return }
    lastPrinted = now
    let (done, total) = (pace.done, pace.total)
    let line =
      "\(phase) \(done)/\(total) (\(100 * done / max(total, 1))%), "
      + "\(ProgressLine.short(pace.perMinute() ?? 0)) cells/min, "
      + "\(ProgressLine.duration(pace.secondsLeft() ?? 0)) left"
    StandardError.isTerminal ? StandardError.rewrite(line) : StandardError.line(line)
  }
}
