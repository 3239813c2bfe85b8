import Dispatch
import EventStream
import RunModel
import Workloads

/// Computes parts of a run again: from a checkpoint before them, or from the start.
///
/// Everything in training is a function of configuration, journal and seeds, so what comes out is
/// the run as it was there, bit for bit (times apart), on the kernels it was trained with.
package struct Replay: Sendable {
  package var configuration: RunConfiguration
  /// The journal of the line that is followed; entries after the wanted step do not matter.
  package var journal: [JournalEntry]
  package var source: any WorkloadSource
  /// How arms are made and observed; what is told and where it ends is the replay's own business.
  package var options: RunOptions

  package init(
    configuration: RunConfiguration, journal: [JournalEntry], source: any WorkloadSource,
    options: RunOptions = RunOptions()
  ) {
    self.configuration = configuration
    self.journal = journal
    self.source = source
    self.options = options
  }

  /// All seats at the boundary after `step`, computed in silence; arms that joined later are not there yet.
  ///
  /// - Parameters:
  ///   - checkpoint: a boundary of the same line at or before `step`; nil: the start.
  ///   - isWanted: asked now and then with the step reached; false gives up.
  /// - Returns: nil when given up.
  /// - Throws: what the run failed of.
  package func boundary(
    after step: Int, from checkpoint: CheckpointSet?,
    while isWanted: (_ step: Int) -> Bool = { _ in true }
  ) throws(RunError) -> CheckpointSet? {
    if let checkpoint, checkpoint.step == step { return checkpoint }
    var (then, options) = (self, options)
    then.journal.removeAll { $0.step > step }
    options.isSilent = true
    return try then.run(
      nil, to: step, from: checkpoint, options: options, channels: RunChannels(), while: isWanted)
  }

  /// What a measurement along its stretch would have told while the run trained, to the bit, the time
  /// it takes apart; computed in silence.
  ///
  /// Of the first seed, as while training, and of arms that joined later too.
  ///
  /// - Parameter checkpoint: a boundary of the same line at or before the stretch; nil: the start.
  /// - Returns: the readings by step, the arms in their order; nil when given up.
  package func readings(
    _ cadence: ProbeCadence, from checkpoint: CheckpointSet?,
    while isWanted: (_ step: Int) -> Bool = { _ in true }
  ) throws(RunError) -> [ProbeReading]? {
    guard let stretch = cadence.stretch else {
      preconditionFailure("the past has an end: a measurement of it needs a stretch")
    }
    let channels = RunChannels()
    let alone = ofFirstSeed
    var options = options
    options.isSilent = true
    options.probes = [cadence]
    let everybody = RunCourse(configuration, journal: journal).arms(at: .max)
    let last = try alone.run(
      nil, to: stretch.upperBound, from: alone.complete(checkpoint, everybody), options: options,
      channels: channels, while: isWanted)
    guard last != nil else { return nil }
    var events: [RunEvent] = []
    channels.events.drain(into: &events)
    return events.compactMap { if case .probed(let reading) = $0 { reading } else { nil } }
  }

  /// A block in step `step` as it would have been seen while the run trained; computed in silence.
  ///
  /// - Parameter checkpoint: a boundary of the same line before the step; nil: the start.
  /// - Returns: the look; none of an arm that did not come so far; nil when given up.
  package func looks(
    at wish: BlockWish, in step: Int, from checkpoint: CheckpointSet?,
    while isWanted: (_ step: Int) -> Bool = { _ in true }
  ) throws(RunError) -> [BlockLook]? {
    let (alone, roster) = (ofFirstSeed, RunCourse(configuration, journal: journal).roster)
    guard let arm = roster[id: wish.arm] else { return [] }
    let arms = [arm] + [roster.followed(by: arm)].compactMap(\.self)
    var options = options
    options.isSilent = true
    let before = try alone.run(
      arms.map(\.id), to: step - 1, from: alone.complete(checkpoint, arms), options: options,
      channels: RunChannels(), while: isWanted)
    guard let before else { return nil }
    let looks = Mailbox<BlockLook>()
    let last = try alone.run(
      arms.map(\.id), to: step, from: before, asking: [.look(wish)], options: options,
      channels: RunChannels(looks: looks), while: isWanted)
    guard last != nil else { return nil }
    var found: [BlockLook] = []
    looks.drain(into: &found)
    return found
  }

  /// The same run with its first seed only, which is that seed among several.
  private var ofFirstSeed: Replay {
    var copy = self
    copy.configuration.seeds = 1
    return copy
  }

  /// The boundary, unless an arm is missing that joined after it: that arm is computed from the start,
  /// and the others with it.
  private func complete(_ checkpoint: CheckpointSet?, _ arms: [RunArm]) -> CheckpointSet? {
    let isComplete = arms.allSatisfy { arm in
      checkpoint?.arms.contains { $0.arm == arm.id && $0.seed == configuration.seed } ?? false
    }
    return isComplete ? checkpoint : nil
  }

  /// Trains arms that join a run from its start to `step`, where the others are, telling `channels`
  /// all they do, and adds them to the others' boundary.
  ///
  /// A step-matched control is caught up beside the arm it follows, of which nothing is told again.
  package func catchUp(
    _ joining: [RunArm], with others: CheckpointSet, channels: RunChannels,
    while isWanted: (_ step: Int) -> Bool = { _ in true }
  ) throws(RunError) -> CheckpointSet? {
    let course = RunCourse(configuration, journal: journal)
    let followed = joining.compactMap { course.roster.followed(by: $0) }
      .filter { one in !joining.contains { $0.id == one.id } }
    var options = options
    options.silentArms = Set(followed.map(\.id))
    let caught = try run(
      joining.map(\.id) + followed.map(\.id), to: others.step, from: nil, options: options,
      channels: channels, while: isWanted)
    return caught.map { others.adding($0, arms: joining, roster: course.roster) }
  }

  private func run(
    _ arms: [ArmID]?, to step: Int, from checkpoint: CheckpointSet?, asking: [RunCommand] = [],
    options: RunOptions, channels: RunChannels, while isWanted: (Int) -> Bool
  ) throws(RunError) -> CheckpointSet? {
    var (options, channels) = (options, channels)
    options.journal = journal.filter { $0.step <= step || $0.kind == .join }
    (options.endsAfter, options.takesFinalSnapshot) = (step, true)
    options.isReplay = true
    let arrivals = Mailbox<CheckpointSet>()
    let told = DispatchSemaphore(value: 0)
    channels.checkpoints = arrivals
    channels.wake = { [wake = channels.wake] in
      told.signal()
      wake()
    }
    let controller = RunController(
      configuration: configuration, arms: arms, source: source, channels: channels,
      resumeFrom: checkpoint, options: options)
    asking.forEach(controller.send)
    controller.start()
    while !controller.hasEnded {
      _ = told.wait(timeout: .now() + 0.02)
      guard isWanted(controller.state.step) else {
        controller.stop()
        // A measurement may take long, and nobody hears what a silent run still does.
        if !options.isSilent { controller.waitUntilFinished() }
        return nil
      }
    }
    controller.waitUntilFinished()
    if let failure = controller.failure { throw failure }
    var sets: [CheckpointSet] = []
    arrivals.drain(into: &sets)
    return sets.last
  }
}

extension CheckpointSet {
  /// The seats of both at the same boundary, seed by seed, the arms in the order of the roster.
  func adding(_ other: CheckpointSet, arms joining: [RunArm], roster: [RunArm]) -> CheckpointSet {
    let joined = Set(joining.map(\.id))
    let both =
      zip(arms, records).map { ($0, $1) }
      + zip(other.arms, other.records).filter { joined.contains($0.0.arm) }.map { ($0, $1) }
    let order = Dictionary(
      roster.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let sorted = both.sorted {
      ($0.0.seed, order[$0.0.arm] ?? .max) < ($1.0.seed, order[$1.0.arm] ?? .max)
    }
    return CheckpointSet(
      step: step, journal: journal, arms: sorted.map(\.0), records: sorted.map(\.1))
  }
}
