import RunModel
import TerminalUI

struct FormView {
  let form: Form
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer) -> Position? { nil }
}
