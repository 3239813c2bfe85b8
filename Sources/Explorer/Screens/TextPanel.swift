import History
import RunModel
import TerminalUI

/// What the models have written for the panel, the newest of it.
package struct WrittenTexts: Sendable {
  private var texts: [ModelText] = []
  /// The evaluation that texts were last asked for, how often, and when.
  private var asked: (step: Int, tries: Int, at: Double)?

  private static let most = 256
  /// A checkpoint is written a moment after its evaluation, or, on a full disk, not at all.
  private static let mostTries = 3

  mutating func take(_ new: [ModelText]) {
    texts += new.filter { !texts.contains($0) }
    if texts.count > Self.most { texts.removeFirst(texts.count - Self.most) }
  }

  /// What an arm had written last at a step.
  func text(_ letter: String, at step: Int) -> ModelText? {
    texts.filter { $0.letter == letter && $0.step <= step }.max { $0.step < $1.step }
  }

  /// Whether the models of an evaluation have yet to be asked.
  func isWanting(_ step: Int, now: Double) -> Bool {
    if let newest = texts.map(\.step).max(), newest >= step { return false }
    guard let asked, asked.step == step else { return true }
    return asked.tries < Self.mostTries && now - asked.at >= 1
  }

  mutating func ask(_ step: Int, now: Double) {
    let tries = asked.flatMap { $0.step == step ? $0.tries : nil } ?? 0
    asked = (step, tries + 1, now)
  }
}

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
