import Metrics
import RunModel

/// What is known of an arm's blocks: the last steps as a raster, the newest figures, totals.
package struct BlockBoard {
  package private(set) var history: BlockHistory
  package private(set) var latest: [BlockMetrics?]
  /// Of every block where it was measured: distance travelled, and ‖Δθ‖/‖θ‖ of updates made.
  package private(set) var distances: [MetricSeries]
  package private(set) var ratios: [MetricSeries]
  private let isMasked: [Bool]
  private var row: [BlockCell]
  private var rowStep: Int32 = -1
  private var rowCount = 0

  /// `isMasked[b]` says whether block b takes part in masking or damping in this arm.
  package init(isMasked: [Bool]) {
    self.isMasked = isMasked
    history = BlockHistory(blockCount: isMasked.count)
    latest = Array(repeating: nil, count: isMasked.count)
    distances = isMasked.map { _ in MetricSeries(recentCapacity: 64, historyCapacity: 128) }
    ratios = distances
    row = Self.emptyRow(isMasked)
  }

  package func isMasked(_ block: Int) -> Bool {
    isMasked.indices.contains(block) && isMasked[block]
  }

  /// Takes in one block's figures; a row is entered when its last block or the next step arrives.
  package mutating func append(_ metrics: BlockMetrics) {
    let block = Int(metrics.block)
    guard latest.indices.contains(block) else { return }
    if metrics.step != rowStep { flush() }
    rowStep = metrics.step
    merge(metrics, block: block)
    trace(metrics, block: block)
    row[block] = cell(metrics, block: block)
    rowCount += 1
    if rowCount == latest.count { flush() }
  }

  /// Enters the row begun, as at the end of a batch that skipped some blocks.
  private mutating func flush() {
    guard rowCount > 0 else { return }
    history.append(step: Int(rowStep), row)
    row = Self.emptyRow(isMasked)
    rowCount = 0
  }

  /// Norms are measured on some steps only; the last measured ones stay.
  private mutating func merge(_ metrics: BlockMetrics, block: Int) {
    var merged = metrics
    if let old = latest[block] {
      if merged.updateNorm.isNaN { merged.updateNorm = old.updateNorm }
      if merged.distance.isNaN { merged.distance = old.distance }
      if merged.weightNorm.isNaN { merged.weightNorm = old.weightNorm }
    }
    latest[block] = merged
  }

  private mutating func trace(_ metrics: BlockMetrics, block: Int) {
    guard metrics.updateNorm.isFinite else { return }
    let step = Double(metrics.step)
    distances[block].append(x: step, y: Double(metrics.distance))
    let ratio = Double(metrics.updateNorm / metrics.weightNorm)
    if ratio > 0, ratio.isFinite { ratios[block].append(x: step, y: ratio) }
  }

  private func cell(_ metrics: BlockMetrics, block: Int) -> BlockCell {
    guard isMasked[block] else { return .excluded() }
    let alignment = metrics.alignment.isNaN ? nil : Double(metrics.alignment)
    return BlockCell(keptShare: Double(metrics.keptShare), alignment: alignment)
  }

  private static func emptyRow(_ isMasked: [Bool]) -> [BlockCell] {
    isMasked.map { $0 ? .missing : .excluded() }
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
