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
    /// Another thread has called `Waker.wake` since the last time; at most once a frame period, and
    /// whether or not the terminal takes frames.
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
  private let wakePeriod: Int64
  private var lastWake: Int64?
  private var isWakePending = false
  private var line = LineSpeed()
  /// The frame the oldest unanswered key found, on a slow line.
  private var frameBeforeKey: Frame?
  private var isAnswerNew = false
  private var lastKey: Int64?
  /// When the terminal stopped taking everything, and when frames that wait for a report were sent.
  private var stuckSince: Int64?
  private var awaited: (since: Int64, bytes: Int64)?
  /// The clocks and the bytes written when the loop began.
  private var began: (wall: Int64, thread: Int64, bytes: Int64)?

  /// Call `TerminalSignals.install` before the terminal is opened.
  package init(
    terminal: CursesTerminal, waker: Waker, signals: TerminalSignals, framesPerSecond: Int
  ) {
    self.terminal = terminal
    self.waker = waker
    self.signals = signals.descriptor
    pacer = FramePacer(framesPerSecond: framesPerSecond)
    wakePeriod = 1_000_000_000 / Int64(max(1, framesPerSecond))
  }

  /// Runs until `shouldQuit` says so; the terminal stays open.
  package func run(_ handlers: Handlers) {
    began = (monotonicNanoseconds(), threadNanoseconds(), terminal.sentBytes)
    // Answered before the first frame is through, however slow the line.
    terminal.askBackground()
    terminal.requestReport()
    pacer.asked(at: monotonicNanoseconds())
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
    statistics.bytes = terminal.sentBytes - began.bytes
  }

  /// Waits for news, room or the next frame's time, and hands the news over.
  private func wait(_ handlers: Handlers) {
    // A negative descriptor is skipped: a terminal that has gone would be ready for ever.
    func source(_ descriptor: Int32, _ wanted: Int32, if isWanted: Bool = true) -> pollfd {
      pollfd(fd: isWanted ? descriptor : -1, events: Int16(wanted), revents: 0)
    }
    var sources = [
      source(signals, POLLIN), source(waker.readingEnd, POLLIN, if: !isWakePending),
      source(terminal.inputDescriptor, POLLIN, if: !isDetached),
      source(
        terminal.outputDescriptor, POLLOUT, if: !isDetached && terminal.waitingOutput > 0),
    ]
    // Interrupted or timed out, poll leaves every `revents` at zero.
    _ = poll(&sources, nfds_t(sources.count), timeout())
    if sources[0].revents != 0 { handleSignals(handlers, from: signals) }
    if sources[1].revents != 0 { isWakePending = true }
    wakeIfDue(handlers)
    guard !isDetached else { return }
    let now = monotonicNanoseconds()
    if sources[2].revents != 0 || isInputOverdue(now) {
      handleTerminal(sources[2].revents, handlers)
    }
    if sources[3].revents != 0, !isDetached { sendWaiting(handlers) }
  }

  private func isInputOverdue(_ now: Int64) -> Bool {
    terminal.inputDeadline.map { now > $0 } ?? false
  }

  private func wakeIfDue(_ handlers: Handlers) {
    let now = monotonicNanoseconds()
    guard isWakePending, now - (lastWake ?? now - wakePeriod) >= wakePeriod else { return }
    lastWake = now
    isWakePending = false
    waker.acknowledge()
    handlers.onWake()
    pacer.invalidate()
  }

  /// Milliseconds for poll, rounded up so that the loop does not spin before a frame's time.
  private func timeout() -> Int32 {
    let now = monotonicNanoseconds()
    var delays: [Int64] = []
    if isWakePending, let lastWake { delays.append(lastWake + wakePeriod - now) }
    if !isDetached {
      if terminal.waitingOutput == 0, let delay = drawDelay(at: now) { delays.append(delay) }
      if let deadline = terminal.inputDeadline { delays.append(deadline + 1_000_000 - now) }
    }
    guard let delay = delays.min() else { return -1 }
    return Int32(min(60_000, (max(0, delay) + 999_999) / 1_000_000))
  }

  /// A slow line that reports nothing is given no more than it takes; a key's answer goes at once.
  private func drawDelay(at now: Int64) -> Int64? {
    guard let delay = pacer.delay(at: now) else { return nil }
    guard keyArrival == nil else { return delay }
    return max(delay, Int64((line.secondsBehind(at: now) - 0.25) * 1e9))
  }

  private func handleTerminal(_ ready: Int16, _ handlers: Handlers) {
    let arrival = monotonicNanoseconds()
    let before = terminal.acknowledgements
    let events = terminal.readEvents()
    if terminal.acknowledgements > before { noteArrival(arrival) }
    if !events.isEmpty { prepareAnswer(at: arrival, handlers) }
    for event in events { handlers.onEvent(event) }
    if !events.isEmpty {
      keyArrival = keyArrival ?? arrival
      pacer.invalidate(urgently: true)
    }
    let heard =
      !events.isEmpty || terminal.acknowledgements > before || terminal.inputDeadline != nil
    // Readable, yet nothing to read: the end of the file. Half a character may look so once.
    quietReads = heard || terminal.waitingBytes > 0 ? 0 : quietReads + 1
    if ready & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 || quietReads > 16 { detach(handlers) }
  }

  private func noteArrival(_ now: Int64) {
    let isGreeting = pacer.acknowledgement == .untried && terminal.unacknowledged > 0
    pacer.acknowledged(at: now, isMore: isGreeting)
    if isGreeting { return }
    if let awaited { line.arrived(Int(awaited.bytes), after: now - awaited.since) }
    awaited = nil
  }

  /// On a slow line the answer to a key must not wait for anything that was there before it.
  private func prepareAnswer(at now: Int64, _ handlers: Handlers) {
    let isStuck = stuckSince.map { now - $0 > 200_000_000 } ?? false
    // With reports one frame is under way; more are from before the first report came.
    let isBacklogged =
      switch pacer.acknowledgement {
      case .supported: terminal.unacknowledged > 2 || pacer.isReportOverdue(at: now)
      case .untried: pacer.isReportOverdue(at: now)
      case .unsupported: isStuck || line.secondsBehind(at: now) > 0.5
      }
    if isBacklogged { discardOutput(at: now) }
    lastKey = now
    isAnswerNew = true
    guard line.isSlow || terminal.waitingOutput > 0 else { return }
    frameBeforeKey = handlers.render(terminal.size)
  }

  /// What a key has changed at once; and for a while the top and the bottom, where a program says
  /// what it is doing, because much of an answer comes from other threads.
  private func rowsToSendFirst(_ frame: Frame, at now: Int64) -> Set<Int> {
    guard let before = frameBeforeKey, before.size == frame.size else { return [] }
    var rows = isAnswerNew ? Set(frame.buffer.changes(from: before.buffer).map(\.y)) : []
    let height = frame.size.height
    for row in [0, height - 3, height - 2, height - 1] where row >= 0 { rows.insert(row) }
    isAnswerNew = false
    return rows
  }

  private func isAnswerOld(_ now: Int64) -> Bool {
    lastKey.map { now - $0 > 1_500_000_000 } ?? true
  }

  /// Sends on; the loop comes here only while something waits.
  private func sendWaiting(_ handlers: Handlers) {
    guard terminal.flush() else { return detach(handlers) }
    let now = monotonicNanoseconds()
    if terminal.waitingOutput > 0 {
      noteFull(at: now)
    } else {
      stuckSince = nil
    }
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
    guard !isDetached, terminal.waitingOutput == 0, drawDelay(at: start) == 0 else { return }
    if let awaited, pacer.acknowledgement == .supported, pacer.isReportOverdue(at: start) {
      line.overdue(Int(awaited.bytes), after: start - awaited.since)
    }
    guard isOutgoingQueueOpen() else {
      statistics.postponed += 1
      noteFull(at: start)
      pacer.obstructed(at: start)
      return
    }
    pacer.unobstructed()
    let frame = handlers.render(terminal.size)
    let built = monotonicNanoseconds()
    let before = terminal.sentBytes
    let isWhole = terminal.present(
      frame, acknowledge: pacer.asksForAcknowledgement, first: rowsToSendFirst(frame, at: start),
      budget: line.frameBytes)
    let sent = monotonicNanoseconds()
    if isAnswerOld(sent) { frameBeforeKey = nil }
    pacer.drew(at: sent, asked: terminal.unacknowledged > 0, took: sent - built)
    noteSent(terminal.sentBytes - before + Int64(terminal.waitingOutput), at: sent)
    // The rest of a frame that was cut follows, as it looks by then.
    if !isWhole { pacer.invalidate() }
    record(start: start, built: built, sent: sent)
  }

  private func noteSent(_ bytes: Int64, at now: Int64) {
    line.gave(Int(bytes), at: now)
    if pacer.acknowledgement == .unsupported {
      awaited = nil
    } else if terminal.unacknowledged > 0, awaited == nil {
      awaited = (now, bytes)
    }
    if terminal.waitingOutput > 0 {
      noteFull(at: now)
    } else {
      stuckSince = nil
      line.unhindered(at: now)
    }
  }

  private func noteFull(at now: Int64) {
    stuckSince = stuckSince ?? now
    guard line.full(sent: terminal.sentBytes, at: now) else { return }
    discardOutput(at: now)
  }

  /// Throws away what waits in the system's queue: on a slow line that takes seconds.
  private func discardOutput(at now: Int64) {
    terminal.discardOutput()
    terminal.forgetAcknowledgements()
    pacer.forgetAwaited()
    pacer.invalidate()
    line.discarded(at: now)
    (stuckSince, awaited) = (nil, nil)
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
