import RunModel
import Statistics

/// What a finished cell left behind: raw evaluations, no times, so that reruns are equal bit for bit.
package struct CellResult: Codable, Sendable, Equatable {
  /// One raw evaluation; the losses are nil from divergence on.
  package struct Evaluation: Codable, Sendable, Equatable {
    package var step: Int
    package var tokens: Int
    package var trainLoss: Double?
    package var validationLoss: Double?
    package var maskRate: Double?
    package var alignment: Double?

    package init(
      step: Int, tokens: Int = 0, trainLoss: Double? = nil, validationLoss: Double?,
      maskRate: Double? = nil, alignment: Double? = nil
    ) {
      (self.step, self.tokens) = (step, tokens)
      (self.trainLoss, self.validationLoss) = (trainLoss, validationLoss)
      (self.maskRate, self.alignment) = (maskRate, alignment)
    }
  }

  package var id: String
  package var cell: StudyCell
  package var specification: String
  package var values: [GridSetting]
  package var steps: Int
  /// The last raw validation loss in nats; nil when the cell diverged.
  package var finalLoss: Double?
  /// The step at which the loss stopped being finite.
  package var diverged: Int?
  package var evaluations: [Evaluation]
}

extension CellResult {
  /// The result as the one line it is kept in: the same bytes whoever computed it.
  package var line: String {
    get throws { try JSONLinesFile.text([self]) }
  }
}

/// What a cell cost; kept apart because no two runs take the same time.
package struct CellTimes: Codable, Sendable, Equatable {
  package var id: String
  /// Of the arm's own work, cumulative, one per evaluation of the result.
  package var cpuSeconds: [Double]
  package var wallSeconds: Double
  /// Where it was computed; not recorded in the first round.
  package var host: String?
  package var cpu: String?
}

extension CellResult {
  /// Reads the closing line and the evaluations of the cell's arm out of a run's records.
  ///
  /// - Throws: `RunError` of category `.failure` when the run has no closing line for the arm.
  package static func reading(
    _ records: [EvaluationRecord], of cell: StudyCell, in plan: SweepPlan
  ) throws(RunError) -> (result: CellResult, times: CellTimes) {
    let arm = plan.specification(of: cell)
    let own = records.filter { $0.arm == arm.text && $0.seed == cell.seed }
    guard let last = own.last(where: { $0.final == true }) else {
      throw RunError(
        .failure, "cell \(cell.id) ended without a closing record", remedy: "run it again")
    }
    let evaluations = own.filter { $0.final != true }
    let result = CellResult(
      id: cell.id, cell: cell, specification: arm.text,
      values: plan.points(ofArm: cell.arm)[cell.point],
      steps: plan.configuration.steps,
      finalLoss: last.diverged == nil ? last.validationLoss.flatMap(finite) : nil,
      diverged: last.diverged, evaluations: evaluations.map(Evaluation.init))
    let times = CellTimes(
      id: cell.id, cpuSeconds: evaluations.map(\.cpuSeconds), wallSeconds: last.wallSeconds)
    return (result, times)
  }

  /// The result as a run of its seed; CPU seconds are 0 where no times were kept.
  package func seedRun(times: CellTimes?) -> SeedRun {
    let points = evaluations.enumerated().map { index, evaluation in
      EvaluationPoint(
        step: evaluation.step, tokens: evaluation.tokens,
        cpuSeconds: times.flatMap { index < $0.cpuSeconds.count ? $0.cpuSeconds[index] : nil } ?? 0,
        validationLoss: evaluation.validationLoss)
    }
    return SeedRun(
      seed: cell.seed, finalLoss: finalLoss, finalStep: diverged ?? steps, divergedAt: diverged,
      trajectory: points)
  }
}

extension CellResult.Evaluation {
  init(_ record: EvaluationRecord) {
    self.init(
      step: record.step, tokens: record.tokens, trainLoss: record.trainLoss.flatMap(finite),
      validationLoss: record.validationLoss.flatMap(finite),
      maskRate: record.maskRate.flatMap(finite), alignment: record.alignment.flatMap(finite))
  }
}

/// `value` unless it is NaN or infinite.
func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
