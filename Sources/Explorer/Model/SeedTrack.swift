import Metrics
import RunModel
import Statistics

/// Everything measured of one arm on one seed, in bounded memory.
package struct SeedTrack {
  package var loss = MetricSeries()
  package var validation = MetricSeries(recentCapacity: 512, historyCapacity: 1024)
  package var alignment = MetricSeries.secondary
  package var scale = MetricSeries.secondary
  package var maskRate = MetricSeries.secondary
  package var learningRate = MetricSeries.secondary
  package var effectiveRate = MetricSeries.secondary
  package var gradientNorm = MetricSeries.secondary
  /// Cumulative seconds over steps; they turn steps into time for the horizontal axis.
  package var cpuSeconds = MetricSeries.secondary
  package var wallSeconds = MetricSeries.secondary
  /// Raw evaluations for statistics, thinned evenly when they are very many.
  package private(set) var evaluations: [EvaluationPoint] = []
  package private(set) var lastRecord: EvaluationRecord?
  package var divergedStep: Int?
  package var isFinished = false
  package private(set) var step = 0
  package private(set) var path = PlanePath()
  private var evaluationStride = 1
  private var evaluationCount = 0

  package init() {}

  package var hasStarted: Bool { step > 0 || lastRecord != nil }

  package mutating func append(_ metrics: StepRow) {
    let x = Double(metrics.step)
    step = metrics.step
    loss.append(x: x, y: metrics.trainLoss)
    learningRate.append(x: x, y: metrics.learningRate)
    effectiveRate.append(x: x, y: metrics.effectiveLearningRate)
    gradientNorm.append(x: x, y: metrics.gradientNorm)
    cpuSeconds.append(x: x, y: metrics.cpuSeconds)
    wallSeconds.append(x: x, y: metrics.wallSeconds)
    path.append(metrics)
    guard !metrics.scale.isNaN || !metrics.maskRate.isNaN else { return }
    alignment.append(x: x, y: metrics.alignment)
    scale.append(x: x, y: metrics.scale)
    maskRate.append(x: x, y: metrics.maskRate)
  }

  package mutating func append(_ record: EvaluationRecord) {
    if let last = lastRecord, last.step == record.step {
      lastRecord = record
      return
    }
    lastRecord = record
    step = max(step, record.step)
    validation.append(x: Double(record.step), y: record.validationLoss ?? .nan)
    keep(
      EvaluationPoint(
        step: record.step, tokens: record.tokens, cpuSeconds: record.cpuSeconds,
        validationLoss: record.validationLoss))
  }

  /// Keeps every `evaluationStride`-th evaluation; the stride doubles when the list is full.
  private mutating func keep(_ point: EvaluationPoint) {
    defer { evaluationCount += 1 }
    guard evaluationCount.isMultiple(of: evaluationStride) else { return }
    evaluations.append(point)
    guard evaluations.count >= 4096 else { return }
    evaluationStride *= 2
    evaluations = evaluations.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
  }

  /// Milliseconds of CPU a step has cost on average.
  package var cpuPerStep: Double? {
    guard divergedStep == nil, step > 0, let total = cpuSeconds.newest?.last, total > 0 else {
      return nil
    }
    return total / Double(step) * 1000
  }
}

extension MetricSeries {
  /// A series that is read at one place or drawn small.
  static var secondary: MetricSeries { MetricSeries(recentCapacity: 512, historyCapacity: 512) }
}
