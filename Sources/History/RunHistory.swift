import Metrics
import RunModel

/// How much memory a history may take.
package struct HistoryBudget: Sendable, Hashable {
  /// Bytes for the newest rows as they came.
  package var rows: Int
  /// Bytes for folds of earlier steps.
  package var keyframes: Int

  package init(rows: Int = 24 << 20, keyframes: Int = 64 << 20) {
    (self.rows, self.keyframes) = (rows, keyframes)
  }
}

/// All that is known of a run, and how it stood at any step.
///
/// Fed by the same rows and events whether they come from training or from files. A past moment is
/// the nearest keyframe with the rows after it folded in: from memory where they are there, else from
/// the archive. Its cost is bounded by the spacing of the keyframes, not by the length of the run.
package final class RunHistory {
  package let configuration: RunConfiguration
  /// Where rows are found that are no longer in memory.
  package var archive: (any RowArchive)?
  package private(set) var summary: RunSummary?
  package private(set) var phase = RunPhase.starting
  /// Rows that were lost on their way here; 0 unless nobody listened for long.
  package private(set) var lostRowCount = 0
  private var log = EventLog()
  private var newest: RunFold
  private var ring: RowRing
  private var keyframes: Keyframes
  /// Folds within the stretch of the ring, so that all of it can be shown without an archive.
  private var anchors: [Keyframes.Frame] = []
  private var past = PastFolds()
  /// Moments as last handed out; gone with the next thing that changes them.
  private var newestMoment: RunMoment?
  private var pastMoment: RunMoment?
  private var rowsOfStep: (step: Int, rows: [StepRow])?

  package init(
    _ configuration: RunConfiguration, budget: HistoryBudget = HistoryBudget(),
    archive: (any RowArchive)? = nil
  ) {
    self.configuration = configuration
    self.archive = archive
    newest = RunFold(firstSeed: configuration.seed)
    ring = RowRing(budget: budget.rows)
    keyframes = Keyframes(budget: budget.keyframes)
  }

  /// The newest step that any arm has completed.
  package var newestStep: Int { max(newest.reach, log.newestEvaluation) }

  // MARK: What comes

  package func append(_ events: some Sequence<RunEvent>) {
    for event in events { take(event) }
    (newestMoment, pastMoment) = (nil, nil)
  }

  package func append(_ rows: RunRows) {
    newestMoment = nil
    lostRowCount += rows.droppedCount
    if phase == .starting, !rows.isEmpty { phase = .training }
    for place in rows.steps.indices {
      let (row, blocks) = (rows.steps[place], rows.blocks(ofRow: place))
      forgetFoldsWithout(row)
      if newest.take(row, blocks) { ring.append(row, blocks) }
      keepFoldIfDue()
    }
  }

  /// An arm that joined late fills in steps that folds were made of without it.
  private func forgetFoldsWithout(_ row: StepRow) {
    let newestFold = max(keyframes.newestStep, past.newestStep, anchors.last?.step ?? 0)
    guard row.step <= newestFold else { return }
    keyframes.removeAll(from: row.step)
    anchors.removeAll { $0.step >= row.step }
    past.removeAll(from: row.step)
    if let step = pastMoment?.step, step >= row.step { pastMoment = nil }
  }

  private func keepFoldIfDue() {
    let step = newest.reach
    let anchorStep = (anchors.last?.step ?? 0) + max(64, (step - ring.firstCompleteStep) / 2)
    guard step >= min(keyframes.nextStep, anchorStep), newest.isLevel(hasEnded) else { return }
    if step >= keyframes.nextStep { keyframes.append(newest, at: step) }
    guard step >= anchorStep else { return }
    anchors.removeAll { $0.step + 1 < ring.firstCompleteStep }
    anchors.append(Keyframes.Frame(step: step, fold: newest))
  }

  private func hasEnded(_ track: ArmTrack) -> Bool {
    log.journal.contains { entry in
      (entry.kind == .diverged && entry.arm == track.arm && entry.seed ?? track.seed == track.seed)
        || (entry.kind == .leave && entry.arm == track.arm)
    }
  }

  private func take(_ event: RunEvent) {
    switch event {
    case .started(let summary):
      self.summary = summary
      if phase == .starting { phase = .training }
    case .evaluated(let arm, let record), .armFinished(let arm, let record):
      log.enter(record, of: arm)
    case .journaled(let entry):
      log.enter(entry)
      if entry.kind == .pause, !phase.isOver { phase = .paused }
      if entry.kind == .resume, !phase.isOver { phase = .training }
    case .probed(let reading): log.enter(reading)
    case .finished(let outcome): phase = .finished(outcome)
    case .failed(let error): phase = .failed(error.description)
    case .refused: break
    }
  }

  /// Says how a run stands that no event has told it of, such as one opened from its files.
  package func set(_ phase: RunPhase) {
    self.phase = phase
    newestMoment = nil
  }

  /// Folds in the rows that have come to lie in the archive since the last call.
  package func readArchive() {
    guard let archive, archive.newestStep > newest.reach else { return }
    newestMoment = nil
    if phase == .starting { phase = .training }
    for start in stride(from: newest.reach + 1, through: archive.newestStep, by: Self.slice) {
      let end = min(start + Self.slice - 1, archive.newestStep)
      newest.take(archive.rows(in: start...end))
      keepFoldIfDue()
    }
    ring.skip(to: newest.reach)
  }

  // MARK: How it stood

  /// The run at a step; nil, the newest step or beyond: as it stands now.
  package func moment(at step: Int? = nil) -> RunMoment {
    guard let step, step < newestStep else {
      let moment = newestMoment ?? dressed(newest, at: newestStep, phase, gap: nil)
      newestMoment = moment
      return moment
    }
    if let known = pastMoment, known.step == max(0, step) { return known }
    let moment = past(at: max(0, step))
    pastMoment = moment
    return moment
  }

  private func past(at step: Int) -> RunMoment {
    if let fold = fold(at: step) { return dressed(fold, at: step, .paused, gap: nil) }
    let empty = RunFold(firstSeed: configuration.seed)
    let gap =
      newest.reach == 0 ? RunMoment.Gap.notRecorded : .noHistoryBefore(firstStepWithRows)
    return dressed(empty, at: step, .paused, gap: gap)
  }

  /// The rows of all arms and seeds of one step; empty where they are gone.
  package func rows(at step: Int) -> [StepRow] {
    if let known = rowsOfStep, known.step == step { return known.rows }
    var rows: [StepRow] = []
    if step > 0 { forEachRow(in: step...step) { row, _ in rows.append(row) } }
    rowsOfStep = (step, rows)
    return rows
  }

  /// The first step from which on moments have their rows.
  private var firstStepWithRows: Int {
    (keyframes.frames + anchors).map(\.step).filter { $0 + 1 >= ring.firstCompleteStep }.min()
      ?? newest.reach
  }

  private static let slice = 512

  /// The fold of all rows up to `step`; nil where they are not all to be had.
  private func fold(at step: Int) -> RunFold? {
    let start = Keyframes.Frame(step: 0, fold: RunFold(firstSeed: configuration.seed))
    let anchor = anchors.last { $0.step <= step }
    let bases = [start, keyframes.nearest(to: step), anchor, past.nearest(to: step)]
      .compactMap(\.self)
    guard let base = bases.max(by: { $0.step < $1.step }), hasRows(after: base.step, upTo: step)
    else { return nil }
    var fold = base.fold
    let spacing = min(Self.slice, max(1, (step - base.step) / PastFolds.countOnTheWay))
    for from in stride(from: base.step + 1, through: step, by: spacing) {
      let end = min(from + spacing - 1, step)
      forEachRow(in: from...end) { fold.take($0, $1) }
      past.keep(fold, at: end, towards: step)
    }
    return fold.reach == step || step == 0 ? fold : nil
  }

  private func hasRows(after base: Int, upTo step: Int) -> Bool {
    base + 1 >= ring.firstCompleteStep || base == step
      || (archive?.newestStep ?? 0) >= min(step, ring.firstCompleteStep - 1)
  }

  private func forEachRow(
    in steps: ClosedRange<Int>, _ body: (StepRow, ArraySlice<BlockRow>) -> Void
  ) {
    let split = ring.firstCompleteStep
    if steps.lowerBound < split, let archive {
      let rows = archive.rows(in: steps.lowerBound...min(steps.upperBound, split - 1))
      for place in rows.steps.indices { body(rows.steps[place], rows.blocks(ofRow: place)) }
    }
    guard steps.upperBound >= split else { return }
    ring.forEach(in: max(split, steps.lowerBound)...steps.upperBound, body)
  }

  // MARK: From folds to moments

  private func dressed(
    _ fold: RunFold, at step: Int, _ phase: RunPhase, gap: RunMoment.Gap?
  ) -> RunMoment {
    let journal = log.journal(upTo: step)
    let course = RunCourse(configuration, journal: journal)
    // An arm that joined late has steps of its own from 0 on.
    let roster = RunCourse(configuration, journal: log.journal).roster
    let arms = roster.enumerated().map { place, arm in
      let told = summary?.arms.first { $0.id == arm.id }
      let rows = fold.track(arm.id, configuration.seed)?.blocks.map(\.row.isMasked)
      return ArmMoment(
        arm: arm, place: place, specification: course.settings(of: arm, at: step),
        stateBytes: told?.stateBytes, isMasked: rows ?? told?.isMasked ?? [],
        seeds: configuration.seedValues.map { seed(arm.id, $0, fold, at: step) })
    }
    return RunMoment(
      configuration: configuration, summary: summary, step: step, newestStep: newestStep,
      budget: course.steps(at: step + 1), phase: phase, arms: arms, journal: journal,
      probes: log.probes(upTo: step), gap: gap)
  }

  private func seed(_ arm: ArmID, _ seed: UInt64, _ fold: RunFold, at step: Int) -> SeedMoment {
    let diverged = log.divergedStep(of: arm, seed)
    return SeedMoment(
      seed: seed, track: fold.track(arm, seed),
      evaluations: log.evaluations(of: arm, seed, upTo: step),
      closing: step >= newestStep ? log.closing(of: arm, seed) : nil,
      divergedStep: diverged.flatMap { $0 <= step ? $0 : nil })
  }
}

