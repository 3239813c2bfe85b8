import RunModel
import TerminalUI

/// Applies what happened and says what is to be done; pure but for the state handed in.
package func reduce(_ state: inout ExplorerState, _ action: Action) -> [Effect] {
  switch action {
  case .key(.character("q")): [.quit(saveFirst: false)]
  case .resize(let size):
    {
      state.size = size
      return []
    }()
  case .tick(let now):
    {
      state.now = now
      return []
    }()
  case .key, .mouse, .run, .stored, .measured, .notice: []
  }
}
