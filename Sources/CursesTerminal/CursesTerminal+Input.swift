import CNCurses
import Glibc
import TerminalUI

extension CursesTerminal {
  package func readEvents() -> [InputEvent] {
    var raw: [RawInput] = []
    var silences = 0
    let reports = acknowledgements
    if isPasting {
      guard let text = readPaste() else { return [] }
      raw.append(text)
    }
    // ncurses reports an invalid byte as it reports nothing: only an empty queue is the end.
    while silences < 2 || waitingBytes > 0 && silences < 4096 {
      let input = mgs_read()
      if Int(input.kind) == MGS_NOTHING {
        silences += 1
        continue
      }
      silences = 0
      if Int(input.kind) == MGS_KEY, Int(input.value) == MGS_PASTE_BEGINS {
        guard let text = readPaste(begins: true) else { break }
        raw.append(text)
        continue
      }
      if let one = translate(input) { raw.append(one) }
      if raw.count >= 4096 { break }
    }
    return events(raw, isReported: acknowledgements > reports)
  }

  /// What remains for the application, with the background once it is known.
  private func events(_ raw: [RawInput], isReported: Bool) -> [InputEvent] {
    let isKnown = background.color != nil
    let rest = background.take(raw, at: monotonicNanoseconds())
    // Terminals answer in order: the report was asked for later.
    if isReported { background.overtaken() }
    guard !isKnown, let color = background.color else { return InputFolder.fold(rest) }
    return InputFolder.fold(rest) + [.background(color)]
  }

  /// Bytes the terminal holds ready.
  var waitingBytes: Int {
    var count: Int32 = 0
    return ioctl(inputDescriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }

  private func translate(_ input: mgs_input) -> RawInput? {
    switch Int(input.kind) {
    case MGS_CHARACTER: return .code(input.value)
    case MGS_FUNCTION_KEY: return .key(.function(Int(input.value)))
    case MGS_MOUSE:
      return action(input.value).map {
        .mouse(MouseEvent($0, x: Int(input.x), y: Int(input.y)))
      }
    case MGS_KEY:
      if Int(input.value) == MGS_ACKNOWLEDGED { noteAcknowledgement() }
      return key(input.value).map(RawInput.key)
    default: return nil
    }
  }

  private func action(_ value: UInt32) -> MouseEvent.Action? {
    switch Int(value) {
    case MGS_PRESS: .press
    case MGS_RELEASE: .release
    case MGS_CLICK: .click
    case MGS_DOUBLE_CLICK: .doubleClick
    case MGS_WHEEL_UP: .wheelUp
    case MGS_WHEEL_DOWN: .wheelDown
    default: nil
    }
  }

  private func key(_ value: UInt32) -> Key? {
    switch Int(value) {
    case MGS_UP: .up
    case MGS_DOWN: .down
    case MGS_LEFT: .left
    case MGS_RIGHT: .right
    case MGS_HOME: .home
    case MGS_END: .end
    case MGS_PAGE_UP: .pageUp
    case MGS_PAGE_DOWN: .pageDown
    case MGS_INSERT: .insert
    case MGS_DELETE: .delete
    case MGS_BACKSPACE: .backspace
    case MGS_ENTER: .enter
    case MGS_BACK_TAB: .backTab
    default: nil
    }
  }
}
