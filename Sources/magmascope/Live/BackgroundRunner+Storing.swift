import Explorer
import TerminalUI

extension BackgroundRunner {
  func save() {}
  func saveBeforeLeaving() {}
  func export(_ kind: ExportKind, screen: Frame) {}
}
