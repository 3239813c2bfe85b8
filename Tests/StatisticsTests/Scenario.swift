import RunModel
import Statistics

/// Builds comparisons for the tests: flawless unless told otherwise.
struct Scenario {
  /// Subject minus reference, per seed, in nats; nil makes the subject diverge there.
  var differences: [Double?]
  /// Subject minus control; nil leaves lane c out.
  var againstControl: [Double]?
  var conduct = Conduct.flawless
  var budget = 4000
  var margin = Margin.usual
  var unit = LossUnit.nats
  var declaredSeeds: Int?
  var reachedStep: Int?
  var isPaired = true
  /// Differences at 50 % and 75 % of the budget.
  var early: [[Double]] = []
  var name = "Magma"

  static let better8 = [-0.03, -0.028, -0.035, -0.031, -0.027, -0.033, -0.029, -0.032]
  static let mixed8 = [-0.03, 0.028, -0.035, 0.031, 0.027, -0.033, 0.029, 0.012]
  static let tiny8 = [-0.001, 0.0005, 0.0008, -0.0012, 0.0003, -0.0004, 0.0011, -0.0002]

  init(_ differences: [Double?], control: [Double]? = nil) {
    self.differences = differences
    againstControl = control
  }

  var input: ComparisonInput {
    ComparisonInput(
      setting: ComparisonSetting(
        model: "108k model", data: "tinychars", lossUnit: unit, budget: budget,
        declaredSeeds: declaredSeeds ?? differences.count),
      subject: ArmResults(name: name, runs: runs(shift: { differences[$0] }, early: early)),
      reference: ArmResults(
        name: "Adam",
        runs: runs(firstSeed: isPaired ? 100 : 200, shift: { _ in 0 }, early: [])),
      control: againstControl.map { shifts in
        let runs = runs(
          shift: { seed in differences[seed].map { $0 - shifts[seed] } }, early: [])
        return ArmResults(name: "matched", runs: runs)
      },
      conduct: conduct, margin: margin)
  }

  var verdict: Verdict { Verdict.judge(input) }

  private func runs(
    firstSeed: UInt64 = 100, shift: (Int) -> Double?, early: [[Double]]
  ) -> [SeedRun] {
    differences.indices.map { index in
      let base = 2 + 0.1 * Double(index % 5)
      let loss = shift(index).map { base + $0 }
      let trajectory = self.early.indices.map { place in
        EvaluationPoint(
          step: budget * (place + 2) / 4,
          validationLoss: base + 0.5 + (early.isEmpty ? 0 : early[place][index]))
      }
      return SeedRun(
        seed: firstSeed + UInt64(index), finalLoss: loss, finalStep: reachedStep ?? budget,
        divergedAt: loss == nil ? 17 : nil, trajectory: trajectory)
    }
  }
}

extension Conduct {
  static var flawless: Conduct {
    var conduct = Conduct()
    conduct.isDeclaredBeforehand = true
    conduct.subjectSweep = SweepRecord(
      rates: 7, seedsPerRate: 3, steps: 4000, grid: "lr=1e-4..1e-1:7")
    conduct.referenceSweep = conduct.subjectSweep
    conduct.controlSweep = conduct.subjectSweep
    conduct.tuningSeeds = [0, 1, 2]
    conduct.isRepeatIdentical = true
    return conduct
  }

  func with(_ change: (inout Conduct) -> Void) -> Conduct {
    var copy = self
    change(&copy)
    return copy
  }
}
