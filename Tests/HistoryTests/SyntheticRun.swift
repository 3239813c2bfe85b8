import History
import Optimizers
import RunModel

/// A run made of formulas: the same facts whenever they are asked for.
struct SyntheticRun {
  var configuration: RunConfiguration
  var blockCount = 5
  /// Arms that make no further steps after these.
  var endings: [ArmID: Int] = [:]
  /// Steps between measurements of the weights' norms.
  var weighsEvery = 1

  init(_ arms: [String] = ["adam", "magma(adam)"], seeds: Int = 2, steps: Int = 10_000) throws {
    let grammar = ArmGrammar(catalog: OptimizerRegistry.catalog)
    configuration = RunConfiguration(
      title: "synthetic", steps: steps, evaluateEvery: 10, seed: 7, seeds: seeds,
      arms: try arms.map { try grammar.parse($0) })
  }

  var roster: [RunArm] { configuration.roster }

  var summary: RunSummary {
    RunSummary(
      configuration: configuration,
      arms: roster.map { arm in
        RunSummary.Arm(
          arm: arm, stateBytes: 8,
          isMasked: (0..<blockCount).map { isMasked(arm.id, block: $0) })
      },
      blocks: (0..<blockCount).map {
        BlockDescriptor(name: "block.\($0)", shape: [4, 4], role: .mlp, isMaskable: $0 > 0)
      },
      tokensPerStep: 32, entropyFloor: nil, dataDescription: "formulas", bytesPerArm: 100)
  }

  func isMasked(_ arm: ArmID, block: Int) -> Bool { arm.number > 0 && block > 0 }

  /// A number in 0..<1, a function of its arguments alone.
  func noise(_ parts: Int...) -> Double {
    var z: UInt64 = 0x9E37_79B9_7F4A_7C15
    for part in parts {
      z = (z ^ UInt64(truncatingIfNeeded: part)) &* 0xBF58_476D_1CE4_E5B9
      z ^= z >> 29
    }
    return Double(z >> 11) / Double(1 << 53)
  }

  func row(_ arm: ArmID, _ seed: UInt64, _ step: Int) -> (StepRow, [BlockRow]) {
    var row = StepRow(arm: arm, seed: seed, step: step)
    row.trainLoss = 4 / Double(step) + noise(arm.number, Int(seed), step)
    row.learningRate = 1e-3 * noise(step)
    row.stepFactor = arm.number == 0 ? 1 : 0.3
    row.cpuSeconds = 0.01 * Double(step)
    row.wallSeconds = 0.011 * Double(step)
    let blocks = (0..<blockCount).map { block(arm, seed, step, $0) }
    row.maskableCount = blocks.count { $0.isMasked }
    row.droppedSum = blocks.reduce(0) { $0 + 1 - Double($1.keptShare) }
    row.alignment = noise(arm.number, step, 3)
    (row.gradientNorm, row.scale, row.planeX, row.planeY) = (3, 0.5, 1 / Float(step), 2)
    return (row, blocks)
  }

  private func block(_ arm: ArmID, _ seed: UInt64, _ step: Int, _ block: Int) -> BlockRow {
    var row = BlockRow()
    row.isMasked = isMasked(arm, block: block)
    row.keep = row.isMasked ? 0.5 : 1
    row.keptShare = row.isMasked && noise(Int(seed), step, block) < 0.5 ? 0 : 1
    row.alignment = Float(2 * noise(arm.number, step, block) - 1)
    row.scale = row.isMasked ? 0.5 : 1
    row.updateNorm = row.keptShare * Float(0.1 * noise(arm.number, Int(seed), step, block))
    (row.gradientNorm, row.momentumNorm, row.score) = (1, 2, 0.5)
    if step.isMultiple(of: weighsEvery) { row.weightNorm = 2 }
    return row
  }

  func rows(_ steps: ClosedRange<Int>) -> RunRows {
    var rows = RunRows(blockCount: blockCount)
    for step in steps {
      for arm in roster where step <= endings[arm.id] ?? .max {
        for seed in configuration.seedValues {
          let (row, blocks) = row(arm.id, seed, step)
          rows.append(row, blocks: blocks)
        }
      }
    }
    return rows
  }

  func evaluation(_ arm: RunArm, _ seed: UInt64, _ step: Int) -> RunEvent {
    .evaluated(
      arm: arm.id,
      EvaluationRecord(
        lane: arm.lane.letter, arm: arm.lane.name, seed: seed, step: step, tokens: 32 * step,
        trainLoss: nil, validationLoss: noise(arm.id.number, Int(seed), step, 9),
        learningRate: 1e-3,
        effectiveLearningRate: nil, maskRate: nil, alignment: nil, scale: nil,
        cpuSeconds: 0, wallSeconds: 0))
  }

  /// Everything that events tell of the steps up to `end`, in order.
  func events(upTo end: Int) -> [RunEvent] {
    var events: [RunEvent] = [.started(summary)]
    for step in 0...end {
      if step.isMultiple(of: 10) {
        for arm in roster where step <= endings[arm.id] ?? .max {
          events += configuration.seedValues.map { evaluation(arm, $0, step) }
        }
      }
      if step > 0, step.isMultiple(of: 37) {
        events.append(
          .journaled(
            JournalEntry(
              Intervention(
                arm: ArmID(1), step: step, key: "mask", oldValue: nil,
                newValue: .number(Double(step % 10) / 10)))))
      }
      if step > 0, step.isMultiple(of: 50) {
        events.append(
          .probed(
            ProbeReading(
              kind: .sharpness, arm: ArmID(step / 50 % 2), step: step, figures: [],
              curve: [[Double(step)]], cpuSeconds: 1)))
      }
    }
    return events
  }

  /// A history that has come as far as `end`.
  func history(upTo end: Int, budget: HistoryBudget = HistoryBudget()) -> RunHistory {
    let history = RunHistory(configuration, budget: budget)
    history.append(events(upTo: end))
    if end > 0 { history.append(rows(1...end)) }
    return history
  }
}

/// Rows as a directory would give them, and how many were asked for.
final class FakeArchive: RowArchive, @unchecked Sendable {
  let run: SyntheticRun
  let newestStep: Int
  private(set) var readCount = 0

  init(_ run: SyntheticRun, upTo newestStep: Int) {
    (self.run, self.newestStep) = (run, newestStep)
  }

  func rows(in steps: ClosedRange<Int>) -> RunRows {
    readCount += steps.count
    return run.rows(steps.clamped(to: 1...newestStep))
  }
}

extension RunMoment {
  /// Whether both say the same of the run at their step, phase apart.
  func agrees(with other: RunMoment) -> Bool {
    step == other.step && gap == other.gap && journal == other.journal
      && arms.count == other.arms.count && zip(arms, other.arms).allSatisfy(agrees)
      && arms.allSatisfy { arm in
        ProbeKind.allCases.allSatisfy {
          probes.history($0, arm.id).elementsEqual(other.probes.history($0, arm.id))
        }
      }
  }

  private func agrees(_ one: ArmMoment, _ other: ArmMoment) -> Bool {
    one.arm == other.arm && one.specification == other.specification
      && one.isMasked == other.isMasked
      && zip(one.seeds, other.seeds).allSatisfy {
        $0.track == $1.track && $0.evaluations.elementsEqual($1.evaluations)
          && $0.divergedStep == $1.divergedStep
      }
  }
}
