import History
import Lessons
import RunModel
import TerminalUI

/// Screen 5: the lessons, or the one that is played: its page beside the panel it speaks of.
struct LessonsScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {
    guard let player = state.lessons.player else { return drawList(on: &buffer) }
    let (page, panel) = areas(player)
    draw(LessonPage(state: state, player: player, width: page.width - 4), on: &buffer, in: page)
    if !panel.isEmpty {
      LessonPanelView(state: state, panel: player.panel).draw(on: &buffer, in: panel)
    }
  }

  /// Page and panel: side by side where it is wide, else one over the other; the page alone where
  /// there is no room for both.
  private func areas(_ player: LessonPlayer) -> (page: Rectangle, panel: Rectangle) {
    let body = layout.body
    if body.width >= 100 {
      let width = min(60, body.width * 2 / 5)
      return body.cutLeft(width)
    }
    let wanted = LessonPage(state: state, player: player, width: body.width - 4).lines.count + 2
    let rest = body.height - wanted
    let (panel, page) = body.cutBottom(min(max(wanted, body.height - 12), body.height))
    return rest >= 5 ? (page, panel) : (body, Rectangle(x: 0, y: 0, width: 0, height: 0))
  }

  private func draw(_ page: LessonPage, on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: page.title, note: page.note, focused: true)
      .inset(horizontally: 1, vertically: 0)
    let text = ScrollText(page.lines)
    let offset = min(state.lessons.offset, text.lastOffset(height: inside.height))
    buffer.draw(ScrollText(text.lines, offset: offset), in: inside)
    if offset < text.lastOffset(height: inside.height) {
      buffer.write(
        "PgDn", in: Rectangle(x: area.x, y: area.bottom - 1, width: area.width - 2, height: 1),
        align: .right, style: Style(.key))
    }
  }

  // MARK: The list

  private func drawList(on buffer: inout CellBuffer) {
    let lessons = state.lessons.lessons
    let area = layout.body
    let about = aboutLines(width: area.width - 4)
    let (top, bottom) = area.cutBottom(min(about.count + 2, area.height / 2))
    let inside = buffer.box(top, title: "lessons", note: "Enter: play", focused: true)
      .inset(horizontally: 1, vertically: 0)
    guard !lessons.isEmpty else {
      sayNothing("no lessons", on: &buffer, in: inside)
      return
    }
    let items = lessons.enumerated().map { line($0, $1, width: inside.width) }
    buffer.draw(ListView(items, selected: state.lessons.selected), in: inside)
    let words = buffer.box(bottom, title: "what it is about")
      .inset(horizontally: 1, vertically: 0)
    buffer.draw(ScrollText(about), in: words)
  }

  private func line(_ number: Int, _ lesson: Lesson, width: Int) -> TextLine {
    let progress = state.lessons.progress[lesson.name]
    let mark = progress == nil ? " " : progress?.isFinished == true ? "*" : "-"
    let label = "\(number + 1)".padded(to: 2, align: .right)
    var line = TextLine([
      TextRun("\(mark) \(label)  ", .key), TextRun(lesson.title.padded(to: 46), .strong),
    ])
    guard width >= 64, let progress else { return line }
    let pages = lesson.stops.count { $0 <= progress.place }
    let done = progress.isFinished ? "finished" : "page \(pages) of \(lesson.stops.count)"
    let answered = progress.revealed == 0 ? "" : "  \(progress.right)/\(progress.revealed) right"
    line.append("  " + done + answered, .muted)
    return line
  }

  private func aboutLines(width: Int) -> [TextLine] {
    let lessons = state.lessons.lessons
    guard lessons.indices.contains(state.lessons.selected) else { return [] }
    let lesson = lessons[state.lessons.selected]
    return Wrapping.lines(lesson.goal, width: width).map { TextLine($0, .text) }
      + Wrapping.lines("Corrects: " + lesson.corrects, width: width).map { TextLine($0, .muted) }
  }
}
