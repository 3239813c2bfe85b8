import TerminalUI

/// The picture of the state at a size; reads no clock, costs O(width) whatever the run's length.
package func view(_ state: ExplorerState, size: Size) -> Frame {
  var buffer = CellBuffer(size, glyphs: state.options.glyphs)
  let minimum = ExplorerState.minimumSize
  guard size.width >= minimum.width, size.height >= minimum.height else {
    buffer.draw(TooSmall(minimum: minimum), in: buffer.bounds)
    return Frame(buffer, theme: state.theme)
  }
  if case .form(let form) = state.modal {
    let cursor = FormView(form: form, state: state).draw(on: &buffer)
    return Frame(buffer, theme: state.theme, cursor: cursor)
  }
  let layout = ScreenLayout(state, size: size)
  buffer.draw(HeaderLine(state: state), in: layout.header)
  buffer.draw(TabLine(state: state, layout: layout), in: layout.tabs)
  switch state.screen {
  case .lessons: LessonsScreen(state: state, layout: layout).draw(on: &buffer)
  case .runs: RunsScreen(state: state, layout: layout).draw(on: &buffer)
  case .live, .compare, .blocks, .sweep:
    for place in layout.places {
      let spec = place.id.spec
      let context = PanelContext(state: state, spec: spec, placed: layout.placed)
      spec.draw(context, on: &buffer, in: place.area)
    }
  }
  buffer.draw(TuneLine(state: state), in: layout.tune)
  buffer.draw(HintBar(state.options, screen: state.screen), in: layout.hints)
  let cursor = BottomLine(state: state, layout: layout).draw(on: &buffer)
  if state.settings.audience == .projector { buffer.strengthen() }
  let overlay = Overlays(state: state).draw(on: &buffer, below: layout)
  return Frame(buffer, theme: state.theme, cursor: overlay ?? cursor)
}

extension CellBuffer {
  /// Draws what is faint as plainly as the rest: dim text does not reach the last row of a room.
  fileprivate mutating func strengthen() {
    for y in 0..<height {
      for x in 0..<width {
        var cell = self[x, y]
        if cell.style.foreground == .muted || cell.style.foreground == .faint {
          cell.style.foreground = .text
        }
        cell.style.attributes.remove(.dim)
        self[x, y] = cell
      }
    }
  }
}
