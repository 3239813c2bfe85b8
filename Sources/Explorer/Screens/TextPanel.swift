import History
import RunModel
import TerminalUI

/// What the model of an arm writes.
struct TextPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let written = state.texts.text(arm.letter, at: state.shownStep)
    let width = max(1, area.width - 2)
    let lines = written.map { Wrapping.paragraphs($0.text, width: width) } ?? []
    let hidden = lines.count - max(0, area.height - 2)
    let inside = buffer.box(
      area, title: "\(arm.letter) \(arm.name) writes",
      note: written.map { "step \($0.step)" } ?? "",
      foot: hidden > 0 ? [TextLine("f: \(hidden) more lines", .muted)] : [], focused: isFocused)
    guard written != nil else { return sayNothing(absence, on: &buffer, in: inside) }
    for (index, line) in lines.prefix(inside.height).enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
  }

  private var absence: String {
    if state.place.directory == nil { return "only models of a recorded run write" }
    return state.shown.isPast ? "nothing was written by this step" : "no text yet"
  }
}
