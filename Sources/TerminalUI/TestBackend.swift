/// A terminal made of memory: keeps the frames and counts what a real one would have been sent.
@MainActor
package final class TestBackend: TerminalBackend {
  package private(set) var size: Size
  package var capabilities: TerminalCapabilities
  /// What the screen shows now.
  package private(set) var screen: CellBuffer?
  package private(set) var cursor: Position?
  package private(set) var frameCount = 0
  /// Cells sent by the last `present`, and by all of them.
  package private(set) var lastCellsSent = 0
  package private(set) var totalCellsSent = 0
  private var theme: Theme?
  private var pending: [InputEvent] = []

  package init(
    _ size: Size, capabilities: TerminalCapabilities = TerminalCapabilities()
  ) {
    self.size = size
    self.capabilities = capabilities
  }

  package func present(_ frame: Frame) {
    let shown = frame.theme == theme ? screen : nil
    lastCellsSent = frame.buffer.changes(from: shown).reduce(0) { $0 + $1.columns.count }
    totalCellsSent += lastCellsSent
    frameCount += 1
    screen = frame.buffer
    cursor = frame.cursor
    theme = frame.theme
  }

  package func readEvents() -> [InputEvent] {
    defer { pending = [] }
    return pending
  }

  /// Queues events to be read.
  package func type(_ events: [InputEvent]) {
    pending += events
  }

  /// Queues the characters of a text as keys.
  package func type(_ text: String) {
    pending += text.map { .key(.character($0)) }
  }

  /// Changes the size and queues the event that tells of it.
  package func resize(to size: Size) {
    self.size = size
    screen = nil
    pending.append(.resize(size))
  }
}
