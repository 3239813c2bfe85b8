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
  package private(set) var probes = ProbeRecord()

  package init(_ configuration: RunConfiguration) {
    self.configuration = configuration
    arms = configuration.roster.enumerated().map { index, arm in
      ArmRecord(arm, index: index, seedCount: configuration.seeds)
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
    if phase == .starting, !batch.rows.isEmpty { phase = .training }
    for (index, row) in batch.rows.steps.enumerated() {
      take(row)
      // Blocks are shown of the first seed: rasters of several seeds would lie on one another.
      guard row.seed == configuration.seed, let arm = place(row.arm) else { continue }
      arms[arm].blocks.append(step: row.step, batch.rows.blocks(ofRow: index))
    }
    for event in batch.events { take(event) }
  }

  package func place(_ id: ArmID) -> Int? { arms.firstIndex { $0.id == id } }

  private mutating func take(_ row: StepRow) {
    guard let arm = place(row.arm) else { return }
    let seed = seedIndex(row.seed)
    arms[arm].seeds[seed].append(row)
    guard seed == 0 else { return }
    arms[arm].pace.advance(to: row.step, wall: row.wallSeconds)
  }

  private mutating func take(_ event: RunEvent) {
    switch event {
    case .started: break
    case .evaluated(let arm, let record): enter(record, arm: arm)
    case .armFinished(let arm, let record):
      enter(record, arm: arm)
      guard let place = place(arm) else { return }
      arms[place].seeds[seedIndex(record.seed)].isFinished = true
      arms[place].aggregate()
    case .journaled(let entry): take(entry)
    case .refused: break
    case .finished(let outcome):
      phase = .finished(outcome)
      verdicts = Judging.verdicts(of: self)
    case .failed(let error): phase = .failed(error.description)
    case .probed(let reading): probes.take(reading)
    }
  }

  private mutating func start(_ summary: RunSummary) {
    self.summary = summary
    phase = .training
    for (index, arm) in summary.arms.enumerated() where arms.indices.contains(index) {
      arms[index].specification = arm.specification
      arms[index].blocks = BlockBoard(isMasked: arm.isMasked)
    }
  }

  private mutating func enter(_ record: EvaluationRecord, arm: ArmID) {
    guard let arm = place(arm) else { return }
    arms[arm].seeds[seedIndex(record.seed)].append(record)
    arms[arm].aggregate()
  }

  private mutating func take(_ entry: JournalEntry) {
    switch entry.kind {
    case .change: if let change = entry.change { enter(change) }
    case .diverged:
      guard let arm = entry.arm.flatMap(place), let seed = entry.seed else { return }
      arms[arm].seeds[seedIndex(seed)].divergedStep = entry.step
      marks.add(step: entry.step, label: "\(arms[arm].letter) diverged")
    case .mark: marks.add(step: entry.step, label: entry.text ?? "mark")
    case .pause: phase = phase.isOver ? phase : .paused
    case .resume:
      if !phase.isOver { phase = .training }
      for arm in arms.indices { arms[arm].pace.restart() }
    case .join, .leave, .fork, .replace, .extend, .end: break
    }
  }

  private mutating func enter(_ intervention: Intervention) {
    interventions.append(intervention)
    let letters = arms.indices.filter { intervention.concerns(arms[$0].id) }
    for index in letters where arms[index].specification.values[intervention.key] != nil {
      arms[index].specification = arms[index].specification.setting(
        intervention.key, to: intervention.newValue)
    }
    marks.add(
      step: intervention.step,
      label: "\(intervention.key) \(Shown.setting(intervention.newValue))")
  }

  private func seedIndex(_ seed: UInt64) -> Int {
    configuration.seedValues.firstIndex(of: seed) ?? 0
  }
}
