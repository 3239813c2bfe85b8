import CNCurses
import Glibc
import TerminalUI

/// The program's one loop: waits for keys, other threads and signals, and draws when something
/// has changed. Runs on the main thread until told to quit; nothing in it is asynchronous.
@MainActor
package final class EventLoop {
  /// What the application does when the loop has something for it.
  package struct Handlers {
    package var onEvent: @MainActor (InputEvent) -> Void
    /// Another thread has called `Waker.wake` since the last time.
    package var onWake: @MainActor () -> Void
    package var render: @MainActor (Size) -> Frame
    package var shouldQuit: @MainActor () -> Bool

    package init(
      onEvent: @escaping @MainActor (InputEvent) -> Void,
      onWake: @escaping @MainActor () -> Void,
      render: @escaping @MainActor (Size) -> Frame,
      shouldQuit: @escaping @MainActor () -> Bool
    ) {
      self.onEvent = onEvent
      self.onWake = onWake
      self.render = render
      self.shouldQuit = shouldQuit
    }
  }

  package private(set) var statistics = LoopStatistics()
  let terminal: CursesTerminal
  private let waker: Waker
  private let signals: Int32
  var pacer: FramePacer
  var isDetached = false
  /// When the program last came back from a stop.
  var lastReturn: Int64 = 0
  /// When the oldest key not yet answered by a frame arrived.
  private var keyArrival: Int64?
  private var previousFrame: Int64?
  private var quietReads = 0
  /// The clocks and the bytes written when the loop began.
  private var began: (wall: Int64, thread: Int64, bytes: Int64?)?

  /// Call `TerminalSignals.install` before the terminal is opened.
  package init(
    terminal: CursesTerminal, waker: Waker, signals: TerminalSignals, framesPerSecond: Int
  ) {
    self.terminal = terminal
    self.waker = waker
    self.signals = signals.descriptor
    pacer = FramePacer(framesPerSecond: framesPerSecond)
  }

  /// Runs until `shouldQuit` says so; the terminal stays open.
  package func run(_ handlers: Handlers) {
    began = (monotonicNanoseconds(), threadNanoseconds(), writtenBytes())
    while !handlers.shouldQuit() {
      wait(handlers)
      if handlers.shouldQuit() { break }
      drawIfDue(handlers)
    }
    measure()
  }

  /// Brings the totals of `statistics` up to this moment.
  package func measure() {
    guard let began else { return }
    statistics.wallNanoseconds = monotonicNanoseconds() - began.wall
    statistics.threadNanoseconds = threadNanoseconds() - began.thread
    if let bytes = began.bytes, let now = writtenBytes() { statistics.bytes = now - bytes }
  }

  /// Waits for news or for the next frame's time, and hands the news over.
  private func wait(_ handlers: Handlers) {
    var sources = [
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
      pollfd(fd: waker.readingEnd, events: Int16(POLLIN), revents: 0),
      // A negative descriptor is skipped: a terminal that has gone would be ready for ever.
      pollfd(fd: isDetached ? -1 : terminal.inputDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&sources, nfds_t(sources.count), timeout()) > 0 else { return }
    if sources[0].revents != 0 { handleSignals(handlers, from: signals) }
    if sources[2].revents != 0 && !isDetached { handleTerminal(sources[2].revents, handlers) }
    if sources[1].revents != 0 {
      waker.acknowledge()
      handlers.onWake()
      pacer.invalidate()
    }
  }

  /// Milliseconds for poll, rounded up so that the loop does not spin before a frame's time.
  private func timeout() -> Int32 {
    guard !isDetached, let delay = pacer.delay(at: monotonicNanoseconds()) else { return -1 }
    return Int32(min(60_000, (delay + 999_999) / 1_000_000))
  }

  private func handleTerminal(_ ready: Int16, _ handlers: Handlers) {
    let arrival = monotonicNanoseconds()
    let before = terminal.acknowledgements
    let events = terminal.readEvents()
    if terminal.acknowledgements > before { pacer.acknowledged(at: arrival) }
    for event in events { handlers.onEvent(event) }
    if !events.isEmpty {
      keyArrival = keyArrival ?? arrival
      pacer.invalidate(urgently: true)
    }
    let heard = !events.isEmpty || terminal.acknowledgements > before
    // Readable, yet nothing to read: the end of the file. Half a character may look so once.
    quietReads = heard || terminal.waitingBytes > 0 ? 0 : quietReads + 1
    if ready & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 || quietReads > 16 { detach(handlers) }
  }

  /// Goes on without a terminal.
  func detach(_ handlers: Handlers) {
    guard !isDetached else { return }
    isDetached = true
    terminal.abandon()
    handlers.onEvent(.detached)
  }

  private func drawIfDue(_ handlers: Handlers) {
    let start = monotonicNanoseconds()
    guard !isDetached, pacer.delay(at: start) == 0 else { return }
    guard isOutgoingQueueOpen() else {
      statistics.postponed += 1
      pacer.obstructed(at: start)
      return
    }
    pacer.unobstructed()
    let frame = handlers.render(terminal.size)
    let built = monotonicNanoseconds()
    terminal.present(frame, acknowledge: pacer.asksForAcknowledgement)
    let sent = monotonicNanoseconds()
    pacer.drew(at: sent, asked: terminal.unacknowledged > 0, took: sent - built)
    record(start: start, built: built, sent: sent)
  }

  private func record(start: Int64, built: Int64, sent: Int64) {
    statistics.frames += 1
    statistics.build.record(built - start)
    statistics.push.record(sent - built)
    statistics.buildAndPush.record(sent - start)
    if let previousFrame { statistics.interval.record(start - previousFrame) }
    previousFrame = start
    if let keyArrival { statistics.keyLatency.record(sent - keyArrival) }
    keyArrival = nil
  }

  /// Whether the terminal would take more without making us wait.
  private func isOutgoingQueueOpen() -> Bool {
    var output = pollfd(fd: terminal.outputDescriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&output, 1, 0) > 0 else { return false }
    return output.revents & Int16(POLLOUT) != 0
  }
}

/// Bytes this thread has written to anything so far; nil where the system does not say.
private func writtenBytes() -> Int64? {
  let file = open("/proc/thread-self/io", O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { Glibc.close(file) }
  var text = [UInt8](repeating: 0, count: 512)
  let count = read(file, &text, text.count)
  guard count > 0 else { return nil }
  let lines = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
  return lines.first { $0.hasPrefix("wchar:") }.flatMap { Int64($0.dropFirst(7)) }
}
