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
  case .live: LiveScreen(state: state, layout: layout).draw(on: &buffer)
  case .compare: CompareScreen(state: state, layout: layout).draw(on: &buffer)
  case .blocks: BlocksScreen(state: state, layout: layout).draw(on: &buffer)
  case .sweep: SweepScreen(state: state, layout: layout).draw(on: &buffer)
  case .lessons: LessonsScreen(state: state, layout: layout).draw(on: &buffer)
  case .runs: RunsScreen(state: state, layout: layout).draw(on: &buffer)
  }
  buffer.draw(TuneLine(state: state), in: layout.tune)
  buffer.draw(HintBar(state.options, screen: state.screen), in: layout.hints)
  let cursor = BottomLine(state: state, layout: layout).draw(on: &buffer)
  let overlay = Overlays(state: state).draw(on: &buffer, below: layout)
  return Frame(buffer, theme: state.theme, cursor: overlay ?? cursor)
}
