import RunModel

/// The columns of `steps.bin`, in the order they lie in: the bits of a step's figures.
///
/// Arm and seed head their group. New columns change the format's number.
enum StepColumn: CaseIterable {
  case step, trainLoss, gradientNorm, learningRate, stepFactor, alignment, scale, maskableCount
  case droppedSum, cpuSeconds, wallSeconds, plane

  func word(of row: StepRow) -> UInt64 {
    switch self {
    case .step: UInt64(bitPattern: Int64(row.step))
    case .trainLoss: row.trainLoss.bitPattern
    case .gradientNorm: row.gradientNorm.bitPattern
    case .learningRate: row.learningRate.bitPattern
    case .stepFactor: row.stepFactor.bitPattern
    case .alignment: row.alignment.bitPattern
    case .scale: row.scale.bitPattern
    case .maskableCount: UInt64(bitPattern: Int64(row.maskableCount))
    case .droppedSum: row.droppedSum.bitPattern
    case .cpuSeconds: row.cpuSeconds.bitPattern
    case .wallSeconds: row.wallSeconds.bitPattern
    case .plane: UInt64(row.planeY.bitPattern) << 32 | UInt64(row.planeX.bitPattern)
    }
  }

  /// Puts the figure into `row`; false when no run could have it.
  func set(_ word: UInt64, in row: inout StepRow) -> Bool {
    switch self {
    case .step:
      row.step = Int(Int64(bitPattern: word))
      return 0...Self.largest ~= row.step
    case .trainLoss: row.trainLoss = Double(bitPattern: word)
    case .gradientNorm: row.gradientNorm = Double(bitPattern: word)
    case .learningRate: row.learningRate = Double(bitPattern: word)
    case .stepFactor: row.stepFactor = Double(bitPattern: word)
    case .alignment: row.alignment = Double(bitPattern: word)
    case .scale: row.scale = Double(bitPattern: word)
    case .maskableCount:
      row.maskableCount = Int(Int64(bitPattern: word))
      return 0...Self.largest ~= row.maskableCount
    case .droppedSum: row.droppedSum = Double(bitPattern: word)
    case .cpuSeconds: row.cpuSeconds = Double(bitPattern: word)
    case .wallSeconds: row.wallSeconds = Double(bitPattern: word)
    case .plane:
      row.planeX = Float(bitPattern: UInt32(truncatingIfNeeded: word))
      row.planeY = Float(bitPattern: UInt32(truncatingIfNeeded: word >> 32))
    }
    return true
  }

  /// Larger counts would overflow when they are added up.
  private static let largest = 1 << 40
}

/// The columns of `blocks.bin`, in the order they lie in: the bits of a block's figures.
enum BlockColumn: CaseIterable {
  case isMasked, keptShare, keep, alignment, gradientNorm, momentumNorm, score, scale, updateNorm
  case weightNorm

  private func word(of row: BlockRow) -> UInt32 {
    switch self {
    case .isMasked: row.isMasked ? 1 : 0
    case .keptShare: row.keptShare.bitPattern
    case .keep: row.keep.bitPattern
    case .alignment: row.alignment.bitPattern
    case .gradientNorm: row.gradientNorm.bitPattern
    case .momentumNorm: row.momentumNorm.bitPattern
    case .score: row.score.bitPattern
    case .scale: row.scale.bitPattern
    case .updateNorm: row.updateNorm.bitPattern
    case .weightNorm: row.weightNorm.bitPattern
    }
  }

  private func set(_ word: UInt32, in row: inout BlockRow) {
    switch self {
    case .isMasked: row.isMasked = word != 0
    case .keptShare: row.keptShare = Float(bitPattern: word)
    case .keep: row.keep = Float(bitPattern: word)
    case .alignment: row.alignment = Float(bitPattern: word)
    case .gradientNorm: row.gradientNorm = Float(bitPattern: word)
    case .momentumNorm: row.momentumNorm = Float(bitPattern: word)
    case .score: row.score = Float(bitPattern: word)
    case .scale: row.scale = Float(bitPattern: word)
    case .updateNorm: row.updateNorm = Float(bitPattern: word)
    case .weightNorm: row.weightNorm = Float(bitPattern: word)
    }
  }

  /// The figure of `blocks` in the steps `rows`, block after block.
  func gather(_ rows: RunRows, _ steps: [Int], _ blocks: Range<Int>, into words: inout [UInt32]) {
    words.removeAll(keepingCapacity: true)
    for block in blocks {
      for step in steps { words.append(word(of: rows.blocks[step * rows.blockCount + block])) }
    }
  }

  /// Reads the figure of all blocks in the steps of `group`; false when the bytes are damaged.
  func read(
    _ group: Range<Int>, _ blockCount: Int, from reader: inout ByteReader,
    into blocks: inout [BlockRow]
  ) -> Bool {
    guard let isConstant = reader.byte() else { return false }
    var words: [UInt32] = []
    if isConstant == 1 {
      guard let word = reader.number(UInt32.self) else { return false }
      for row in group.lowerBound * blockCount..<group.upperBound * blockCount {
        set(word, in: &blocks[row])
      }
      return true
    }
    for block in 0..<blockCount {
      guard RowColumn.decode(group.count, from: &reader, into: &words) else { return false }
      for (row, word) in words.enumerated() {
        set(word, in: &blocks[(group.lowerBound + row) * blockCount + block])
      }
    }
    return true
  }
}
