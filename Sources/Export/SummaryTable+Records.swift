import Charts
import RunModel

extension SummaryTable {
  /// The closing record of every arm and seed: final losses, rates and cost.
  ///
  /// Arms without a closing record yet are shown at their last one.
  package static func results(
    _ records: [EvaluationRecord], caption: String = ""
  ) -> SummaryTable {
    var keys: [[String]] = []
    var latest: [[String]: EvaluationRecord] = [:]
    for record in records {
      let key = [record.arm, String(record.seed)]
      if latest[key] == nil { keys.append(key) }
      latest[key] = record
    }
    let columns = [
      Column("arm", .left), Column("seed"), Column("step"), Column("train"), Column("validation"),
      Column("lr"), Column("effective lr"), Column("mask rate"), Column("CPU s"),
    ]
    return SummaryTable(
      caption: caption, columns: columns, rows: keys.compactMap { latest[$0].map(row) })
  }

  private static func row(_ record: EvaluationRecord) -> [String] {
    let fixed = { (value: Double?, decimals: Int) in
      value.map { NumberFormat.fixed($0, decimals: decimals) } ?? "-"
    }
    let validation = record.diverged.map { "diverged at \($0)" } ?? fixed(record.validationLoss, 4)
    return [
      record.arm, String(record.seed), String(record.step), fixed(record.trainLoss, 4), validation,
      NumberFormat.scientific(record.learningRate),
      record.effectiveLearningRate.map { NumberFormat.scientific($0) } ?? "-",
      fixed(record.maskRate, 3), fixed(record.cpuSeconds, 1),
    ]
  }
}
