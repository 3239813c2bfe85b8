import EventStream
import Optimizers
import RunModel
import TensorKernels
import Workloads

/// Trains one arm of one seed; made, used and dropped by a single thread.
///
/// A steady step allocates nothing: buffers, moments and metric rows exist from the start.
package final class ArmTrainer {
  package let assignment: Assignment
  let configuration: RunConfiguration
  let lane: Lane
  let layout: TensorLayout
  let tokensPerStep: Int
  let parameters: TensorArena
  let workload: any Workload
  var optimizer: any ArmStepping
  package internal(set) var progress: ArmProgress
  private let gradients: TensorArena
  private let steps: Mailbox<StepMetrics>?
  private let blocks: Mailbox<BlockMetrics>?
  private var blockRows: [BlockMetrics]
  private let clock: RunClock
  private let plane: EigenPlane?

  /// Steps between measurements of ‖Δθ‖, which cost a pass over the parameters.
  package static let updateMeasuringInterval = 10

  /// Builds everything and writes the weights of step 0; throws what the optimizer's factory throws.
  package init(
    assignment: Assignment, configuration: RunConfiguration, source: any WorkloadSource,
    threads: Int, channels: RunChannels, clock: RunClock, makeOptimizer: OptimizerFactory
  ) throws(RunError) {
    self.assignment = assignment
    self.configuration = configuration
    self.clock = clock
    lane = configuration.lanes[assignment.arm]
    workload = source.makeWorkload(threads: threads)
    layout = workload.layout
    tokensPerStep = source.tokensPerStep
    plane = source.shownPlane
    parameters = TensorArena(count: layout.count)
    gradients = TensorArena(count: layout.count)
    optimizer = try makeOptimizer(
      configuration.arms[assignment.arm], layout, assignment.seed)
    steps = channels.steps
    blocks = channels.blocks
    progress = ArmProgress()
    progress.distances = [Float](repeating: 0, count: layout.entries.count)
    blockRows = layout.entries.indices.map {
      BlockMetrics(arm: assignment.arm, seed: assignment.seedIndex, step: 0, block: $0)
    }
    var weights = parameters.elements.mutableSpan
    workload.initialize(&weights, seed: assignment.seed)
  }

  package var isDiverged: Bool { progress.divergedAt != nil }

  /// Makes update number `step`; a loss or gradient that is not finite ends the arm instead.
  ///
  /// - Parameter matchedFactor: for a matched control, the factor on the maskable blocks' rate.
  package func train(step: Int, matchedFactor: Double = 1) {
    let start = threadCPUSeconds()
    defer { progress.cpuSeconds += threadCPUSeconds() - start }
    let loss = computeGradients(step: step)
    let norm = clip()
    guard loss.isFinite, norm.isFinite else {
      progress.divergedAt = step
      return
    }
    let context = context(of: step, matchedFactor: matchedFactor)
    move(context)
    progress.step = step
    progress.matchedFactor = matchedFactor
    progress.lossSum += loss
    progress.lossCount += 1
    let summary = account(optimizer.outcomes)
    progress.wallSeconds = clock.seconds
    post(
      summary, loss: loss, norm: norm, schedule: context.scheduleFactor,
      cpuSeconds: progress.cpuSeconds + threadCPUSeconds() - start)
  }

  func context(of step: Int, matchedFactor: Double) -> StepContext {
    StepContext(
      step: step,
      scheduleFactor: configuration.schedule.factor(step: step, of: configuration.steps),
      seed: assignment.seed, matchedFactor: matchedFactor,
      measuresUpdates: blocks != nil && measures(step), totalSteps: configuration.steps)
  }

  private func computeGradients(step: Int) -> Double {
    var slopes = gradients.elements.mutableSpan
    return workload.lossAndGradient(
      parameters: parameters.elements.span, gradients: &slopes,
      batch: BatchKey(seed: assignment.seed, step: step))
  }

  private func clip() -> Double {
    var slopes = gradients.elements.mutableSpan
    return clipByGlobalNorm(&slopes, limit: configuration.clip)
  }

  private func move(_ context: StepContext) {
    var weights = parameters.elements.mutableSpan
    optimizer.step(
      parameters: &weights, gradients: gradients.elements.span, context: context)
  }

  private func measures(_ step: Int) -> Bool {
    (step - 1).isMultiple(of: Self.updateMeasuringInterval)
  }

  /// Adds the step's outcomes to the running sums.
  private func account(_ outcomes: [BlockOutcome]) -> StepSummary {
    var summary = StepSummary()
    for outcome in outcomes where outcome.isMasked { summary.add(outcome) }
    progress.add(summary)
    if blocks != nil { fillRows(outcomes) }
    return summary
  }

  private func fillRows(_ outcomes: [BlockOutcome]) {
    for (i, outcome) in outcomes.enumerated() {
      blockRows[i].step = Int32(progress.step)
      blockRows[i].keptShare = outcome.keptShare
      blockRows[i].alignment = outcome.alignment
      blockRows[i].score = outcome.score
      blockRows[i].scale = outcome.scale
      let measured = measures(progress.step)
      blockRows[i].updateNorm = measured ? outcome.updateNorm : .nan
      if measured, outcome.updateNorm.isFinite {
        progress.distances[i] += outcome.updateNorm * Float(Self.updateMeasuringInterval)
      }
      blockRows[i].distance = progress.distances[i]
      blockRows[i].weightNorm = measured ? norm(of: layout.entries[i].range) : .nan
    }
  }

  /// ‖θ‖ of one block.
  private func norm(of range: Range<Int>) -> Float {
    let weights = parameters.elements.span
    var sum = 0.0
    for i in range { sum += Double(weights[i]) * Double(weights[i]) }
    return Float(sum.squareRoot())
  }

  private func post(
    _ summary: StepSummary, loss: Double, norm: Double, schedule: Double, cpuSeconds: Double
  ) {
    blocks?.post(contentsOf: blockRows)
    guard let steps else { return }
    let rate = optimizer.learningRate * schedule
    var metrics = StepMetrics(
      arm: assignment.arm, seed: assignment.seedIndex, step: progress.step, loss: Float(loss),
      learningRate: Float(rate), effectiveLearningRate: Float(rate * effectiveFactor),
      gradientNorm: Float(norm), alignment: Float(summary.meanAlignment ?? .nan),
      scale: Float(summary.meanScale ?? .nan), maskRate: Float(summary.maskRate ?? .nan),
      cpuSeconds: cpuSeconds, wallSeconds: progress.wallSeconds)
    if let plane {
      let place = plane.coordinates(of: parameters.elements.span)
      (metrics.planeX, metrics.planeY) = (Float(place.x), Float(place.y))
    }
    steps.post(metrics)
  }

  /// What the learning rate of the masked blocks was multiplied by in the latest step.
  var effectiveFactor: Double {
    let specification = configuration.arms[assignment.arm]
    if specification.isMatched, progress.step > 0 { return progress.matchedFactor }
    return specification.wrapper == nil ? 1 : optimizer.stepFactor
  }
}
