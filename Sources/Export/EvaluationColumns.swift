import RunModel

/// One figure of a record as it is written to every text format.
package enum RecordValue: Sendable, Equatable {
  case text(String)
  case integer(Int)
  case unsigned(UInt64)
  case number(Double)
  case flag(Bool)
  /// Does not apply, or is not finite.
  case missing

  init(_ value: Double?) {
    guard let value, value.isFinite else {
      self = .missing
      return
    }
    self = .number(value)
  }
}

/// The columns of evaluation records, in the order every format keeps.
package enum EvaluationColumns {
  /// Present in every record.
  package static let always = [
    "lane", "arm", "seed", "step", "tokens", "trainLoss", "validationLoss", "learningRate",
    "effectiveLearningRate", "maskRate", "alignment", "scale", "cpuSeconds", "wallSeconds",
  ]
  /// Present where they apply: the step of divergence, whether the record closes its arm, and in a
  /// fine-tuning the loss on what was learnt before.
  package static let occasional = ["diverged", "final", "baseLoss"]

  /// The values of `record` in the order of `always + occasional`.
  ///
  /// What is not finite or does not apply is `missing`.
  package static func values(of record: EvaluationRecord) -> [RecordValue] {
    [
      .text(record.lane), .text(record.arm), .unsigned(record.seed), .integer(record.step),
      .integer(record.tokens), RecordValue(record.trainLoss), RecordValue(record.validationLoss),
      RecordValue(record.learningRate), RecordValue(record.effectiveLearningRate),
      RecordValue(record.maskRate), RecordValue(record.alignment), RecordValue(record.scale),
      RecordValue(record.cpuSeconds), RecordValue(record.wallSeconds),
      record.diverged.map(RecordValue.integer) ?? .missing,
      record.final.map(RecordValue.flag) ?? .missing,
      record.baseLoss.map { RecordValue($0) } ?? .missing,
    ]
  }

  /// Names and values of one record, without the occasional ones that do not apply.
  static func fields(of record: EvaluationRecord) -> [(name: String, value: RecordValue)] {
    let names = always + occasional
    return zip(names, values(of: record)).enumerated().compactMap { index, field in
      index >= always.count && field.1 == .missing ? nil : (field.0, field.1)
    }
  }
}
