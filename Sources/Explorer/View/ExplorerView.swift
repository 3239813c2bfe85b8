import TerminalUI

/// The picture of the state at a size; reads no clock, costs O(width) whatever the run's length.
package func view(_ state: ExplorerState, size: Size) -> Frame {
  Frame(CellBuffer(size, glyphs: state.options.glyphs), theme: state.options.theme)
}
