import Foundation
import RunModel
import RunStore

/// A directory that goes away with the test.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "magmascope-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
}

/// Reproducible numbers for tests (SplitMix64).
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A run as tests write it: two arms of a quadratic, two seeds.
enum Toy {
  static let stamp = RunStamp(version: "1", commit: "abc", kernelLevel: "portable", cpu: "toy")

  static func arm(_ text: String, wrapper: String? = nil) -> ArmSpecification {
    ArmSpecification(
      text: text, base: "sgd", wrapper: wrapper, isMatched: false, values: ["lr": .number(0.1)],
      writtenKeys: [], momentum: nil)
  }

  static let configuration = RunConfiguration(
    title: "toy", workload: "quadratic", steps: 4, seed: 3, seeds: 2,
    arms: [arm("sgd"), arm("sgd")])

  static func record(_ step: Int, final: Bool? = nil) -> EvaluationRecord {
    EvaluationRecord(
      lane: "s", arm: "sgd", seed: 3, step: step, tokens: step, trainLoss: step == 0 ? nil : 0.1,
      validationLoss: 0.1 + 0.2, learningRate: 0.1, effectiveLearningRate: nil, maskRate: nil,
      alignment: nil, scale: nil, cpuSeconds: 1, wallSeconds: 1, final: final)
  }

  static let change = Intervention(
    arm: ArmID(0), step: 1, key: "lr", oldValue: .number(0.1), newValue: .number(0.2))

  static func checkpoint(_ step: Int, changes: [Intervention] = [change]) -> CheckpointSet {
    var progress = ArmProgress()
    progress.step = step
    progress.lossSum = 0.1 + 0.2
    progress.scaleSum = .infinity
    let arms = (0..<4).map { index in
      ArmCheckpoint(
        arm: ArmID(index % 2), seed: 3 + UInt64(index / 2),
        parameters: [TensorSnapshot(name: "x", shape: [2], values: [Float(step), Float(index)])],
        optimizer: OptimizerSnapshot(
          tensors: [TensorSnapshot(name: "m", shape: [1], values: [.nan])], scalars: ["k": 0.3]),
        progress: progress)
    }
    return CheckpointSet(
      step: step, journal: changes.filter { $0.step <= step }.map(JournalEntry.init), arms: arms,
      records: [record(step), nil, record(step), record(step)])
  }

  static let line: @Sendable (EvaluationRecord) -> String = { record in
    (try? JSONEncoder().encode(record)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
  }

  static func run(_ scratch: Scratch, _ name: String = "run") throws -> OwnedRun {
    try OwnedRun.create(at: scratch.path + "/" + name, configuration: "title: toy\n")
  }

  static func write(_ set: CheckpointSet, to run: OwnedRun) throws {
    try run.write(set, of: configuration, stamp: stamp)
  }

  static func recorder(
    _ run: OwnedRun, notify: @escaping @Sendable (Recorder.Report) -> Void = { _ in }
  ) throws -> Recorder {
    try Recorder(run, configuration: configuration, stamp: stamp, line: line, notify: notify)
  }

  /// Rows as a masked arm and a base have them: coins, zeros, constants, NaN, odd bits.
  static func rows(
    _ steps: ClosedRange<Int>, blocks: Int = 3, arms: Int = 2, seeds: Int = 2,
    random seed: UInt64 = 7
  ) -> RunRows {
    var rows = RunRows(blockCount: blocks)
    for step in steps {
      for arm in 0..<arms {
        for seedIndex in 0..<seeds {
          var random = TestRandom(seed &+ UInt64(step * 1_000 + arm * 10 + seedIndex))
          var row = StepRow(arm: ArmID(arm), seed: .max - UInt64(seedIndex), step: step)
          row.trainLoss = Double.random(in: 0..<9, using: &random)
          row.gradientNorm = step == 5 ? .infinity : Double(bitPattern: random.next())
          row.learningRate = 0.001
          row.maskableCount = arm == 0 ? 0 : blocks
          row.droppedSum = Double(Int.random(in: 0...blocks, using: &random))
          row.cpuSeconds = Double(step) / 1_000
          row.planeX = arm == 1 ? Float(step) : .nan
          rows.append(row, blocks: (0..<blocks).map { block($0, arm, &random) })
        }
      }
    }
    return rows
  }

  private static func block(_ index: Int, _ arm: Int, _ random: inout TestRandom) -> BlockRow {
    var row = BlockRow()
    row.isMasked = arm == 1 && index > 0
    row.keep = row.isMasked ? 0.5 : 1
    row.keptShare = row.isMasked ? (Bool.random(using: &random) ? 1 : 0) : 1
    row.alignment = Float.random(in: -1...1, using: &random)
    row.gradientNorm = index == 2 ? Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) : 1
    row.momentumNorm = -0.0
    row.score = row.isMasked ? 0.5 : .nan
    row.updateNorm = row.keptShare == 0 ? 0 : Float.random(in: 0...1, using: &random)
    row.weightNorm = Int.random(in: 0..<10, using: &random) == 0 ? 3 : .nan
    return row
  }
}

/// Rows as bits: NaN equals itself.
struct RowBits: Hashable {
  var arm: Int
  var seed: UInt64
  var step: Int
  var figures: [UInt64]
  var blocks: [[UInt32]]

  static func of(_ rows: RunRows) -> [RowBits] {
    rows.steps.indices.map { index in
      let row = rows.steps[index]
      return RowBits(
        arm: row.arm.number, seed: row.seed, step: row.step,
        figures: [
          row.trainLoss.bitPattern, row.gradientNorm.bitPattern, row.learningRate.bitPattern,
          row.stepFactor.bitPattern, row.alignment.bitPattern, row.scale.bitPattern,
          UInt64(row.maskableCount), row.droppedSum.bitPattern, row.cpuSeconds.bitPattern,
          row.wallSeconds.bitPattern, UInt64(row.planeX.bitPattern), UInt64(row.planeY.bitPattern),
        ],
        blocks: rows.blocks(ofRow: index).map { block in
          [
            block.isMasked ? 1 : 0, block.keptShare.bitPattern, block.keep.bitPattern,
            block.alignment.bitPattern, block.gradientNorm.bitPattern,
            block.momentumNorm.bitPattern, block.score.bitPattern, block.scale.bitPattern,
            block.updateNorm.bitPattern, block.weightNorm.bitPattern,
          ]
        })
    }
  }
}

func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

func mode(_ path: String) throws -> Int {
  (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) ?? -1
}

/// Every file of a directory with its bytes.
func contents(_ path: String) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
    files[name] = try? Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
  }
  return files
}
