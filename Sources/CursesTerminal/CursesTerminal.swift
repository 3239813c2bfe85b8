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
  /// What to poll for room.
  package let outputDescriptor: Int32
  /// Bytes that the terminal has not taken yet.
  package private(set) var waitingOutput = 0
  /// All bytes that it has taken.
  package private(set) var sentBytes: Int64 = 0

  private let synchronizedOutput: Bool
  private var shown: Frame?
  private var table: PairTable
  private var registry = PairRegistry()
  private var row: [mgs_cell] = []
  private var paste: PasteReader?
  private let asksBackground: Bool
  /// Takes the terminal's background out of what is read.
  var background = BackgroundReply()
  /// When each row was sent last, counted in frames that were cut.
  private var rowsSent: [Int] = []
  private var framesSent = 0
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
    outputDescriptor = mgs_outlet()
    synchronizedOutput = options.synchronizedOutput
    isMouseOn = options.mouse && mgs_use_mouse(1) == 1
    capabilities = TerminalCapabilities(
      colors: options.colorTier(
        terminfoColors: Int(mgs_color_count()), environment: environmentVariable),
      unicode: unicode,
      // The Linux console's font has at most 512 glyphs, none of them braille.
      glyphs: options.glyphTier(unicode: unicode && (name != "linux" || options.glyphs != nil)),
      mouse: isMouseOn)
    // The Linux console and its like take the question for something else, or show it.
    asksBackground =
      options.theme == nil && capabilities.colors != .monochrome
      && !["linux", "dumb", "ansi", "cons25"].contains(name)
    table = PairTable(theme: .standard, tier: capabilities.colors)
    size = Size(width: 0, height: 0)
    updateSize()
    flush()
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

  /// Shows a frame as far as `budget` bytes go; sends nothing at all when nothing differs.
  ///
  /// - Parameters:
  ///   - acknowledge: whether the terminal is asked to report when it has shown it.
  ///   - first: rows that go before the others; those go the stalest first.
  /// - Returns: whether the whole frame is on its way.
  @discardableResult
  package func present(
    _ frame: Frame, acknowledge: Bool, first: Set<Int> = [], budget: Int = .max
  ) -> Bool {
    if shown?.theme != frame.theme {
      table = PairTable(theme: frame.theme, tier: capabilities.colors)
      shown = nil
    }
    let all = frame.buffer.changes(from: shown?.buffer)
    let changes = budget == .max ? all : ordered(all, first)
    if changes.isEmpty && shown?.cursor == frame.cursor && shown != nil { return true }
    let chosen = affordable(changes, of: frame.buffer, budget)
    if shown == nil { mgs_erase() }
    for change in chosen { put(change, of: frame.buffer) }
    let cursor = frame.cursor ?? Position(x: -1, y: -1)
    mgs_show(Int32(cursor.y), Int32(cursor.x), synchronizedOutput ? 1 : 0, acknowledge ? 1 : 0)
    if acknowledge { unacknowledged += 1 }
    remember(frame, chosen, isWhole: chosen.count == changes.count)
    return chosen.count == changes.count
  }

  private func ordered(_ changes: [ChangedRun], _ first: Set<Int>) -> [ChangedRun] {
    let age = { (run: ChangedRun) in
      first.contains(run.y) ? -1 : self.rowsSent.indices.contains(run.y) ? self.rowsSent[run.y] : 0
    }
    // Stable, so that the runs of a row and rows of one age stay in their order.
    return changes.enumerated()
      .sorted { (age($0.element), $0.offset) < (age($1.element), $1.offset) }.map(\.element)
  }

  /// As many of the first rows as go into the bytes, one at least; the changes of a row stay together.
  private func affordable(
    _ changes: [ChangedRun], of buffer: CellBuffer, _ budget: Int
  ) -> ArraySlice<ChangedRun> {
    guard budget < .max else { return changes[...] }
    var cost = 0
    var row = changes.first?.y
    let count = changes.prefix { change in
      if cost >= budget, change.y != row { return false }
      cost += Self.cost(of: change, in: buffer)
      row = change.y
      return true
    }.count
    return changes.prefix(count)
  }

  /// About how many bytes a change takes: going there, its characters, its changes of colour.
  private static func cost(of change: ChangedRun, in buffer: CellBuffer) -> Int {
    var cost = 8
    var style: Style?
    let base = change.y * buffer.width
    for x in change.columns {
      let cell = buffer.cells[base + x]
      cost += UTF8.width(cell.scalar) + (cell.style == style ? 0 : 12)
      style = cell.style
    }
    return cost
  }

  private func remember(_ frame: Frame, _ sent: ArraySlice<ChangedRun>, isWhole: Bool) {
    flush()
    if isWhole {
      shown = frame
      return
    }
    var picture = shown ?? Frame(.unknown(frame.size), theme: frame.theme)
    if picture.size != frame.size { picture.buffer = .unknown(frame.size) }
    if rowsSent.count != frame.size.height {
      rowsSent = Array(repeating: 0, count: frame.size.height)
    }
    framesSent += 1
    for run in sent {
      picture.buffer.take(run, from: frame.buffer)
      rowsSent[run.y] = framesSent
    }
    picture.cursor = frame.cursor
    shown = picture
  }

  /// Sends what waits as far as the terminal takes it; false when it has gone.
  @discardableResult
  package func flush() -> Bool {
    var taken: Int64 = 0
    let left = mgs_flush(&taken)
    sentBytes += taken
    waitingOutput = max(0, Int(left))
    return left >= 0
  }

  /// Throws away everything on its way, because something newer must not wait for it.
  package func discardOutput() {
    mgs_discard_output()
    waitingOutput = 0
    shown = nil
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
    flush()
  }

  package func setMouse(_ on: Bool) {
    isMouseOn = mgs_use_mouse(on ? 1 : 0) == 1
    flush()
  }

  /// Begins to read a paste as bytes, and goes on with one; nil when none is under way.
  func readPaste(begins: Bool = false) -> RawInput? {
    if begins { paste = PasteReader() }
    let before = paste?.acknowledgements ?? 0
    let text = paste?.read(from: inputDescriptor)
    for _ in before..<(paste?.acknowledgements ?? before) { noteAcknowledgement() }
    guard let text else { return nil }
    paste = nil
    return .pasted(text)
  }

  /// When what has been read in part must be looked at again, though nothing more has come.
  var inputDeadline: Int64? { paste?.deadline ?? background.deadline }
  var isPasting: Bool { paste != nil }

  /// Hands a text to the terminal's clipboard; a terminal that knows none ignores it, and one that
  /// is behind with the screen is left alone.
  package func copy(_ text: String) {
    guard flush(), waitingOutput == 0 else { return }
    var rest = Clipboard.sequence(text)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(outputDescriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  func noteAcknowledgement() {
    acknowledgements += 1
    unacknowledged = max(0, unacknowledged - 1)
  }

  /// Asks for the background, where the theme is to follow it; call it before `requestReport`.
  package func askBackground() {
    guard asksBackground else { return }
    mgs_ask_background()
    background.asked(at: monotonicNanoseconds())
  }

  /// Asks for a report of everything sent so far.
  package func requestReport() {
    mgs_show(-1, -1, 0, 1)
    unacknowledged += 1
    flush()
  }

  /// Gives up hope for outstanding reports.
  package func forgetAcknowledgements() { unacknowledged = 0 }

  /// Lets reports arrive before the terminal is left: the shell would take them for typing.
  private func awaitAcknowledgements() {
    guard waitingOutput == 0 else { return }
    let deadline = monotonicNanoseconds() + 200_000_000
    while unacknowledged > 0, acknowledgements > 0, monotonicNanoseconds() < deadline {
      var poller = pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 50) >= 0, poller.revents & Int16(POLLHUP) == 0 else { return }
      _ = readEvents()
    }
  }
}
