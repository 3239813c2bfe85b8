import History
import RunModel
import Statistics
import TerminalUI

/// What a comparison is worth, in words that never go beyond the numbers.
enum VerdictLines {
  /// One line, for the bottom of the screen.
  static func short(_ state: ExplorerState) -> String {
    let run = state.shown
    guard run.arms.count > 1 else { return "one arm: nothing to compare" }
    if run.configuration.seeds < 2 { return "one seed: no verdict (J: judge this on six)" }
    if let verdict = verdict(state) {
      return "\(verdict.words), grade \(verdict.grade.rawValue) (v: why)"
    }
    return "no verdict before step \(run.budget) of \(run.configuration.seeds) seeds"
  }

  /// The box: a heading, the difference, what is missing.
  static func box(_ state: ExplorerState) -> [TextLine] {
    let run = state.shown
    guard run.arms.count > 1 else { return [TextLine("one arm: nothing to compare", .muted)] }
    var lines: [TextLine] = []
    if let verdict = verdict(state) {
      lines.append(TextLine(verdict.words.uppercased(), .strong, .bold))
      lines.append(TextLine("grade \(verdict.grade.rawValue)   v: the whole sentence", .muted))
    } else if run.configuration.seeds < 2 {
      lines.append(TextLine("one seed: no verdict", .strong, .bold))
    } else {
      lines.append(
        TextLine(
          "pending: step \(run.step) of \(run.budget), \(run.configuration.seeds) seeds", .strong,
          .bold))
    }
    lines.append(difference(state))
    if run.isExploratory { lines.append(TextLine("EXPLORATORY: changed live", .warning)) }
    guard verdict(state) == nil else { return lines }
    if run.configuration.seeds < 2 {
      lines.append(TextLine("luck and merit cannot be told apart", .muted))
    }
    if run.configuration.seeds < 6 {
      lines.append(TextLine("needs 6 paired seeds", .muted))
      lines.append(TextLine("J: a fair test  v: why", .muted))
    } else {
      lines.append(TextLine("judged at step \(run.budget)  v: why", .muted))
    }
    return lines
  }

  /// `m-a -.012 at step 1240`: the newest common evaluation.
  private static func difference(_ state: ExplorerState) -> TextLine {
    let (left, right) = state.shownPair
    guard let left, let right, let point = PairedCurve(left, right).last
    else { return TextLine("no common evaluation yet", .muted) }
    return TextLine([
      TextRun("\(right.letter)-\(left.letter) ", .muted),
      TextRun(Shown.difference(point.difference), .strong),
      TextRun(" at step \(point.step)", .muted),
    ])
  }

  /// The verdict on the pair that is shown, when there is one.
  static func verdict(_ state: ExplorerState) -> Verdict? {
    guard !state.shown.isPast else { return nil }
    let (left, right) = state.shownPair
    let shown = [left?.lane.name, right?.lane.name]
    return state.verdicts.first { shown.contains($0.subject) && shown.contains($0.reference) }
  }

  /// What `v` opens: the sweep's verdicts on its screen, else the run's.
  static func shown(_ state: ExplorerState, width: Int) -> [TextLine] {
    if state.screen == .sweep { return SweepText.details(state.sweep, width: width) }
    let verdicts = state.shown.isPast ? [] : state.verdicts
    return hiddenArms(state, width: width)
      + (verdicts.isEmpty
        ? withoutVerdict(state, width: width) : lines(of: verdicts, width: width))
  }

  /// Hiding is for the eye; a lesson that covers an arm does not name it.
  private static func hiddenArms(_ state: ExplorerState, width: Int) -> [TextLine] {
    let arms = state.shown.arms.filter(state.isHidden).map { "\($0.letter) \($0.name)" }
    guard !arms.isEmpty, state.lessons.player == nil else { return [] }
    let text = "Hidden from the charts, judged all the same: " + arms.joined(separator: ", ") + "."
    return wrapped(text, .muted, width) + [TextLine("")]
  }

  /// Verdicts one after another, as `compare` prints them.
  static func lines(of verdicts: [Verdict], width: Int) -> [TextLine] {
    Array(verdicts.map { lines(of: $0, width: width) }.joined(separator: [TextLine("")]))
  }

  /// Heading and sentence, where there is no room for more.
  static func summary(of verdict: Verdict, width: Int) -> [TextLine] {
    drawn(VerdictText(verdict).lines.prefix(2), width)
  }

  /// One verdict in full: the lines that every door prints, wrapped and coloured.
  private static func lines(of verdict: Verdict, width: Int) -> [TextLine] {
    drawn(VerdictText(verdict).lines[...], width)
  }

  private static func drawn(_ lines: ArraySlice<VerdictText.Line>, _ width: Int) -> [TextLine] {
    lines.flatMap { line -> [TextLine] in
      switch line {
      case .heading(let text): wrapped(text, .strong, width)
      case .sentence(let text): wrapped(text, .text, width)
      case .figure: continued(line.text, indent: 28, .strong, width)
      case .check(let check): continued(line.text, indent: 6, role(of: check.status), width)
      }
    }
  }

  private static func role(of status: CheckStatus) -> Role {
    switch status {
    case .passed: .good
    case .failed: .alert
    case .missing: .muted
    }
  }

  /// A line that goes on under its `indent`-th column where it is too long.
  private static func continued(
    _ text: String, indent: Int, _ role: Role, _ width: Int
  ) -> [TextLine] {
    guard text.columns > width, width > indent + 12 else {
      return [TextLine(text.shortened(to: width), role)]
    }
    let head = String(text.prefix(indent))
    let rest = Wrapping.lines(String(text.dropFirst(indent)), width: width - indent)
    return rest.enumerated().map { index, part in
      TextLine((index == 0 ? head : String(repeating: " ", count: indent)) + part, role)
    }
  }

  private static func withoutVerdict(_ state: ExplorerState, width: Int) -> [TextLine] {
    let run = state.shown
    var lines = [TextLine(short(state), .strong, .bold), difference(state), TextLine("")]
    let reasons = [
      "Two runs that differ only in their seed end at different losses. With one seed, luck and "
        + "merit cannot be told apart.",
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
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: "verdict", note: "", focused: isFocused)
    let sentences = VerdictLines.box(state).map { wrapped($0, inside.width) }
    let lines = Wrapping.whole(sentences, rows: inside.height) { _ in
      TextLine("v: why  J: fair test", .muted)
    }
    for (index, line) in lines.enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
  }

  /// A line in one style, continued where it is too long; others as they are.
  private func wrapped(_ line: TextLine, _ width: Int) -> [TextLine] {
    guard line.columns > width, let style = line.runs.first?.style else { return [line] }
    return Wrapping.lines(line.text, width: width).map { TextLine([TextRun($0, style)]) }
  }
}
