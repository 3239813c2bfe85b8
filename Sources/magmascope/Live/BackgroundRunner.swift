import EventStream
import Explorer
import Foundation
import Optimizers
import RunModel
import TerminalUI
import Training
import Workloads

/// The run behind the explorer: prepared and trained on other threads, so that keys never wait.
@MainActor
final class BackgroundRunner {
  /// A run under way with its mailboxes.
  struct Live {
    var number: Int
    var controller: RunController
    var channels: RunChannels
  }

  /// What a preparing thread hands over.
  private enum Prepared: Sendable {
    case run(number: Int, RunController, RunChannels, WakeSignal)
    case failed(number: Int, RunError)
  }

  let wake: @Sendable () -> Void
  private let prepared = Mailbox<Prepared>()
  let stored = Mailbox<StoreResult>()
  var live: Live?
  /// The number of the latest start; what was prepared for an older one is thrown away.
  private var wanted = 0
  /// What was asked of the run while it was being prepared.
  private var early: [RunCommand] = []
  private var signal: WakeSignal?
  var recorded = RecordedRun()

  init(wake: @escaping @Sendable () -> Void) {
    self.wake = wake
  }

  func start(
    _ configuration: RunConfiguration, number: Int,
    options: RunOptions = RunOptions(probeRunner: RegisteredProbes())
  ) {
    live?.controller.stop()
    live = nil
    wanted = number
    early = []
    recorded = RecordedRun()
    let (prepared, wake) = (prepared, wake)
    Thread.detachNewThread {
      let answer = Self.prepare(configuration, options, number: number, wake: wake)
      prepared.post(answer)
      wake()
    }
  }

  private nonisolated static func prepare(
    _ configuration: RunConfiguration, _ options: RunOptions, number: Int,
    wake: @escaping @Sendable () -> Void
  ) -> Prepared {
    var options = options
    options.yieldsToInterface = true
    do {
      let source = try WorkloadRegistry.source(for: configuration)
      let signal = WakeSignal(wake)
      let channels = RunChannels(
        rows: RowMailbox(blockCount: source.layout.blocks.count), checkpoints: Mailbox(),
        wake: { signal.signal() })
      let controller = RunController(
        configuration: configuration, source: source, channels: channels, options: options)
      return .run(number: number, controller, channels, signal)
    } catch {
      return .failed(number: number, error)
    }
  }

  func send(_ command: RunCommand) {
    guard let live else {
      early.append(command)
      return
    }
    live.controller.send(command)
  }

  /// Everything the run has told since the last frame.
  func drain() -> [RunBatch] {
    signal?.clear()
    var batches = adoptPrepared()
    guard let live else { return batches }
    var batch = RunBatch(run: live.number)
    live.channels.events.drain(into: &batch.events)
    if let rows = live.channels.rows {
      batch.rows = rows.empty
      rows.drain(into: &batch.rows)
    }
    recorded.note(batch.events)
    keepCheckpoints(of: live)
    batches.append(batch)
    return batches
  }

  /// Ends of saves and exports since the last frame.
  func answers() -> [Action] {
    var results: [StoreResult] = []
    stored.drain(into: &results)
    return results.map { .stored($0) }
  }

  /// Starts what a preparing thread has made ready, unless something newer is wanted by now.
  private func adoptPrepared() -> [RunBatch] {
    var arrivals: [Prepared] = []
    var failures: [RunBatch] = []
    prepared.drain(into: &arrivals)
    for arrival in arrivals {
      switch arrival {
      case .run(let number, let controller, let channels, let signal) where number == wanted:
        controller.start()
        live = Live(number: number, controller: controller, channels: channels)
        self.signal = signal
        early.forEach(send)
        early = []
      case .failed(let number, let error) where number == wanted:
        failures.append(RunBatch(run: number, events: [.failed(error)]))
      case .run, .failed: continue
      }
    }
    return failures
  }

  func shutDown() {
    live?.controller.stop()
    live?.controller.waitUntilFinished()
  }
}
