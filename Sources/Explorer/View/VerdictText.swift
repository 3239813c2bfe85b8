import RunModel
import Statistics
import TerminalUI

/// What a comparison is worth, in words that never go beyond the numbers.
enum VerdictText {
  /// One line, for the bottom of the screen.
  static func short(_ state: ExplorerState) -> String {
    let run = state.run
    guard run.arms.count > 1 else { return "one arm: nothing to compare" }
    if run.configuration.seeds < 2 { return "one seed: no verdict (n: more seeds)" }
    if let verdict = verdict(state) {
      return "\(verdict.claim.words), grade \(verdict.grade.rawValue) (v: why)"
    }
    return "no verdict before step \(run.budget) of \(run.configuration.seeds) seeds"
  }

  /// The box: a heading, the difference, what is missing.
  static func box(_ state: ExplorerState) -> [TextLine] {
    let run = state.run
    guard run.arms.count > 1 else { return [TextLine("one arm: nothing to compare", .muted)] }
    var lines: [TextLine] = []
    if let verdict = verdict(state) {
      lines.append(TextLine(verdict.claim.words.uppercased(), .strong, .bold))
      lines.append(TextLine("grade \(verdict.grade.rawValue)   v: the whole sentence", .muted))
    } else if run.configuration.seeds < 2 {
      lines.append(TextLine("one seed: no verdict", .strong, .bold))
    } else {
      lines.append(
        TextLine(
          "pending: \(run.finishedSeeds) of \(run.configuration.seeds) seeds", .strong, .bold))
    }
    lines.append(difference(state))
    if run.isExploratory { lines.append(TextLine("EXPLORATORY: changed live", .warning)) }
    guard verdict(state) == nil else { return lines }
    lines.append(TextLine("either may be luck", .muted))
    if run.configuration.seeds < 6 {
      lines.append(TextLine("needs 6 paired seeds", .muted))
      lines.append(TextLine("n: more seeds  v: why", .muted))
    } else {
      lines.append(TextLine("judged at step \(run.budget)  v: why", .muted))
    }
    return lines
  }

  /// `m-a -.012 at step 1240`: the newest common evaluation.
  private static func difference(_ state: ExplorerState) -> TextLine {
    let (left, right) = state.shownPair
    guard let left, let right, let point = PairedCurve(left, right).last(at: state.shownStep)
    else { return TextLine("no common evaluation yet", .muted) }
    return TextLine([
      TextRun("\(right.letter)-\(left.letter) ", .muted),
      TextRun(Shown.difference(point.difference), .strong),
      TextRun(" at step \(point.step)", .muted),
    ])
  }

  /// The verdict on the right arm of the pair, when there is one.
  static func verdict(_ state: ExplorerState) -> Verdict? {
    let index = state.pair.right - 1
    return state.run.verdicts.indices.contains(index) ? state.run.verdicts[index] : nil
  }

  /// What `v` opens: the sweep's verdicts on its screen, else the run's.
  static func shown(_ state: ExplorerState, width: Int) -> [TextLine] {
    state.screen == .sweep
      ? SweepText.details(state.sweep, width: width) : lines(state, width: width)
  }

  /// The overlay: sentence, numbers, checklist; or why there is none.
  static func lines(_ state: ExplorerState, width: Int) -> [TextLine] {
    guard let verdict = verdict(state) else { return withoutVerdict(state, width: width) }
    return lines(of: verdict, width: width)
  }

  /// Sentence, figures and checklist of one verdict.
  static func lines(of verdict: Verdict, width: Int) -> [TextLine] {
    var lines = wrapped(verdict.sentence, .text, width)
    lines.append(TextLine(""))
    lines += verdict.figures.map { name, value in
      TextLine([
        TextRun(name.padded(to: 24), .muted), TextRun(value.shortened(to: width - 24), .strong),
      ])
    }
    if !verdict.figures.isEmpty { lines.append(TextLine("")) }
    return lines + verdict.checklist.checks.flatMap { line(of: $0, width: width) }
  }

  /// A check with what was found, continued under its title where the line is too long.
  private static func line(of check: Check, width: Int) -> [TextLine] {
    let role: Role = check.status == .passed ? .good : check.status == .failed ? .alert : .muted
    let mark = TextRun("[\(check.status.mark)] ", role)
    let title = check.item.title + ": "
    guard 4 + title.columns + check.detail.columns > width else {
      return [TextLine([mark, TextRun(title, .text), TextRun(check.detail, .muted)])]
    }
    let text = Wrapping.lines(title + check.detail, width: width - 4)
    return text.enumerated().map { index, part in
      TextLine([index == 0 ? mark : TextRun("    "), TextRun(part, .text)])
    }
  }

  private static func withoutVerdict(_ state: ExplorerState, width: Int) -> [TextLine] {
    let run = state.run
    var lines = [TextLine(short(state), .strong, .bold), difference(state), TextLine("")]
    let reasons = [
      "Two runs that differ only in their seed end at different losses. With one seed, the lower "
        + "curve is as likely to be the luckier as the better one.",
      "A verdict needs at least 6 paired seeds (same data, same initial weights, same order for "
        + "every arm), an equal sweep of the learning rate for each arm, and no live change.",
      "The step size is a confound: masking and damping shrink the mean step, see eff.lr. The "
        + "arm matched(...) takes the same step without a mask; if it ties, the mask did nothing "
        + "beyond shrinking the step.",
      "Nothing here speaks about larger models.",
    ]
    if run.isExploratory {
      lines.append(TextLine("EXPLORATORY: settings were changed while it ran.", .warning))
      lines.append(TextLine(""))
    }
    for reason in reasons { lines += wrapped(reason, .text, width) + [TextLine("")] }
    return lines.dropLast()
  }

  static func wrapped(_ text: String, _ role: Role, _ width: Int) -> [TextLine] {
    Wrapping.lines(text, width: width).map { TextLine($0, role) }
  }
}

/// The box of the Live screen.
struct VerdictPanel: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: "verdict", note: "", focused: state.pane == .verdict)
    for (index, line) in VerdictText.box(state).prefix(inside.height).enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
  }
}
