import EventStream
import RunModel
import RunStore
import Training
import Workloads

/// A kept run as any part of it can be computed again: on its text, along its journal, from its
/// checkpoints.
///
/// Nothing in the directory is changed by that, so that the run may train on meanwhile.
struct RepeatableRun {
  let directory: RunDirectory
  let configuration: RunConfiguration
  let replay: Replay

  /// - Parameter yields: whether computing steps aside for an interface when both want a core.
  /// - Throws: `RunError` (.input) where the text it trained on cannot be had again.
  init(_ directory: RunDirectory, yields: Bool = false) throws(RunError) {
    self.directory = directory
    configuration = try StoredRun.repeatable(directory)
    replay = Replay(
      configuration: configuration, journal: try directory.readJournal(),
      source: try WorkloadRegistry.source(for: configuration),
      options: RunOptions(probeRunner: RegisteredProbes(), yieldsToInterface: yields))
  }

  /// All arms at the boundary after `step`: a kept checkpoint, or computed again from the nearest.
  ///
  /// - Returns: nil when given up.
  func boundary(
    after step: Int, _ watch: ReplayWatch = .patient
  ) throws(RunError) -> CheckpointSet? {
    let nearest = try nearest(to: step)
    return try replay.boundary(after: step, from: nearest, while: watch.from(nearest?.step ?? 0))
  }

  /// What a measurement along its stretch would have told while the run trained; nil when given up.
  ///
  /// - Throws: `RunError` (.input) where it would not be the same to the bit.
  func readings(
    _ cadence: ProbeCadence, _ watch: ReplayWatch = .patient
  ) throws(RunError) -> [ProbeReading]? {
    guard let stretch = cadence.stretch else { return [] }
    try checkWhatIsHere()
    let nearest = try nearest(to: stretch.lowerBound)
    return try replay.readings(cadence, from: nearest, while: watch.from(nearest?.step ?? 0))
  }

  /// A block in a step as it would have been seen while the run trained; nil when given up.
  ///
  /// - Throws: `RunError` (.input) where it would not be the same to the bit.
  func looks(
    at wish: BlockWish, in step: Int, _ watch: ReplayWatch = .patient
  ) throws(RunError) -> [BlockLook]? {
    try checkWhatIsHere()
    let nearest = try nearest(to: step - 1)
    return try replay.looks(
      at: wish, in: step, from: nearest, while: watch.from(nearest?.step ?? 0))
  }

  /// The same bits, and room for the first seed beside whatever trains.
  private func checkWhatIsHere() throws(RunError) {
    try checkSameBits()
    var alone = configuration
    alone.seeds = 1
    try MemoryCheck.check(alone, source: replay.source)
  }

  private func nearest(to step: Int) throws(RunError) -> CheckpointSet? {
    try directory.readCheckpoint(atOrBefore: step, of: configuration)
  }

  /// By which kernels its steps would come out otherwise here; nil: they are the same, or there is
  /// no checkpoint yet that says.
  func otherKernels() throws(RunError) -> String? {
    let here = RunStamp.current(configuration).kernelLevel
    guard let there = try directory.readStamp(of: configuration)?.kernelLevel, there != here else {
      return nil
    }
    return "was trained with kernels \(there), this machine computes with \(here)"
  }

  /// Refuses a run whose steps would come out otherwise here, because nobody would see that they did.
  private func checkSameBits() throws(RunError) {
    if let kernels = try otherKernels() {
      throw RunError(
        .input, kernels, place: directory.path,
        remedy: "compute it where it was trained, or with MAGMASCOPE_KERNELS set to that level")
    }
    guard let version = try directory.readStamp(of: configuration)?.version,
      version != Magmascope.version
    else { return }
    throw RunError(
      .input, "was trained by magmascope \(version), this is \(Magmascope.version)",
      place: directory.path, remedy: "compute it with the version that trained it")
  }
}

/// Hears how far a computation of the past has come, and knows whether it is still wanted.
struct ReplayWatch: Sendable {
  /// The step to come to, unless the computation names another.
  let target: Int
  /// False once the user has given up.
  let wish: Locked<Bool>
  /// Told of the step that is reached, the step that is wanted, and the seconds that are left.
  let progress: @Sendable (Int, Int, Double?) -> Void

  /// Whoever waits as long as it takes.
  static let patient = ReplayWatch(target: 0, wish: Locked(true)) { _, _, _ in }

  var isWanted: Bool { wish.withLock(\.self) }

  /// What a computation that begins at step `first` asks now and then.
  func from(_ first: Int, to goal: Int? = nil) -> (Int) -> Bool {
    let target = goal ?? target
    let begun = ContinuousClock.now
    return { step in
      let seconds = begun.duration(to: .now) / .seconds(1)
      let rate = Double(step - first) / max(seconds, 1e-3)
      progress(step, target, rate > 0 ? Double(target - step) / rate : nil)
      return isWanted
    }
  }
}
