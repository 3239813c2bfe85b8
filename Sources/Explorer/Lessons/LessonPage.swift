import Lessons
import TerminalUI

/// The page of a lesson as lines: text, choices, what became of the answer, hints, what Enter does.
struct LessonPage {
  let state: ExplorerState
  let player: LessonPlayer
  let width: Int

  /// Title and page number stand in the frame.
  var title: String {
    let number = state.lessons.lessons.firstIndex { $0.name == player.lesson.name }
    return (number.map { "\($0 + 1) " } ?? "") + player.lesson.title
  }

  var note: String {
    let progress = player.progress
    return "\(progress.done)/\(progress.of)"
  }

  var lines: [TextLine] {
    var lines = wrapped(player.page, .text)
    if let question = player.question {
      lines += choices(question)
    } else {
      lines = verdict + lines
    }
    for hint in player.hints { lines += wrapped("Hint: " + hint, .muted) }
    if let names { lines += wrapped(names, .muted) }
    lines.append(TextLine(""))
    lines += prompt
    return lines
  }

  private func wrapped(_ text: String, _ role: Role) -> [TextLine] {
    Wrapping.lines(text, width: max(8, width)).map { TextLine($0, role) }
  }

  private func choices(_ question: Question) -> [TextLine] {
    let answer = player.answers[player.place]
    return question.choices.indices.flatMap { choice -> [TextLine] in
      let isChosen = (answer?.choice ?? player.selected) == choice
      let mark = isChosen ? (answer == nil ? "> " : "* ") : "  "
      let texts = Wrapping.lines(question.choices[choice].text, width: max(8, width - 4))
      return texts.enumerated().map { line, text in
        TextLine([
          TextRun(line == 0 ? mark + Question.letter(choice) + " " : "    ", .key),
          TextRun(text, isChosen ? .strong : .text, isChosen ? .bold : []),
        ])
      }
    }
  }

  /// What was said and what the record answers, on the first page after the reveal.
  private var verdict: [TextLine] {
    guard case .explain = player.beat.act,
      let (place, question) = player.lesson.question(before: player.place),
      player.lesson.stops.first(where: { $0 > place }) == player.place,
      let answer = player.answers[place], answer.isRevealed
    else { return [] }
    let said = Question.letter(answer.choice)
    guard let truth = answer.truth else {
      return wrapped(
        "You said \(said). On this run the record cannot tell: r plays it on other seeds.",
        .warning)
    }
    if truth == answer.choice { return wrapped("You said \(said), and so does the record.", .good) }
    let right = question.choices[truth].text
    let reason = question.choices[answer.choice].reason
    return wrapped(
      "You said \(said); the record says \(Question.letter(truth)): \(right)", .warning)
      + (reason.isEmpty ? [] : wrapped(reason, .text))
  }

  /// What the lesson calls the arms, where that is not their letters.
  private var names: String? {
    guard let run = player.shownRun.map({ player.lesson.runs[$0] }) else { return nil }
    let letters = run.configuration.lanes.map(\.letter)
    guard letters != run.armNames else { return nil }
    return "On the screen: "
      + zip(run.armNames, letters).map { "\($0) = \($1)" }.joined(separator: ", ") + "."
  }

  private var prompt: [TextLine] {
    if player.isFinished { return [key("Esc", "to the lessons"), key("r", "play it again")] }
    let budget = state.history.moment().budget
    switch player.beat.act {
    case .say, .explain: return [key("Enter", isLast ? "end" : "go on")]
    case .ask:
      let isLocked = player.answers[player.place] != nil
      return [key("Enter", isLocked ? "go on" : "lock this answer")]
    case .train(_, let step):
      return [TextLine("training to step \(step) of \(budget) ...", .muted)]
    case .sweep:
      let sweep = state.sweep
      return [TextLine("sweeping: \(sweep?.done ?? 0) of \(sweep?.total ?? 0) cells ...", .muted)]
    case .hide, .reveal, .compare: return []
    case .task(let task):
      if player.doneTasks.contains(player.place) {
        return [TextLine("Done: the record shows it.", .good), key("Enter", "go on")]
      }
      let offers = player.nextOffer != nil || task.sweep != nil
      return (offers ? [key("Enter", "have it trained")] : []) + [key("Tab", "skip")]
    }
  }

  private var isLast: Bool { player.lesson.stops.last == player.place }

  private func key(_ key: String, _ what: String) -> TextLine {
    TextLine([TextRun(key, .key), TextRun(" " + what, .muted)])
  }
}

/// What the speaker sees of the page: the text, the choices, what the record answers so far, and
/// what is worth saying.
struct LessonNotes {
  let state: ExplorerState

  init(_ state: ExplorerState) { self.state = state }

  var text: String {
    guard let player = state.lessons.player else { return "" }
    let lesson = player.lesson
    var lines = [
      "\(lesson.title)   \(player.progress.done)/\(player.progress.of)", "",
      "Goal: \(lesson.goal)", "Corrects: \(lesson.corrects)", "",
    ]
    lines += Wrapping.lines(player.page, width: 78)
    if let question = player.question {
      let truth = question.answer(state.lessons.record, in: lesson)
      for (choice, entry) in question.choices.enumerated() {
        let isTrue = truth == choice ? "   <- as far as the record goes" : ""
        lines.append("  \(Question.letter(choice)) \(entry.text)\(isTrue)")
        if !entry.reason.isEmpty { lines.append("      \(entry.reason)") }
      }
    }
    lines += player.allHints.map { "Hint: \($0)" }
    lines += ["", "To say: \(lesson.notes)", "Does not show: \(lesson.limits)", ""]
    return lines.joined(separator: "\n")
  }
}
