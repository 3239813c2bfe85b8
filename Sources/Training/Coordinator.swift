import RunModel

/// What every thread of a run does next; all do the same.
package enum Directive: Sendable, Hashable {
  /// Builds the trainers.
  case prepare
  /// Evaluates the weights of step 0.
  case evaluate
  case train(step: Int)
  case probe(ProbeKind)
  case snapshot
  case finish
}

/// What a thread reports of one seat after doing what the directive said.
package struct SeatReport: Sendable {
  /// `keep · mean scale` after the seat's latest step.
  package var stepFactor = 1.0
  /// The same as of the last barrier: what a matched control follows while the arm makes a step.
  package var settledFactor = 1.0
  package var stateBytes = 0
  /// Bytes of all buffers of the arm.
  package var bytes = 0
  /// Of every block, whether the arm masks or damps it.
  package var isMasked: [Bool] = []
  package var divergedAt: Int?
  package var wasDivergenceTold = false
  /// The latest evaluation, and whether it is still to be told.
  package var record: EvaluationRecord?
  package var isRecordNew = false
  package var snapshot: ArmCheckpoint?
  package var reading: ProbeReading?
  package var failure: RunError?
}

/// The lock-step of a run as a pure state machine: arrivals and commands in, actions out.
///
/// All seats make step k before any makes step k + 1. When the last thread has arrived, the round is
/// settled: what was done is told, the commands are read, and the next directive is given, unless
/// the run stands still. Whoever drives it takes the actions in their order, after letting go of
/// whatever guards the coordinator.
package struct Coordinator: Sendable {
  package enum Action: Sendable {
    case publish(RunEvent)
    case keep(CheckpointSet)
    case stopClock, startClock
    /// Every thread does this next.
    case go(Directive)

    /// Whether somebody outside may wait for it.
    var isTold: Bool {
      switch self {
      case .publish, .keep: true
      case .stopClock, .startClock, .go: false
      }
    }
  }

  /// What the coordinator has to know of the run, which it must not touch itself.
  package struct Facts: Sendable {
    package var blocks: [BlockDescriptor]
    package var tokensPerStep: Int
    package var entropyFloor: Double?
    package var baseFloor: Double?
    package var dataDescription: String
    package var plane: EigenPlane?
    /// Why an arm set so would refuse the change; nil when it would take it.
    package var objection: RunOptions.Objection

    package init(
      blocks: [BlockDescriptor], tokensPerStep: Int, entropyFloor: Double? = nil,
      baseFloor: Double? = nil, dataDescription: String = "", plane: EigenPlane? = nil,
      objection: @escaping RunOptions.Objection = { _, _, _ in nil }
    ) {
      self.blocks = blocks
      self.tokensPerStep = tokensPerStep
      self.entropyFloor = entropyFloor
      self.baseFloor = baseFloor
      self.dataDescription = dataDescription
      self.plane = plane
      self.objection = objection
    }
  }

  package let seats: [Seat]
  /// The arms that take part, in their order.
  package let arms: [RunArm]
  package private(set) var course: RunCourse
  package private(set) var state: RunState
  package private(set) var directive = Directive.prepare
  package var reports: [SeatReport]
  private let facts: Facts
  private let options: RunOptions
  private let threads: Int
  private let isResumed: Bool
  /// For every arm in its order, the place of the one it follows as a control.
  private let followed: [Int?]
  private var arrived = 0
  private var isHolding = false
  private var commands: [RunCommand] = []
  /// Measurements to take before the next step, and those that come back.
  private var probes: [ProbeKind] = []
  private var cadences: [ProbeCadence]
  /// What is looked at in the steps to come.
  package private(set) var wish: BlockWish?
  private var wantsSnapshot = false
  private var hasFinalSnapshot = false
  private var isFailed = false
  private var actions: [Action] = []

  /// - Parameters:
  ///   - arms: those that take part, a part of `course.roster`.
  ///   - threads: how many have to arrive.
  package init(
    course: RunCourse, arms: [RunArm], facts: Facts, options: RunOptions, threads: Int,
    resumeFrom checkpoint: CheckpointSet? = nil
  ) {
    self.arms = arms
    self.facts = facts
    self.options = options
    self.threads = threads
    self.course = course
    isResumed = checkpoint != nil
    seats = Seat.all(arms, seeds: course.configuration.seedValues)
    followed = arms.map { control in
      arms.firstIndex { $0.specification.isFollowed(by: control.specification) }
    }
    state = RunState(
      step: checkpoint?.step ?? 0, steps: min(options.endsAfter ?? .max, course.finalStep),
      startsPaused: options.startsPaused)
    cadences = options.probes
    reports = seats.map { seat in
      var report = SeatReport()
      guard let place = checkpoint?.place(of: seat) else { return report }
      report.record = checkpoint?.records[place]
      report.divergedAt = checkpoint?.arms[place].progress.divergedAt
      report.wasDivergenceTold = report.divergedAt != nil
      return report
    }
    if let step = options.pausesAfter, step > state.step {
      _ = state.advance(by: step - state.step)
    }
  }

  // MARK: Inputs

  /// `count` threads have done what the directive said.
  package mutating func arrive(_ count: Int = 1) -> [Action] {
    arrived += count
    guard arrived == threads, !isHolding else { return [] }
    isHolding = true
    conclude()
    proceed()
    return takeActions()
  }

  /// Takes in a command; it is read at the next step boundary, at once when the run stands still.
  package mutating func obey(_ command: RunCommand) -> [Action] {
    commands.append(command)
    proceed()
    return takeActions()
  }

  /// Asks for a snapshot of all seats at the next step boundary.
  package mutating func requestSnapshot() -> [Action] {
    wantsSnapshot = true
    proceed()
    return takeActions()
  }

  /// The factor on a matched control's maskable blocks in the coming step; 1 for other arms.
  package func matchedFactor(of seat: Seat) -> Double {
    let place = seat.index % arms.count
    guard arms[place].specification.isMatched else { return 1 }
    return reports[seat.index - place + (followed[place] ?? place)].settledFactor
  }

  /// The block of a seat that is looked at; only ever the first seed's.
  package func lookedAtBlock(of seat: Seat) -> Int? {
    guard let wish, wish.arm == seat.arm, seat.seed == course.configuration.seed,
      facts.blocks.indices.contains(wish.block)
    else { return nil }
    return wish.block
  }

  private mutating func takeActions() -> [Action] {
    defer { actions = [] }
    return actions
  }

  /// Gives the next directive, unless the threads are at work or the run stands still.
  private mutating func proceed() {
    guard isHolding, let next = decide() else { return }
    directive = next
    arrived = 0
    isHolding = false
    actions.append(.go(next))
  }

  // MARK: What was done

  private mutating func conclude() {
    for index in reports.indices { reports[index].settledFactor = reports[index].stepFactor }
    switch directive {
    case .prepare:
      concludePreparation()
      if isResumed { orderFirstProbes() }
    case .evaluate:
      tellRecords()
      orderFirstProbes()
    case .train(let step): concludeStep(step)
    case .probe: tellReadings()
    case .snapshot: assembleSnapshot()
    case .finish: preconditionFailure("a finished run made another round")
    }
  }

  private mutating func concludePreparation() {
    guard !fails() else { return }
    guard tellsOfTheRun else { return }
    let first = arms.indices.map { reports[$0] }
    publish(
      .started(
        RunSummary(
          configuration: course.configuration,
          arms: zip(arms, first).map {
            RunSummary.Arm(arm: $0, stateBytes: $1.stateBytes, isMasked: $1.isMasked)
          },
          blocks: facts.blocks, tokensPerStep: facts.tokensPerStep,
          entropyFloor: facts.entropyFloor, baseFloor: facts.baseFloor,
          dataDescription: facts.dataDescription,
          bytesPerArm: reports.map(\.bytes).max() ?? 0, plane: facts.plane)))
    if state.phase == .paused { journal(JournalEntry(.pause, step: state.step)) }
  }

  /// Whether a seat could not do what was asked; the run then ends with its reason.
  private mutating func fails() -> Bool {
    guard let failure = reports.lazy.compactMap(\.failure).first else { return false }
    isFailed = true
    if tellsOfTheRun { publish(.failed(failure)) }
    return true
  }

  private mutating func concludeStep(_ step: Int) {
    guard !fails() else { return }
    for seat in seats {
      guard let diverged = reports[seat.index].divergedAt,
        !reports[seat.index].wasDivergenceTold
      else { continue }
      reports[seat.index].wasDivergenceTold = true
      guard tells(seat, step: step) else { continue }
      journal(JournalEntry(.diverged, step: diverged, arm: seat.arm, seed: seat.seed))
    }
    tellRecords()
    tell(state.completeStep(isAnyArmAlive: reports.contains { $0.divergedAt == nil }))
    if step > options.silentThrough { orderProbes { $0.isDue(after: step) } }
    if let every = options.checkpointEvery, step.isMultiple(of: every),
      step > options.silentThrough
    {
      wantsSnapshot = true
    }
  }

  /// Measurements at the step the run begins with here, which a stretch of the past may begin with.
  private mutating func orderFirstProbes() {
    let step = state.step
    orderProbes { $0.stretch != nil && $0.isDue(after: step) }
  }

  private mutating func orderProbes(where isDue: (ProbeCadence) -> Bool) {
    if options.probeRunner != nil { probes += cadences.filter(isDue).map(\.kind) }
  }

  /// Whether this is the run itself, and not a part of it that is computed for a boundary.
  private var tellsOfTheRun: Bool { !options.isSilent && !options.isReplay }

  /// Whether the world is told what a seat did in a step: not while a known past is repeated.
  private func tells(_ seat: Seat, step: Int) -> Bool {
    !options.isSilent && step > options.silentThrough && !options.silentArms.contains(seat.arm)
  }

  private mutating func tellRecords() {
    for seat in seats where reports[seat.index].isRecordNew {
      reports[seat.index].isRecordNew = false
      guard let record = reports[seat.index].record, tells(seat, step: record.step) else {
        continue
      }
      publish(.evaluated(arm: seat.arm, record))
    }
  }

  /// What ended the run before its time; nil while all is well.
  package var failure: RunError? { isFailed ? reports.lazy.compactMap(\.failure).first : nil }

  private mutating func tellReadings() {
    for seat in seats {
      guard let reading = reports[seat.index].reading else { continue }
      reports[seat.index].reading = nil
      publish(.probed(reading))
    }
  }

  private mutating func assembleSnapshot() {
    wantsSnapshot = false
    let snapshots = reports.compactMap(\.snapshot)
    guard snapshots.count == seats.count else { return }
    actions.append(
      .keep(
        CheckpointSet(
          step: state.step, journal: course.upTo(state.step + 1).journal, arms: snapshots,
          records: reports.map(\.record))))
    for index in reports.indices { reports[index].snapshot = nil }
  }

  // MARK: What comes next

  /// Reads the commands and decides what all threads do next; nil to stand still.
  private mutating func decide() -> Directive? {
    if isFailed { return .finish }
    obeyCommands()
    if directive == .prepare, !isResumed { return .evaluate }
    if wantsSnapshot { return .snapshot }
    if !probes.isEmpty { return .probe(probes.removeFirst()) }
    if let outcome = state.outcome { return finish(outcome) }
    return state.nextStep.map { .train(step: $0) }
  }

  private mutating func obeyCommands() {
    let waiting = commands
    commands.removeAll(keepingCapacity: true)
    for command in waiting {
      switch command {
      case .pause: tell(state.pause())
      case .resume: tell(state.resume())
      case .step(let count):
        count > 0
          ? tell(state.advance(by: count))
          : refuse("cannot make \(count) steps", "ask for at least one")
      case .stop: tell(state.stop())
      case .mark(let step, let text): journal(JournalEntry(.mark, step: step, text: text))
      case .probe(let kind): if options.probeRunner != nil { probes.append(kind) }
      case .probeEvery(let kind, let steps): probe(kind, every: steps)
      case .look(let wanted): wish = wanted
      case .set(let arm, let key, let value): change(arm, key, value)
      }
    }
  }

  private mutating func probe(_ kind: ProbeKind, every steps: Int?) {
    if let steps, steps < 1 { return refuse("cannot probe every \(steps) steps", "at least 1") }
    cadences.removeAll { $0.kind == kind }
    if let steps { cadences.append(ProbeCadence(kind, every: steps)) }
  }

  /// Plans a live change for the step to come, one journal entry for every arm it concerns.
  ///
  /// Checked completely first: a refused change leaves no trace, in none of the arms.
  private mutating func change(_ id: ArmID?, _ key: String, _ value: SettingValue) {
    guard state.outcome == nil else {
      return refuse("the run is over", "start it again with \(key)=\(value)")
    }
    let step = state.step + 1
    let concerned = arms.filter { id == nil || $0.id == id }
      .map { ($0, course.settings(of: $0, at: step)) }
      .filter { id != nil || $0.1.values[key] != nil }
    guard !concerned.isEmpty else {
      let known = Set(arms.flatMap(\.specification.values.keys)).sorted()
      return refuse(
        id == nil
          ? "no arm has a setting '\(key)'" + suggestion(for: key, among: known)
          : "there is no such arm in the run", "choose one of the arms' own settings")
    }
    for (_, settings) in concerned {
      if let objection = objection(to: key, value, settings) { return publish(.refused(objection)) }
    }
    for (arm, settings) in concerned where settings.values[key] != value {
      let change = Intervention(
        arm: arm.id, step: step, key: key, oldValue: settings.values[key], newValue: value)
      journal(JournalEntry(change))
    }
  }

  private func objection(
    to key: String, _ value: SettingValue, _ settings: ArmSpecification
  ) -> RunError? {
    guard let old = settings.values[key] else {
      return RunError(
        .usage,
        "arm '\(settings.text)' has no setting '\(key)'"
          + suggestion(for: key, among: settings.values.keys.sorted()),
        remedy: "choose one of the arm's own settings")
    }
    switch (old, value) {
    case (.number, .number(let number)) where number.isFinite: break
    case (.flag, .flag), (.text, _), (_, .text): break
    case (.number, _), (.flag, _):
      return RunError(.usage, "'\(key)' cannot be \(value)", remedy: "it is \(old) now")
    }
    return facts.objection(settings, key, value)
  }

  private mutating func refuse(_ problem: String, _ remedy: String) {
    publish(.refused(RunError(.usage, problem, remedy: remedy)))
  }

  private mutating func finish(_ outcome: RunOutcome) -> Directive {
    if options.takesFinalSnapshot, !hasFinalSnapshot {
      hasFinalSnapshot = true
      return .snapshot
    }
    guard tellsOfTheRun else { return .finish }
    for seat in seats where !options.silentArms.contains(seat.arm) {
      guard var record = reports[seat.index].record else { continue }
      record.close(divergedAt: reports[seat.index].divergedAt)
      publish(.armFinished(arm: seat.arm, record))
    }
    journal(JournalEntry(.end, step: state.step, text: outcome.rawValue))
    publish(.finished(outcome))
    return .finish
  }

  private mutating func tell(_ transition: RunState.Transition?) {
    switch transition {
    case .paused:
      actions.append(.stopClock)
      journal(JournalEntry(.pause, step: state.step))
    case .resumed:
      actions.append(.startClock)
      journal(JournalEntry(.resume, step: state.step))
    case .ended, nil: actions.append(.startClock)
    }
  }

  private mutating func journal(_ entry: JournalEntry) {
    course.note(entry)
    guard tellsOfTheRun || (entry.kind == .diverged && !options.isSilent) else { return }
    publish(.journaled(entry))
  }

  private mutating func publish(_ event: RunEvent) { actions.append(.publish(event)) }
}

extension CheckpointSet {
  /// Where a seat's checkpoint stands in the set; nil when it has none.
  package func place(of seat: Seat) -> Int? {
    arms.firstIndex { $0.arm == seat.arm && $0.seed == seat.seed }
  }
}

extension EvaluationRecord {
  /// Turns the last evaluation of an arm into its closing line.
  mutating func close(divergedAt: Int?) {
    final = true
    guard let divergedAt else { return }
    diverged = divergedAt
    trainLoss = nil
    validationLoss = nil
  }
}
