import Metrics
import RunModel

/// What is known of an arm's blocks: the last steps as a raster, the newest figures, totals.
package struct BlockBoard {
  package private(set) var history: BlockHistory
  package private(set) var latest: [BlockRow?]
  /// Distance travelled by every block.
  package private(set) var travelled: [Double]
  /// Of every block where it was measured: distance travelled, and ‖Δθ‖/‖θ‖ of updates made.
  package private(set) var distances: [MetricSeries]
  package private(set) var ratios: [MetricSeries]
  private let isMasked: [Bool]

  /// `isMasked[b]` says whether block b takes part in masking or damping in this arm.
  package init(isMasked: [Bool]) {
    self.isMasked = isMasked
    history = BlockHistory(blockCount: isMasked.count)
    latest = Array(repeating: nil, count: isMasked.count)
    distances = isMasked.map { _ in MetricSeries(recentCapacity: 64, historyCapacity: 128) }
    ratios = distances
    travelled = Array(repeating: 0, count: isMasked.count)
  }

  package func isMasked(_ block: Int) -> Bool {
    isMasked.indices.contains(block) && isMasked[block]
  }

  /// Takes in what happened to every block in a step.
  package mutating func append(step: Int, _ rows: ArraySlice<BlockRow>) {
    guard rows.count == latest.count else { return }
    history.append(step: step, rows.map(cell))
    for (block, row) in rows.enumerated() {
      if row.updateNorm.isFinite { travelled[block] += Double(row.updateNorm) }
      var merged = row
      if row.weightNorm.isNaN { merged.weightNorm = latest[block]?.weightNorm ?? .nan }
      latest[block] = merged
      guard row.weightNorm.isFinite else { continue }
      distances[block].append(x: Double(step), y: travelled[block])
      let ratio = Double(row.updateNorm / row.weightNorm)
      if ratio > 0, ratio.isFinite { ratios[block].append(x: Double(step), y: ratio) }
    }
  }

  private func cell(_ row: BlockRow) -> BlockCell {
    let alignment = row.alignment.isNaN ? nil : Double(row.alignment)
    guard row.isMasked else { return .excluded(alignment: alignment) }
    return BlockCell(keptShare: Double(row.keptShare), alignment: alignment)
  }

  /// Mask rates of the masked blocks that have thrown coins.
  package var maskRates: [Double] {
    isMasked.indices.filter { isMasked[$0] }.compactMap { history.maskRate(block: $0) }
  }

  /// Coins thrown for each masked block.
  package var coinCount: Int {
    guard let block = isMasked.firstIndex(of: true) else { return 0 }
    return history.maskableCounts[block]
  }

  /// Alignments of the masked blocks over `window` steps that end `age` steps before the newest.
  package func alignments(age: Int, window: Int) -> [Double] {
    var values: [Double] = []
    for back in age..<(age + window) {
      for block in isMasked.indices where isMasked[block] {
        if let value = history.cell(block: block, age: back).alignment { values.append(value) }
      }
    }
    return values
  }
}
