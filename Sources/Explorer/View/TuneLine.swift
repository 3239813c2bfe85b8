import RunModel
import TerminalUI

/// The knobs in a row, the focused one in the middle of the view when they do not all fit.
struct TuneLine: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard area.height > 0 else { return }
    let knobs = state.knobs
    let who = state.tunesOneArm ? "tune \(state.shown.arms[state.selectedArm].letter) only" : "tune"
    let start = buffer.write(who + "  ", x: area.x, y: area.y, style: Style(.muted))
    let focus = min(state.knob, max(0, knobs.count - 1))
    let texts = knobs.enumerated().map { text($0.element, isFocused: $0.offset == focus) }
    var x = start
    for index in shown(texts, focus: focus, room: area.right - start) {
      texts[index].draw(
        on: &buffer, in: Rectangle(x: x, y: area.y, width: area.right - x, height: 1))
      x += texts[index].columns + 2
    }
  }

  /// The longest stretch of knobs around the focus that fits.
  private func shown(_ texts: [TextLine], focus: Int, room: Int) -> Range<Int> {
    guard texts.indices.contains(focus) else { return 0..<0 }
    var (low, high) = (focus, focus + 1)
    var used = texts[focus].columns
    while true {
      if low > 0, used + texts[low - 1].columns + 2 <= room {
        low -= 1
        used += texts[low].columns + 2
      } else if high < texts.count, used + texts[high].columns + 2 <= room {
        used += texts[high].columns + 2
        high += 1
      } else {
        return low..<high
      }
    }
  }

  private func text(_ knob: Knob, isFocused: Bool) -> TextLine {
    var value = "\(Shown.label(knob.setting.key)) \(written(knob))"
    if !knob.setting.isLive { value += "*" }
    if knob.isPending { value += "!" }
    guard isFocused else { return TextLine(value, knob.isPending ? .warning : .muted) }
    return TextLine([
      TextRun(">", .accent), TextRun(value, .strong, .bold), TextRun("<", .accent),
    ])
  }

  private func written(_ knob: Knob) -> String {
    if knob.isMixed { return "mixed" }
    if knob.setting.key == "mask", let mask = knob.value.number {
      return "\(Shown.share(mask)) (keep \(Shown.share(1 - mask)))"
    }
    return Shown.setting(knob.value)
  }
}
