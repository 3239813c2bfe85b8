import RunModel
import TerminalUI

struct BlocksScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {}
}

extension ExplorerState {
  /// Blocks as the Blocks screen lists them: filtered, in the chosen order.
  var orderedBlocks: [Int] { Array((run.summary?.blocks ?? []).indices) }
}
