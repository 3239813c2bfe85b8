import RunModel
import TensorKernels
import Workloads

extension ArmTrainer {
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
    let record = record(step: step, validationLoss: isDiverged ? nil : loss)
    progress.startInterval()
    return record
  }

  private func record(step: Int, validationLoss: Double?) -> EvaluationRecord {
    let rate = optimizer.learningRate * scheduleFactor
    return EvaluationRecord(
      lane: lane.letter, arm: lane.name, seed: assignment.seed, step: step,
      tokens: progress.step * tokensPerStep,
      trainLoss: isDiverged ? nil : mean(progress.lossSum, progress.lossCount),
      validationLoss: validationLoss, learningRate: rate,
      effectiveLearningRate: finite(rate * effectiveFactor),
      maskRate: mean(progress.droppedSum, progress.maskableCount),
      alignment: mean(progress.alignmentSum, progress.alignmentCount),
      scale: mean(progress.scaleSum, progress.scaleCount),
      cpuSeconds: progress.cpuSeconds, wallSeconds: progress.wallSeconds,
      diverged: progress.divergedAt)
  }

  /// The schedule's factor of the latest step; at the start, of the step to come.
  private var scheduleFactor: Double {
    configuration.schedule.factor(step: max(1, progress.step), of: configuration.steps)
  }

  private var areParametersFinite: Bool {
    let weights = parameters.elements.span
    var poison: Float = 0
    for i in weights.indices { poison += weights[i] * 0 }
    return poison == 0
  }
}

/// `value`, or nil when JSON has no way to write it.
private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
