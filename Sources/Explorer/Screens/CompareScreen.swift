import RunModel
import TerminalUI

struct CompareScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {}
}
