import Metrics
import RunModel

/// What the rows of one arm on one seed say, up to a step: newest figures, sums and curves.
package struct ArmTrack: Sendable, Equatable {
  package let arm: ArmID
  package let seed: UInt64
  /// The newest row; nil before the first.
  package private(set) var row: StepRow?
  package private(set) var blocks: [BlockTally] = []
  package private(set) var coins = CoinTally()
  /// Maskable block-steps so far and the sum of the shares dropped in them.
  package private(set) var maskableCount = 0
  package private(set) var droppedSum = 0.0
  /// nil where they are not drawn: only the first seed's are.
  package private(set) var curves: ArmCurves?
  private var effectiveRateSum = 0.0
  private let keepsCurves: Bool

  init(arm: ArmID, seed: UInt64, keepsCurves: Bool) {
    (self.arm, self.seed, self.keepsCurves) = (arm, seed, keepsCurves)
  }

  /// Steps made.
  package var step: Int { row?.step ?? 0 }

  /// Share of the maskable block-steps whose update was dropped; nil where none was maskable.
  package var maskRate: Double? {
    maskableCount == 0 ? nil : droppedSum / Double(maskableCount)
  }

  /// Mean over the run of the rate that the masked blocks moved at.
  package var meanEffectiveRate: Double? {
    step == 0 ? nil : effectiveRateSum / Double(step)
  }

  /// Milliseconds of CPU a step has cost on average.
  package var cpuPerStep: Double? {
    guard let row, row.cpuSeconds > 0 else { return nil }
    return row.cpuSeconds / Double(row.step) * 1000
  }

  mutating func take(_ row: StepRow, _ rows: ArraySlice<BlockRow>) {
    if self.row == nil {
      blocks = Array(repeating: BlockTally(), count: rows.count)
      if keepsCurves { curves = ArmCurves(blockCount: rows.count) }
    }
    self.row = row
    for (place, block) in rows.enumerated() {
      blocks[place].take(block)
      coins.take(block)
    }
    maskableCount += row.maskableCount
    droppedSum += row.droppedSum
    effectiveRateSum += row.effectiveLearningRate
    curves?.take(row, rows, tallies: blocks)
  }

  /// Bytes that a copy does not share once both have been appended to.
  var unsharedBytes: Int {
    blocks.count * MemoryLayout<BlockTally>.stride + (curves?.unsharedBytes ?? 0)
      + MemoryLayout<ArmTrack>.stride
  }
}

/// All tracks of a run at a step: a pure fold of the rows up to there.
struct RunFold: Sendable {
  private(set) var tracks: [ArmTrack] = []
  /// The newest step of any track.
  private(set) var reach = 0
  private let firstSeed: UInt64
  private var last = 0

  init(firstSeed: UInt64) { self.firstSeed = firstSeed }

  /// Enters a row; false where its step is known already.
  @discardableResult
  mutating func take(_ row: StepRow, _ blocks: ArraySlice<BlockRow>) -> Bool {
    let place = place(of: row.arm, row.seed)
    guard row.step > tracks[place].step else { return false }
    tracks[place].take(row, blocks)
    reach = max(reach, row.step)
    return true
  }

  /// Rows come in the order of the tracks, so the next one is tried first.
  private mutating func place(of arm: ArmID, _ seed: UInt64) -> Int {
    for distance in tracks.indices {
      let place = (last + 1 + distance) % tracks.count
      if tracks[place].arm == arm, tracks[place].seed == seed {
        last = place
        return place
      }
    }
    tracks.append(ArmTrack(arm: arm, seed: seed, keepsCurves: seed == firstSeed))
    last = tracks.count - 1
    return last
  }

  func track(_ arm: ArmID, _ seed: UInt64) -> ArmTrack? {
    tracks.first { $0.arm == arm && $0.seed == seed }
  }

  /// Whether every track stands at the newest step, but for those that `hasEnded` speaks of.
  func isLevel(_ hasEnded: (ArmTrack) -> Bool) -> Bool {
    tracks.allSatisfy { $0.step == reach || hasEnded($0) }
  }

  var unsharedBytes: Int { tracks.reduce(0) { $0 + $1.unsharedBytes } }
}
