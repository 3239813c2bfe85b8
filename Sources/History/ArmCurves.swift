import Metrics
import RunModel

/// A block's course at some step: distance travelled so far, and ‖Δθ‖/‖θ‖ of its latest update.
package struct BlockTrace: Sendable, Equatable {
  package var step: Int
  /// In the order of the blocks; NaN where nothing was measured or nothing applied.
  package var values: [Float]

  package init(step: Int, values: [Float]) { (self.step, self.values) = (step, values) }

  /// To the bit: a figure that is missing equals itself.
  package static func == (one: BlockTrace, other: BlockTrace) -> Bool {
    one.step == other.step
      && one.values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern }
  }
}

/// Where an arm stood in the workload's plane after a step.
package struct PlanePoint: Sendable, Equatable {
  package var step: Int
  package var x, y: Float
}

/// What the charts show of one arm over the run, in bounded memory; copies share their past.
package struct ArmCurves: Sendable, Equatable {
  package private(set) var loss = MetricSeries()
  package private(set) var alignment = MetricSeries.secondary
  package private(set) var maskRate = MetricSeries.secondary
  package private(set) var effectiveRate = MetricSeries.secondary
  /// The mean factor on the updates before the coin: 1 for a base.
  package private(set) var scale = MetricSeries.secondary
  /// Cumulative seconds over steps; they turn steps into time for the horizontal axis.
  package private(set) var cpuSeconds = MetricSeries.secondary
  package private(set) var wallSeconds = MetricSeries.secondary
  package private(set) var pace = Pace()
  /// The last steps, block by block.
  package private(set) var raster: BlockHistory
  /// Every cosine of the run, block by block.
  package private(set) var alignments: AlignmentCounts
  package private(set) var distances = ThinnedHistory<BlockTrace>(capacity: 256)
  package private(set) var ratios = ThinnedHistory<BlockTrace>(capacity: 128)
  package private(set) var path = ThinnedHistory<PlanePoint>(capacity: 512)

  init(blockCount: Int) {
    raster = BlockHistory(blockCount: blockCount)
    alignments = AlignmentCounts(blockCount: blockCount)
  }

  mutating func take(_ row: StepRow, _ blocks: ArraySlice<BlockRow>, tallies: [BlockTally]) {
    let x = Double(row.step)
    loss.append(x: x, y: row.trainLoss)
    effectiveRate.append(x: x, y: row.effectiveLearningRate)
    cpuSeconds.append(x: x, y: row.cpuSeconds)
    wallSeconds.append(x: x, y: row.wallSeconds)
    if row.alignment.isFinite { alignment.append(x: x, y: row.alignment) }
    if row.scale.isFinite { scale.append(x: x, y: row.scale) }
    if row.maskableCount > 0 { maskRate.append(x: x, y: row.maskRate) }
    pace.advance(to: row.step, wall: row.wallSeconds)
    raster.append(step: row.step) { BlockCell(blocks[blocks.startIndex + $0]) }
    for (place, block) in blocks.enumerated() { alignments.add(block.alignment, block: place) }
    distances.offer(BlockTrace(step: row.step, values: tallies.map { Float($0.distance) }))
    if blocks.contains(where: \.weightNorm.isFinite) {
      ratios.offer(BlockTrace(step: row.step, values: blocks.map(\.updateToWeightRatio)))
    }
    if row.planeX.isFinite, row.planeY.isFinite {
      path.offer(PlanePoint(step: row.step, x: row.planeX, y: row.planeY))
    }
  }

  /// Bytes that a copy does not share once both have been appended to.
  var unsharedBytes: Int {
    let series = [loss, alignment, maskRate, effectiveRate, scale, cpuSeconds, wallSeconds]
    let grids = raster.unsharedBytes + alignments.unsharedBytes
    return series.reduce(grids) { $0 + $1.unsharedBytes }
      + distances.unsharedBytes + ratios.unsharedBytes + path.unsharedBytes
  }
}

extension MetricSeries {
  /// A series that is drawn small.
  static var secondary: MetricSeries { MetricSeries(recentCapacity: 1, historyCapacity: 512) }
}

extension BlockCell {
  init(_ row: BlockRow) {
    let alignment = row.alignment.isFinite ? Double(row.alignment) : nil
    self =
      row.isMasked
      ? BlockCell(keptShare: Double(row.keptShare), alignment: alignment)
      : .excluded(alignment: alignment)
  }
}

extension BlockRow {
  /// ‖Δθ‖/‖θ‖ where something was applied and the weights were measured; else NaN.
  fileprivate var updateToWeightRatio: Float {
    let ratio = updateNorm / weightNorm
    return ratio > 0 && ratio.isFinite ? ratio : .nan
  }
}
