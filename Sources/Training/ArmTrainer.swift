import EventStream
import Optimizers
import RunModel
import TensorKernels
import Workloads

/// Trains one arm of one seed; made, used and dropped by a single thread.
///
/// A steady step allocates nothing: buffers, moments and rows exist from the start.
package final class ArmTrainer {
  package let seat: Seat
  package let arm: RunArm
  let layout: TensorLayout
  let tokensPerStep: Int
  let parameters: TensorArena
  let workload: any Workload
  var optimizer: any ArmStepping
  /// How the arm is set now.
  private(set) var settings: ArmSpecification
  package internal(set) var progress: ArmProgress
  private(set) var course: RunCourse
  private let gradients: TensorArena
  private let channels: RunChannels
  private let options: RunOptions
  private let isSilent: Bool
  private var blockRows: [BlockRow]
  private let clock: RunClock
  private let plane: EigenPlane?

  /// Steps between measurements of ‖θ‖, which cost a pass over the parameters.
  package static let weightMeasuringInterval = 10

  /// Builds everything and writes the weights of step 0; throws what the optimizer's factory throws.
  ///
  /// - Parameter step: the boundary to go on from: the arm is set as in force there.
  package init(
    seat: Seat, course: RunCourse, from step: Int = 0, source: any WorkloadSource, threads: Int,
    channels: RunChannels, clock: RunClock, options: RunOptions
  ) throws(RunError) {
    guard let arm = course.roster[id: seat.arm] else {
      preconditionFailure("a seat of an arm that is not in the run")
    }
    self.seat = seat
    self.arm = arm
    self.course = course
    self.clock = clock
    self.channels = channels
    self.options = options
    isSilent = options.isSilent || options.silentArms.contains(seat.arm) || !channels.wantsRows
    settings = course.settings(of: arm, at: step)
    workload = source.makeWorkload(threads: threads)
    layout = workload.layout
    tokensPerStep = source.tokensPerStep
    plane = source.shownPlane
    parameters = TensorArena(count: layout.count)
    gradients = TensorArena(count: layout.count)
    optimizer = try options.makeOptimizer(settings, layout, course.configuration.observes ?? true)
    progress = ArmProgress()
    blockRows = layout.entries.map { _ in BlockRow() }
    var weights = parameters.elements.mutableSpan
    workload.initialize(&weights, seed: seat.seed)
  }

  package var isDiverged: Bool { progress.divergedAt != nil }

  // MARK: A step

  /// Makes update number `step`; a loss or gradient that is not finite ends the arm instead.
  ///
  /// - Parameters:
  ///   - matchedFactor: for a matched control, the factor on the maskable blocks' rate.
  ///   - lookedAt: a block whose step is shown, beside training and without a trace in it.
  package func train(step: Int, matchedFactor: Double = 1, lookingAt lookedAt: Int? = nil) {
    var start = threadCPUSeconds()
    defer { progress.cpuSeconds += threadCPUSeconds() - start }
    let loss = computeGradients(step: step)
    let norm = clip()
    guard loss.isFinite, norm.isFinite else {
      progress.divergedAt = step
      return
    }
    let context = context(of: step, in: course, matchedFactor: matchedFactor)
    var look: BlockLooking?
    if let lookedAt { look = looking(at: lookedAt, &start) }
    move(context)
    if let look { tell(look, step: step, &start) }
    progress.step = step
    progress.matchedFactor = matchedFactor
    progress.wallSeconds = clock.seconds
    let rate = optimizer.learningRate * context.scheduleFactor
    let summary = StepSummary(optimizer.outcomes, of: layout, isMasking: isMasking)
    progress.add(summary, loss: loss, effectiveRate: rate * effectiveFactor)
    guard !isSilent, step > options.silentThrough else { return }
    var row = StepRow(arm: seat.arm, seed: seat.seed, step: step)
    (row.trainLoss, row.gradientNorm) = (loss, norm)
    (row.learningRate, row.stepFactor) = (rate, effectiveFactor)
    (row.alignment, row.scale) = (summary.meanAlignment ?? .nan, summary.meanScale ?? .nan)
    (row.maskableCount, row.droppedSum) = (summary.maskableCount, summary.droppedSum)
    row.cpuSeconds = progress.cpuSeconds + threadCPUSeconds() - start
    row.wallSeconds = progress.wallSeconds
    post(row)
  }

  func context(of step: Int, in course: RunCourse, matchedFactor: Double) -> StepContext {
    StepContext(
      step: step, scheduleFactor: course.scheduleFactor(step: step), seed: seat.seed,
      matchedFactor: matchedFactor, totalSteps: course.steps(at: step))
  }

  private func computeGradients(step: Int) -> Double {
    var slopes = gradients.elements.mutableSpan
    return workload.lossAndGradient(
      parameters: parameters.elements.span, gradients: &slopes,
      batch: BatchKey(seed: seat.seed, step: step))
  }

  private func clip() -> Double {
    var slopes = gradients.elements.mutableSpan
    return clipByGlobalNorm(&slopes, limit: course.configuration.clip)
  }

  private func move(_ context: StepContext) {
    var weights = parameters.elements.mutableSpan
    optimizer.step(
      parameters: &weights, gradients: gradients.elements.span, context: context)
  }

  /// Whether the arm masks or damps blocks; a base and a matched control do not.
  private var isMasking: Bool { settings.wrapper != nil && !settings.isMatched }

  /// What the learning rate of the masked blocks was multiplied by in the latest step.
  private var effectiveFactor: Double {
    if settings.isMatched, progress.step > 0 { return progress.matchedFactor }
    return settings.wrapper == nil ? 1 : optimizer.stepFactor
  }

  // MARK: What is told of it

  private func post(_ row: StepRow) {
    var row = row
    if let plane {
      let place = plane.coordinates(of: parameters.elements.span)
      (row.planeX, row.planeY) = (Float(place.x), Float(place.y))
    }
    let measuresWeights = (row.step - 1).isMultiple(of: Self.weightMeasuringInterval)
    for (i, outcome) in optimizer.outcomes.enumerated() {
      blockRows[i].take(outcome)
      blockRows[i].weightNorm = measuresWeights ? norm(of: layout.entries[i].range) : .nan
    }
    channels.post(row, blocks: blockRows)
  }

  /// Looking is no part of what the arm costs: `start` moves by what it took.
  private func looking(at block: Int, _ start: inout Double) -> BlockLooking {
    let begun = threadCPUSeconds()
    defer { start += threadCPUSeconds() - begun }
    return BlockLooking(block: block, of: layout, weights: parameters.elements.span)
  }

  private func tell(_ looking: BlockLooking, step: Int, _ start: inout Double) {
    let begun = threadCPUSeconds()
    defer { start += threadCPUSeconds() - begun }
    channels.looks?.post(
      looking.look(
        arm: seat.arm, step: step, weights: parameters.elements.span,
        gradients: gradients.elements.span, momentum: optimizer.momentum(of: looking.block)))
  }

  /// ‖θ‖ of one block.
  private func norm(of range: Range<Int>) -> Float {
    let weights = parameters.elements.span
    var sum = 0.0
    for i in range { sum += Double(weights[i]) * Double(weights[i]) }
    return Float(sum.squareRoot())
  }

  /// The held-out loss and the means since the previous evaluation, as a line of `metrics.jsonl`.
  ///
  /// A held-out loss or a parameter that is not finite ends the arm at this step. An arm that has
  /// ended earlier still gets its line, without losses.
  package func evaluate(step: Int, wallSeconds: Double) -> EvaluationRecord {
    let start = threadCPUSeconds()
    let loss = isDiverged ? .nan : workload.evaluate(parameters: parameters.elements.span)
    if !isDiverged, !loss.isFinite || !areParametersFinite { progress.divergedAt = progress.step }
    progress.cpuSeconds += threadCPUSeconds() - start
    progress.wallSeconds = wallSeconds
    let isSound = !isDiverged
    let base = isSound ? workload.evaluateBase(parameters: parameters.elements.span) : nil
    let record = record(step: step, validationLoss: isSound ? loss : nil, baseLoss: base)
    progress.startInterval()
    return record
  }

  private func record(
    step: Int, validationLoss: Double?, baseLoss: Double?
  ) -> EvaluationRecord {
    // The rate of the latest step; at the start, of the step to come.
    let rate = optimizer.learningRate * course.scheduleFactor(step: max(1, progress.step))
    return EvaluationRecord(
      lane: arm.lane.letter, arm: name, seed: seat.seed, step: step,
      tokens: progress.step * tokensPerStep,
      trainLoss: isDiverged ? nil : mean(progress.lossSum, progress.lossCount),
      validationLoss: validationLoss, baseLoss: baseLoss, learningRate: rate,
      effectiveLearningRate: finite(effectiveRate(now: rate)),
      maskRate: mean(progress.droppedSum, progress.maskableCount) ?? (isMasking ? nil : 0),
      alignment: mean(progress.alignmentSum, progress.alignmentCount),
      scale: mean(progress.scaleSum, progress.scaleCount) ?? (isMasking ? nil : 1),
      cpuSeconds: progress.cpuSeconds, wallSeconds: progress.wallSeconds,
      diverged: progress.divergedAt)
  }

  /// The mean over the steps since the previous evaluation; before any, what a step would take.
  private func effectiveRate(now rate: Double) -> Double {
    let current = rate * effectiveFactor
    guard let mean = progress.effectiveRateSum.flatMap({ mean($0, progress.lossCount) }) else {
      return current
    }
    // A rate that did not change is its own mean, whatever adding it up left in the last digits.
    return abs(mean - current) <= current * Double(progress.lossCount).ulp ? current : mean
  }

  /// The specification as written, or as it is in force once it was changed.
  private var name: String {
    guard settings != arm.specification else { return arm.lane.name }
    return settings.text + arm.lane.name.dropFirst(arm.specification.text.count)
  }

  private var areParametersFinite: Bool {
    let weights = parameters.elements.span
    var poison: Float = 0
    for i in weights.indices { poison += weights[i] * 0 }
    return poison == 0
  }

  // MARK: The journal

  /// Does what an entry of the journal says of this arm, before the step it takes effect in.
  package func take(_ entry: JournalEntry) throws(RunError) {
    course.note(entry)
    if let change = entry.change, change.concerns(seat.arm), settings.values[change.key] != nil {
      try optimizer.set(change.key, to: change.newValue)
      settings = settings.setting(change.key, to: change.newValue)
    }
    if entry.kind == .replace, entry.arm == seat.arm, let wanted = entry.settings {
      let old = optimizer.snapshot()
      optimizer = try options.makeOptimizer(wanted, layout, course.configuration.observes ?? true)
      try optimizer.restore(optimizer.snapshot().carryingOver(old))
      settings = wanted
    }
  }

  // MARK: Checkpoints

  /// Everything the arm is, by value.
  package func snapshot() -> ArmCheckpoint {
    let weights = parameters.elements
    return ArmCheckpoint(
      arm: seat.arm, seed: seat.seed,
      parameters: layout.entries.map { entry in
        TensorSnapshot(name: entry.name, shape: entry.shape, values: Array(weights[entry.range]))
      },
      optimizer: optimizer.snapshot(), progress: progress)
  }

  /// Goes on from `checkpoint` bit for bit; throws `RunError` when it is of another model or arm.
  package func restore(_ checkpoint: ArmCheckpoint) throws(RunError) {
    let weights = parameters.elements
    try check(checkpoint.parameters)
    for (entry, tensor) in zip(layout.entries, checkpoint.parameters) {
      _ = weights[entry.range].update(fromContentsOf: tensor.values)
    }
    try optimizer.restore(checkpoint.optimizer)
    progress = checkpoint.progress
  }

  private func check(_ tensors: [TensorSnapshot]) throws(RunError) {
    guard tensors.count == layout.entries.count else {
      throw mismatch("it has \(tensors.count) tensors, the model \(layout.entries.count)")
    }
    for (entry, tensor) in zip(layout.entries, tensors) {
      guard tensor.name == entry.name, tensor.shape == entry.shape,
        tensor.values.count == entry.range.count
      else { throw mismatch("it has '\(tensor.name)' \(tensor.shape), not \(entry.shape)") }
    }
  }

  private func mismatch(_ what: String) -> RunError {
    RunError(
      .input, "the checkpoint does not fit arm '\(arm.lane.name)': \(what)",
      remedy: "resume with the configuration the run was started with")
  }
}

extension BlockRow {
  /// What the optimizer tells of a block's latest step.
  mutating func take(_ outcome: BlockOutcome) {
    isMasked = outcome.isMasked
    keptShare = outcome.keptShare
    keep = outcome.keep
    alignment = outcome.alignment
    gradientNorm = outcome.gradientNorm
    momentumNorm = outcome.momentumNorm
    score = outcome.score
    scale = outcome.scale
    updateNorm = outcome.updateNorm
  }
}

extension OptimizerSnapshot {
  /// This state with every buffer taken from `old` that is there under the same name and size:
  /// moments that mean the same to both optimizers; the others stay fresh.
  package func carryingOver(_ old: OptimizerSnapshot) -> OptimizerSnapshot {
    var copy = self
    for (index, tensor) in tensors.enumerated() where tensor.name != "step_factor" {
      let same = old.tensors.first {
        $0.name == tensor.name && $0.values.count == tensor.values.count
      }
      if let same { copy.tensors[index] = same }
    }
    return copy
  }
}

/// `value`, or nil when JSON has no way to write it.
private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
