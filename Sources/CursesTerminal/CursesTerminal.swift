import CNCurses
import Glibc
import TerminalUI

/// The user's terminal through ncurses; there is one, on the main thread.
@MainActor
package final class CursesTerminal: TerminalBackend {
  package private(set) var size: Size
  package let capabilities: TerminalCapabilities
  package private(set) var isMouseOn: Bool
  /// What to poll for keys.
  package let inputDescriptor: Int32
  package let outputDescriptor: Int32

  private let synchronizedOutput: Bool
  private var shown: Frame?
  private var table: PairTable
  private var registry = PairRegistry()
  private var row: [mgs_cell] = []
  /// Frames whose arrival the terminal has not reported yet.
  package private(set) var unacknowledged = 0
  package private(set) var acknowledgements = 0

  /// Takes over the terminal.
  ///
  /// - Throws: `TerminalUnavailable` when there is none or it cannot show screens; nothing has
  ///   been written to it then.
  package init(_ options: DisplayOptions) throws(TerminalUnavailable) {
    let device = try TerminalDevice()
    guard let name = environmentVariable("TERM"), !name.isEmpty else { throw .unnamedTerminal }
    let unicode = mgs_set_locale() == 1
    let wantsColors =
      options.colorTier(terminfoColors: 256, environment: environmentVariable) != .monochrome
    try Self.open(name, device, colors: wantsColors)
    inputDescriptor = device.input
    outputDescriptor = device.output
    synchronizedOutput = options.synchronizedOutput
    isMouseOn = options.mouse && mgs_use_mouse(1) == 1
    capabilities = TerminalCapabilities(
      colors: options.colorTier(
        terminfoColors: Int(mgs_color_count()), environment: environmentVariable),
      unicode: unicode,
      // The Linux console's font has at most 512 glyphs, none of them braille.
      glyphs: options.glyphTier(unicode: unicode && (name != "linux" || options.glyphs != nil)),
      mouse: isMouseOn)
    table = PairTable(theme: .standard, tier: capabilities.colors)
    size = Size(width: 0, height: 0)
    updateSize()
  }

  private static func open(
    _ name: String, _ device: TerminalDevice, colors: Bool
  ) throws(TerminalUnavailable) {
    switch Int(mgs_open(name, device.input, device.output, colors ? 1 : 0)) {
    case MGS_OPENED: return
    case MGS_UNKNOWN_TERMINAL: throw .unknownTerminal(name)
    case MGS_NO_CURSOR_MOTION: throw .noCursorMotion(name)
    default: throw .failed(String(cString: strerror(errno)))
    }
  }

  /// Gives the terminal back; harmless when that has happened.
  package func close() {
    awaitAcknowledgements()
    mgs_close()
  }

  /// Forgets the terminal without touching it: it has gone.
  package func abandon() { mgs_abandon() }

  package func present(_ frame: Frame) { present(frame, acknowledge: false) }

  /// Shows a frame; sends nothing at all when nothing differs.
  ///
  /// With `acknowledge` the terminal is asked to report when it has shown it.
  package func present(_ frame: Frame, acknowledge: Bool) {
    if shown?.theme != frame.theme {
      table = PairTable(theme: frame.theme, tier: capabilities.colors)
      shown = nil
    }
    let changes = frame.buffer.changes(from: shown?.buffer)
    if changes.isEmpty && shown?.cursor == frame.cursor && shown != nil { return }
    if shown == nil { mgs_erase() }
    for change in changes { put(change, of: frame.buffer) }
    let cursor = frame.cursor ?? Position(x: -1, y: -1)
    mgs_show(Int32(cursor.y), Int32(cursor.x), synchronizedOutput ? 1 : 0, acknowledge ? 1 : 0)
    if acknowledge { unacknowledged += 1 }
    shown = frame
  }

  private func put(_ change: ChangedRun, of buffer: CellBuffer) {
    row.removeAll(keepingCapacity: true)
    let base = change.y * buffer.width
    for x in change.columns {
      let cell = buffer.cells[base + x]
      if cell.isContinuation {
        if !row.isEmpty { row[row.count - 1].attributes |= UInt16(MGS_WIDE) }
        continue
      }
      let look = table.resolve(cell.style, registry: &registry)
      row.append(
        mgs_cell(scalar: cell.scalar.value, attributes: look.attributes, pair: look.pair))
    }
    mgs_put(Int32(change.y), Int32(change.columns.lowerBound), row, Int32(row.count))
  }

  /// Makes the next frame repaint everything (`^L`).
  package func redraw() { shown = nil }

  /// Asks the kernel for the size; the next frame repaints everything when it has changed.
  package func updateSize() {
    var (width, height) = (Int32(0), Int32(0))
    mgs_update_size(&width, &height)
    let now = Size(width: Int(width), height: Int(height))
    if now != size { shown = nil }
    size = now
  }

  /// Leaves the screen before a stop.
  package func suspend() {
    awaitAcknowledgements()
    mgs_suspend()
  }

  /// Comes back after a stop.
  package func resume() {
    mgs_resume()
    shown = nil
    updateSize()
  }

  package func setMouse(_ on: Bool) { isMouseOn = mgs_use_mouse(on ? 1 : 0) == 1 }

  func noteAcknowledgement() {
    acknowledgements += 1
    unacknowledged = max(0, unacknowledged - 1)
  }

  /// Gives up hope for outstanding reports.
  package func forgetAcknowledgements() { unacknowledged = 0 }

  /// Lets reports arrive before the terminal is left: the shell would take them for typing.
  private func awaitAcknowledgements() {
    let deadline = monotonicNanoseconds() + 200_000_000
    while unacknowledged > 0, acknowledgements > 0, monotonicNanoseconds() < deadline {
      var poller = pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 50) >= 0, poller.revents & Int16(POLLHUP) == 0 else { return }
      _ = readEvents()
    }
  }
}