extension RunFold {
  mutating func take(_ rows: RunRows) {
    for place in rows.steps.indices { take(rows.steps[place], rows.blocks(ofRow: place)) }
  }
}

/// The folds around the step that was last looked at, so that the steps beside it are near.
struct PastFolds {
  private var frames: [Keyframes.Frame] = []

  /// Folds kept on the way from a keyframe to the step asked for, and in all.
  static let countOnTheWay = 8
  private static let limit = 24

  var newestStep: Int { frames.last?.step ?? 0 }

  func nearest(to step: Int) -> Keyframes.Frame? { frames.last { $0.step <= step } }

  /// Keeps a fold made on the way to `target`.
  ///
  /// What lies beyond the target makes room first, then what is missed least: the distances to the
  /// target are kept in about equal ratios, so that going back is as cheap near as far.
  mutating func keep(_ fold: RunFold, at step: Int, towards target: Int) {
    let place = frames.firstIndex { $0.step >= step } ?? frames.count
    if frames.indices.contains(place), frames[place].step == step { return }
    frames.insert(Keyframes.Frame(step: step, fold: fold), at: place)
    guard frames.count > Self.limit else { return }
    if newestStep > target {
      frames.removeLast()
      return
    }
    let distances = frames.map { Double(target - $0.step + 1) }
    let ratios = (1..<frames.count - 1).map { distances[$0 - 1] / distances[$0 + 1] }
    let leastMissed = ratios.indices.min { ratios[$0] < ratios[$1] }
    if let leastMissed { frames.remove(at: leastMissed + 1) }
  }

  mutating func removeAll(from step: Int) { frames.removeAll { $0.step >= step } }
}
