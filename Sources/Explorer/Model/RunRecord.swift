import Metrics
import RunModel
import Statistics

/// Where a run stands.
package enum RunPhase: Sendable, Hashable {
  case starting, training, paused
  case finished(RunOutcome)
  case failed(String)

  package var isOver: Bool {
    switch self {
    case .starting, .training, .paused: false
    case .finished, .failed: true
    }
  }
}

/// All that is known of one run, fed by its events.
package struct RunRecord {
  package let configuration: RunConfiguration
  package private(set) var summary: RunSummary?
  package internal(set) var arms: [ArmRecord]
  package internal(set) var phase = RunPhase.starting
  package internal(set) var marks = EventMarks()
  package private(set) var interventions: [Intervention] = []
  /// Verdicts on each arm against the first, once the run is over.
  package internal(set) var verdicts: [Verdict] = []
  package private(set) var checkpointDirectory: String?
  package private(set) var probes = ProbeRecord()

  package init(_ configuration: RunConfiguration) {
    self.configuration = configuration
    arms = zip(configuration.lanes, configuration.arms).enumerated().map { index, pair in
      ArmRecord(
        lane: pair.0, index: index, specification: pair.1, seedCount: configuration.seeds)
    }
  }

  /// Whether something was changed while the run trained.
  package var isExploratory: Bool { !interventions.isEmpty }
  package var budget: Int { configuration.steps }

  /// The step that every arm has reached or passed; all seeds advance together.
  package var step: Int {
    arms.filter { $0.track.divergedStep == nil }.map(\.track.step).min()
      ?? arms.map(\.track.step).max() ?? 0
  }

  package var finishedSeeds: Int {
    arms.map { $0.seeds.count(where: \.isFinished) }.min() ?? 0
  }

  package var stepsPerSecond: Double? { arms.compactMap(\.pace.stepsPerSecond).min() }

  /// Seconds until the budget is spent, at the present pace.
  package var secondsLeft: Double? {
    guard phase == .training, let pace = stepsPerSecond, pace > 0 else { return nil }
    return Double(budget - step) / pace
  }

  package mutating func take(_ batch: RunBatch) {
    // The start makes room for the figures; every other event speaks of steps already taken.
    for case .started(let summary) in batch.events { start(summary) }
    if phase == .starting, !batch.steps.isEmpty { phase = .training }
    for metrics in batch.steps { take(metrics) }
    // Blocks are shown of the first seed: rasters of several seeds would lie on one another.
    for metrics in batch.blocks where metrics.seed == 0 && arms.indices.contains(Int(metrics.arm)) {
      arms[Int(metrics.arm)].blocks.append(metrics)
    }
    for event in batch.events { take(event) }
  }

  private mutating func take(_ metrics: StepMetrics) {
    let (arm, seed) = (Int(metrics.arm), seedIndex(Int(metrics.seed)))
    guard arms.indices.contains(arm) else { return }
    arms[arm].seeds[seed].append(metrics)
    guard seed == 0 else { return }
    arms[arm].pace.advance(to: Int(metrics.step), wall: metrics.wallSeconds)
  }

  private mutating func take(_ event: RunEvent) {
    switch event {
    case .started: break
    case .evaluated(let arm, let seed, let record): enter(record, arm: arm, seed: seed)
    case .armFinished(let arm, let seed, let record):
      enter(record, arm: arm, seed: seed)
      guard arms.indices.contains(arm) else { return }
      arms[arm].seeds[seedIndex(seed)].isFinished = true
      arms[arm].aggregate()
    case .diverged(let arm, let seed, let step):
      guard arms.indices.contains(arm) else { return }
      arms[arm].seeds[seedIndex(seed)].divergedStep = step
      marks.add(step: step, label: "\(arms[arm].letter) diverged")
    case .intervened(let intervention): enter(intervention)
    case .paused: phase = phase.isOver ? phase : .paused
    case .resumed:
      if !phase.isOver { phase = .training }
      for arm in arms.indices { arms[arm].pace.restart() }
    case .checkpointed(let directory): checkpointDirectory = directory
    case .finished(let outcome):
      phase = .finished(outcome)
      verdicts = Judging.verdicts(of: self)
    case .failed(let message): phase = .failed(message)
    case .probed(let reading): probes.take(reading)
    }
  }

  private mutating func start(_ summary: RunSummary) {
    self.summary = summary
    phase = .training
    for (index, arm) in summary.arms.enumerated() where arms.indices.contains(index) {
      arms[index].specification = arm.specification
      let isMasking = arms[index].isMasking
      arms[index].blocks = BlockBoard(isMasked: summary.blocks.map { isMasking && $0.isMaskable })
    }
  }

  private mutating func enter(_ record: EvaluationRecord, arm: Int, seed: Int) {
    guard arms.indices.contains(arm) else { return }
    arms[arm].seeds[seedIndex(seed)].append(record)
    arms[arm].aggregate()
  }

  private mutating func enter(_ intervention: Intervention) {
    interventions.append(intervention)
    let letters = arms.indices.filter { intervention.arm == nil || intervention.arm == $0 }
    for index in letters where arms[index].specification.values[intervention.key] != nil {
      arms[index].specification = arms[index].specification.setting(
        intervention.key, to: intervention.newValue)
    }
    marks.add(
      step: intervention.step,
      label: "\(intervention.key) \(Shown.setting(intervention.newValue))")
  }

  private func seedIndex(_ seed: Int) -> Int { min(max(0, seed), configuration.seeds - 1) }
}
