import Charts
import TerminalUI

/// What the focused panel shows, to be taken away.
package enum FocusedPicture: Sendable {
  /// A chart in the units of its data, with the axes as they are on the screen.
  case chart(ChartScene)
  /// A panel that is no chart, as large as the screen.
  case cells(Frame)

  package init(_ state: ExplorerState, size: Size) {
    switch state.pane {
    case .loss:
      self = .chart(state.lossScene(arms: Array(state.shown.arms.indices), width: 110))
    case .lossPair:
      let pair = [state.shownPair.left, state.shownPair.right].compactMap { $0?.place }
      self = .chart(state.lossScene(arms: pair, width: 110))
    default:
      var buffer = CellBuffer(size, glyphs: state.options.glyphs)
      state.pane.spec.draw(state, on: &buffer, in: buffer.bounds)
      self = .cells(Frame(buffer, theme: state.theme))
    }
  }
}
