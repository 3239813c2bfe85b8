import RunModel

/// The columns of a run's single steps, in the order every format keeps.
package enum StepColumns {
  package static let names = [
    "lane", "arm", "seed", "step", "trainLoss", "gradientNorm", "learningRate",
    "effectiveLearningRate", "maskRate", "alignment", "scale", "cpuSeconds", "wallSeconds",
  ]

  /// The values of a row, in that order; the mask rate is that of the step.
  static func values(of row: StepRow, _ arm: RunArm) -> [RecordValue] {
    [
      .text(arm.lane.letter), .text(arm.lane.name), .unsigned(row.seed), .integer(row.step),
      RecordValue(row.trainLoss), RecordValue(row.gradientNorm), RecordValue(row.learningRate),
      RecordValue(row.effectiveLearningRate), RecordValue(row.maskRate),
      RecordValue(row.alignment), RecordValue(row.scale), RecordValue(row.cpuSeconds),
      RecordValue(row.wallSeconds),
    ]
  }

  /// As TensorBoard shows them.
  static func scalars(of row: StepRow) -> [(tag: String, value: Double)] {
    let candidates = [
      ("steps/training loss", row.trainLoss), ("steps/gradient norm", row.gradientNorm),
      ("steps/learning rate", row.learningRate),
      ("steps/effective learning rate", row.effectiveLearningRate),
      ("steps/mask rate", row.maskRate), ("steps/alignment", row.alignment),
      ("steps/scale", row.scale),
    ]
    return candidates.filter(\.1.isFinite)
  }
}

extension RecordFormat {
  /// What comes before the first step.
  package var stepHeader: String {
    switch self {
    case .plain, .jsonl: ""
    case .csv: CSV.line(StepColumns.names)
    }
  }

  /// A step of an arm as one line.
  package func line(_ row: StepRow, _ arm: RunArm) -> String {
    let values = StepColumns.values(of: row, arm)
    let fields = Array(zip(StepColumns.names, values)).map { (name: $0.0, value: $0.1) }
    switch self {
    case .plain: return KeyValueLine.line(fields)
    case .jsonl: return JSONLines.line(fields)
    case .csv: return CSV.line(values.map(CSV.text))
    }
  }
}
