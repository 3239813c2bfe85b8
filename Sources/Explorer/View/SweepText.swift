import RunModel
import Statistics
import TerminalUI

/// What the Sweep screen says in words.
enum SweepText {
  /// Shown before there is any sweep.
  static func invitation(width: Int) -> [TextLine] {
    let reasons = [
      "Two curves at one learning rate each compare two guesses. A sweep tunes every arm on the same "
        + "grid, then judges each at its best on fresh seeds, and says what that is worth.",
      "It runs on all cores while the run on screen 1 waits. Every finished cell is kept: quit or "
        + "kill the program, and the sweep goes on where it was.",
    ]
    let keys = [
      ("Enter", "set one up"), (":sweep lr=1e-4..1e-2:5", "start one with the present arms"),
      (":sweep join [DIR]", "work on one that is there (the newest), beside others"),
      (":sweep open DIR", "look at one, whoever works on it"),
    ]
    var lines = [TextLine("no sweep yet", .strong, .bold), TextLine("")]
    for reason in reasons { lines += VerdictLines.wrapped(reason, .text, width) + [TextLine("")] }
    return lines
      + keys.map { key, help in
        TextLine([TextRun(key.padded(to: 24), .key), TextRun(help, .text)])
      }
  }

  /// `TUNING 12 of 42 runs  8 runs/min  3m20s left`.
  static func status(_ sweep: SweepPicture, room: Int) -> TextLine {
    var line = TextLine()
    line.append(stage(sweep).text, stage(sweep).role, .bold)
    line.append("  \(sweep.done) of \(sweep.total) runs", .strong)
    if sweep.failed > 0 { line.append("  \(sweep.failed) failed", .alert) }
    if sweep.abandoned > 0, room >= 60 {
      line.append("  \(sweep.abandoned) left by dead workers", .warning)
    }
    if sweep.isUnderWay, !sweep.isPaused {
      if room >= 60, let rate = sweep.cellsPerMinute {
        line.append("  \(Shown.number(rate))/min", .muted)
      }
      if sweep.isWatched || sweep.hosts > 1, room >= 80 {
        line.append(
          "  \(NumberText.count(sweep.workers, "worker")) on "
            + NumberText.count(sweep.hosts, "host"), .muted)
      }
      if let left = sweep.secondsLeft { line.append("  \(Shown.duration(left)) left", .text) }
    }
    return line
  }

  private static func stage(_ sweep: SweepPicture) -> (text: String, role: Role) {
    if sweep.isUnderWay, sweep.isPaused { return ("PAUSED", .warning) }
    return switch sweep.stage {
    case .preparing: ("START", .muted)
    case .tuning: ("TUNING", .good)
    case .judging: ("JUDGING", .good)
    case .finished: ("DONE", .strong)
    case .stopped: ("STOPPED", .warning)
    case .failed: ("FAILED", .alert)
    }
  }

  /// `lr=1e-4..1e-2:5  3 arms, 3 tuning + 8 judging seeds, 200 steps`.
  static func declaration(_ sweep: SweepPicture) -> String {
    sweep.grids.joined(separator: " ")
      + "  \(sweep.arms.count) arms, \(sweep.tuningSeeds) tuning + "
      + "\(sweep.judgingSeeds) judging seeds, \(sweep.steps) steps"
      + (sweep.hasNoControl ? ", no control" : "")
  }

  /// The box below: why nothing is said yet, or what the sweep is worth.
  static func verdict(_ sweep: SweepPicture, width: Int) -> [TextLine] {
    if case .failed(let reason) = sweep.stage {
      return VerdictLines.wrapped(reason, .alert, width)
    }
    if !sweep.verdicts.isEmpty { return judged(sweep.verdicts, width: width) }
    var lines = [TextLine(waiting(sweep), .strong, .bold)]
    if !sweep.estimate.isEmpty { lines += VerdictLines.wrapped(sweep.estimate, .text, width) }
    lines += sweep.running.map { TextLine("now: \($0)", .muted) }
    return lines
  }

  private static func waiting(_ sweep: SweepPicture) -> String {
    switch sweep.stage {
    case .preparing: "reading the plan"
    case .tuning: "no verdict before every arm is tuned and judged on fresh seeds"
    case .judging: "judging each arm at its best; the verdict comes at the end"
    case .stopped where sweep.isWatched: "nobody works on it: no verdict. :sweep join goes on"
    case .stopped: "stopped before its end: no verdict. :sweep join goes on"
    case .finished where sweep.judgingSeeds == 0: "no judging seeds: tuned, not judged"
    case .finished, .failed: "nothing to judge: fewer than two arms have a best value"
    }
  }

  /// Heading and sentence of every verdict.
  private static func judged(_ verdicts: [Verdict], width: Int) -> [TextLine] {
    verdicts.flatMap { VerdictLines.summary(of: $0, width: width) }
  }

  /// The overlay on `v`: every verdict in full.
  static func details(_ sweep: SweepPicture?, width: Int) -> [TextLine] {
    guard let sweep else { return invitation(width: width) }
    guard !sweep.verdicts.isEmpty else { return verdict(sweep, width: width) }
    return VerdictLines.lines(of: sweep.verdicts, width: width)
      + (sweep.costLine.isEmpty ? [] : [TextLine(""), TextLine(sweep.costLine, .muted)])
      + costs(sweep.costs, width: width)
      + [TextLine(""), TextLine("kept in \(sweep.directory)", .muted)]
  }

  /// What every judged arm cost, a line each.
  private static func costs(_ costs: [SweepPicture.Cost], width: Int) -> [TextLine] {
    guard !costs.isEmpty else { return [] }
    let name = min(costs.map(\.name.columns).max() ?? 0, max(12, width - 46))
    let head = ["CPU ms/step", "state", "steps*", "CPU s*"].map { $0.padded(to: 11, align: .right) }
    let rows = costs.map { cost in
      let cells = [
        Shown.number(cost.millisecondsPerStep),
        cost.stateBytes.map { Shown.count($0) + "B" } ?? "-",
        Shown.number(cost.stepsToTarget), Shown.number(cost.secondsToTarget),
      ].map { $0.padded(to: 11, align: .right) }
      return TextLine([
        TextRun(cost.name.shortened(to: name).padded(to: name), .text),
        TextRun(cells.joined(), .strong),
      ])
    }
    return [
      TextLine(""), TextLine("cost".padded(to: name) + head.joined(), .muted),
    ] + rows + [TextLine("* to the mean final loss of the first reference", .muted)]
  }
}
