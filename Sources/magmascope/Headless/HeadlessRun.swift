import EventStream
import Foundation
import Optimizers
import RunModel
import RunStore
import Training
import Workloads

/// Runs a configuration to its end without a screen, handing every event on as it happens.
struct HeadlessRun {
  let configuration: RunConfiguration
  var recorder: (any RunRecorder)?
  var checkpoint: CheckpointSet?
  /// Measurements to take on the way.
  var probes: [ProbeCadence] = []
  /// How long a step may take to end once the run is told to stop; nil: as long as it takes, since
  /// its end is kept.
  var patience: Duration?
  /// Time between checkpoints for the recorder, instead of one at every evaluation.
  var checkpointInterval: Duration?
  /// Whether the computing threads step aside for an interface.
  var yieldsToInterface = false
  /// Asked after every batch of events and every `interval`.
  private let wish: @Sendable () -> RunWish
  private let source: any WorkloadSource

  /// - Throws: `RunError` for data that cannot be read, before anything is trained.
  init(
    configuration: RunConfiguration, wish: @escaping @Sendable () -> RunWish = { .go }
  ) throws(RunError) {
    self.init(
      configuration: configuration, source: try MemoryCheck.source(for: configuration), wish: wish)
  }

  /// A run on data that are prepared already, of a size that has been checked.
  init(
    configuration: RunConfiguration, source: any WorkloadSource,
    wish: @escaping @Sendable () -> RunWish
  ) {
    (self.configuration, self.source, self.wish) = (configuration, source, wish)
  }

  /// A run that a signal stops.
  init(configuration: RunConfiguration, signals: SignalWatcher) throws(RunError) {
    try self.init(configuration: configuration) { signals.exitCode == nil ? .go : .stop }
  }

  /// `TextPrint` of the text it trains on, where that came from a file.
  var textPrint: String? { source.textPrint }

  /// What the run will take, for people, before it takes it.
  func memoryStatement() throws(RunError) -> String {
    try ArmMemory.statement(configuration, source: source)
  }

  /// What the run came to.
  struct Result {
    var outcome: RunOutcome
    var records: [EvaluationRecord]
  }

  /// Seconds after which a run of which nothing is heard is looked at.
  private static let interval = 0.05

  /// Blocks until the run has ended. `onEvent` and `onProgress`, which gets the steps that are done, are
  /// called on this thread.
  func run(
    onEvent: (RunEvent) throws -> Void, onProgress: (Int) -> Void = { _ in }
  ) throws -> Result {
    let semaphore = DispatchSemaphore(value: 0)
    let wake = WakeSignal { semaphore.signal() }
    let channels = RunChannels(recorder: recorder, wake: { wake.signal() })
    let controller = RunController(
      configuration: configuration, source: source, channels: channels, resumeFrom: checkpoint,
      options: RunOptions(
        checkpointEvery: checkpointEvery,
        probeRunner: RegisteredProbes(), yieldsToInterface: yieldsToInterface, probes: probes))
    controller.start()
    return try follow(
      controller, channels,
      wait: {
        _ = semaphore.wait(timeout: .now() + Self.interval)
        wake.clear()
      }, onEvent: onEvent, onProgress: onProgress)
  }

  /// Steps between checkpoints, where they are not taken by time.
  private var checkpointEvery: Int? {
    recorder == nil || checkpointInterval != nil ? nil : configuration.evaluationInterval
  }

  private func follow(
    _ controller: RunController, _ channels: RunChannels, wait: () -> Void,
    onEvent: (RunEvent) throws -> Void, onProgress: (Int) -> Void
  ) throws -> Result {
    var result = Result(outcome: .completed, records: [])
    var events: [RunEvent] = []
    var granted = RunWish.go
    var stoppedAt: ContinuousClock.Instant?
    var nextCheckpoint = checkpointInterval.map { monotonicTime() + $0 }
    while true {
      wait()
      if let due = nextCheckpoint, let checkpointInterval, monotonicTime() >= due {
        nextCheckpoint = monotonicTime() + checkpointInterval
        controller.requestCheckpoint()
      }
      if let stoppedAt, let patience, ContinuousClock.now - stoppedAt > patience {
        result.outcome = .stopped
        return result
      }
      channels.events.drain(into: &events)
      onProgress(controller.state.step)
      for event in events {
        try onEvent(event)
        switch event {
        case .evaluated(_, let record), .armFinished(_, let record):
          result.records.append(record)
        case .failed(let error): throw error
        case .finished(let outcome):
          result.outcome = outcome
          controller.waitUntilFinished()
          return result
        default: continue
        }
      }
      let wanted = wish()
      if wanted != granted, granted != .stop {
        granted = wanted
        if wanted == .stop { stoppedAt = .now }
        tell(controller, wanted)
      }
    }
  }

  private func tell(_ controller: RunController, _ wish: RunWish) {
    switch wish {
    case .go: controller.send(.resume)
    case .wait: controller.send(.pause)
    case .stop: controller.stop()
    }
  }
}

/// What whoever started a run wants of it now.
enum RunWish: Sendable {
  case go, wait
  /// For good.
  case stop
}
