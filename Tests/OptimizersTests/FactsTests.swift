import Foundation
import Optimizers
import RunModel
import TensorKernels
import Testing

/// The facts of every block and step, of every arm of the registry.
@Suite struct FactsTests {
  static let bases = OptimizerRegistry.catalog.bases.map(\.name)

  @Test(arguments: bases + ["sgd:momentum=0.9", "rmsprop:momentum=0.8", "matched(magma(rmsprop))"])
  func aPlainArmHasAllFactsOfAllBlocks(_ text: String) throws {
    var arm = try TestedArm(text)
    // SOAP's first step only prepares: its momentum begins with the second gradient.
    for (step, _, outcomes) in steps(&arm, 8) where step > 1 || text != "soap" {
      for outcome in outcomes {
        #expect(!outcome.isMasked && outcome.keep == 1 && outcome.keptShare == 1)
        #expect(outcome.scale == 1 && outcome.score.isNaN)
        #expect(outcome.alignment > -1 && outcome.alignment <= 1 && outcome.alignment != 0)
        #expect(outcome.gradientNorm > 0 && outcome.momentumNorm > 0)
        #expect(outcome.updateNorm >= 0 && outcome.updateNorm.isFinite)
      }
    }
  }

  @Test(arguments: BatteryTests.arms)
  func gradientNormsAreThoseOfTheGradients(_ text: String) throws {
    var arm = try TestedArm(text)
    for (step, _, outcomes) in steps(&arm, 6) {
      let gradient = Self.gradient(step)
      for (entry, outcome) in zip(Problems.layout.entries, outcomes) {
        let norm = gradient[entry.range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(abs(Double(outcome.gradientNorm) / norm - 1) < 1e-5)
      }
    }
  }

  /// An average of the gradient, or the base's own momentum, against one kept here in double.
  @Test(arguments: [
    ("adam", "", 0.9, 0.1), ("rmsprop", "", 0.9, 0.1), ("lion", "", 0.99, 0.01),
    ("sgd:momentum=0.8", "", 0.8, 1.0), ("sgd", "", 0.9, 0.1), ("adafactor", "", 0.9, 0.1),
    ("apollo", "q", 0.9, 0.1), ("muon", "q", 0.95, 0.05), ("soap", "q", 0.95, 0.05),
  ])
  func alignmentIsTheCosineOfMomentumAndRawGradient(
    _ text: String, _ only: String, _ kept: Double, _ fresh: Double
  ) throws {
    var arm = try TestedArm(text)
    // SOAP's first step only prepares: its momentum begins with the second gradient.
    let first = text == "soap" ? 2 : 1
    var momentum = Array(repeating: 0.0, count: Problems.layout.count)
    for (step, _, outcomes) in steps(&arm, 8) where step >= first {
      let gradient = Self.gradient(step).map { Double($0) }
      for i in momentum.indices { momentum[i] = kept * momentum[i] + fresh * gradient[i] }
      for (entry, outcome) in zip(Problems.layout.entries, outcomes)
      where only.isEmpty || entry.name == only {
        let (m, g) = (Array(momentum[entry.range]), Array(gradient[entry.range]))
        let dot = zip(m, g).reduce(0) { $0 + $1.0 * $1.1 }
        let norms = (norm(m), norm(g))
        #expect(abs(Double(outcome.alignment) - dot / (norms.0 * norms.1)) < 1e-5)
        #expect(abs(Double(outcome.momentumNorm) / norms.0 - 1) < 1e-5)
      }
    }
  }

  @Test(arguments: bases + ["sgd:momentum=0.9", "rmsprop:momentum=0.8"])
  func alignmentIsThatOfAMaskThatDropsNothing(_ base: String) throws {
    let parts = base.split(separator: ":")
    let settings = (parts.dropFirst().map(String.init) + ["mask=0"]).joined(separator: ",")
    var (plain, skipped) = (try TestedArm(base), try TestedArm("skip(\(parts[0])):" + settings))
    for (one, other) in zip(steps(&plain, 30), steps(&skipped, 30)) {
      #expect(one.outcomes.map(\.alignment) == other.outcomes.map(\.alignment))
      #expect(one.outcomes.map(\.momentumNorm) == other.outcomes.map(\.momentumNorm))
      #expect(one.outcomes.map(\.updateNorm) == other.outcomes.map(\.updateNorm))
    }
  }

  @Test(arguments: BatteryTests.arms + ["skip(rmsprop):moments=sparse", "magma(adam):grain=row"])
  func observingChangesNoBit(_ text: String) throws {
    var seeing = try ArmOptimizer(OptimizerRegistry.arm(text), layout: Problems.layout)
    var blind = try ArmOptimizer(
      OptimizerRegistry.arm(text), layout: Problems.layout, observation: .nowhere)
    var (x, y) = (Self.start, Self.start)
    for step in 1...20 {
      let (gradient, context) = (Self.gradient(step), StepContext(step: step, seed: 3))
      var span = x.mutableSpan
      seeing.step(parameters: &span, gradients: gradient.span, context: context)
      span = y.mutableSpan
      blind.step(parameters: &span, gradients: gradient.span, context: context)
    }
    #expect(x.map(\.bitPattern) == y.map(\.bitPattern))
    let states = [seeing, blind].map { optimizer in
      optimizer.exportState().filter { !$0.name.hasPrefix("observed") }.map {
        $0.values.map(\.bitPattern)
      }
    }
    #expect(states[0] == states[1])
    #expect(seeing.stateBytes == blind.stateBytes && seeing.stepFactor == blind.stepFactor)
    #expect(blind.outcomes.allSatisfy { $0.alignment.isNaN || $0.isMasked })
  }

  @Test func anObservingAverageGoesOnAfterAResumeAndStartsAnewWithoutIt() throws {
    var whole = try TestedArm("rmsprop")
    var x = Self.start
    for step in 1...9 { whole.advance(&x, Self.gradient(step), step: step) }
    let state = whole.exportState()
    var (resumed, old) = (try TestedArm("rmsprop"), try TestedArm("rmsprop"))
    try resumed.restoreState(state)
    try old.restoreState(state.filter { !$0.name.hasPrefix("observed") })
    for arm in 0..<3 {
      var y = x
      switch arm {
      case 0: whole.advance(&y, Self.gradient(10), step: 10)
      case 1: resumed.advance(&y, Self.gradient(10), step: 10)
      default: old.advance(&y, Self.gradient(10), step: 10)
      }
    }
    let facts = [whole, resumed, old].map { $0.optimizer.outcomes.map(\.alignment) }
    #expect(facts[0] == facts[1])
    #expect(facts[2].allSatisfy { abs($0 - 1) < 1e-6 })
    // A run that does not observe takes a checkpoint of one that does.
    var blind = try ArmOptimizer(
      OptimizerRegistry.arm("rmsprop"), layout: Problems.layout, observation: .nowhere)
    try blind.restoreState(state)
  }

  @Test(arguments: BatteryTests.arms + ["skip(adamw):grain=element", "magma(adamw):wd=0.5"])
  func updateNormsAreOfTheDisplacementAskedFor(_ text: String) throws {
    var arm = try TestedArm(text)
    for (_, moved, outcomes) in steps(&arm, 5) {
      for (entry, outcome) in zip(Problems.layout.entries, outcomes) {
        let size = norm(moved[entry.range].map { Double($0) })
        // What rounding swallows is at most half an ulp of a weight, per element.
        #expect(abs(Double(outcome.updateNorm) - size) < 1e-6 + 1e-4 * size, "\(entry.name)")
        #expect(outcome.keptShare > 0 || outcome.updateNorm == 0)
      }
    }
  }

  @Test(arguments: ["adam", "skip(adamw)", "cautious(adam)", "magma(muon)", "adamw:wd=0.5"])
  func nothingIsAskedForAtARateOfZero(_ text: String) throws {
    var arm = try ArmOptimizer(OptimizerRegistry.arm(text), layout: Problems.layout)
    var x = Self.start
    var span = x.mutableSpan
    arm.step(
      parameters: &span, gradients: Self.gradient(1).span,
      context: StepContext(step: 1, scheduleFactor: 0))
    #expect(x == Self.start)
    #expect(arm.outcomes.allSatisfy { $0.updateNorm == 0 })
  }

  @Test func aStepThatRoundingSwallowsWasAskedForAllTheSame() throws {
    var arm = try TestedArm("sgd:lr=1e-12")
    for (_, moved, outcomes) in steps(&arm, 2) {
      #expect(moved.count { $0 != 0 } < 3)
      for outcome in outcomes {
        #expect(abs(outcome.updateNorm / (1e-12 * outcome.gradientNorm) - 1) < 1e-5)
      }
    }
  }

  @Test func decayOutsideTheMaskIsNoPartOfTheUpdate() throws {
    var (outside, inside) = (
      try TestedArm("skip(adamw):wd=0.5,lr=0.1,decay=outside"),
      try TestedArm("skip(adamw):wd=0.5,lr=0.1")
    )
    outside.optimizer.forcedCoins = Problems.layout.entries.map { _ in false }
    inside.optimizer.forcedCoins = Problems.layout.entries.map { _ in true }
    for (_, moved, outcomes) in steps(&outside, 3) {
      for (entry, outcome) in zip(Problems.layout.entries, outcomes) where outcome.isMasked {
        #expect(outcome.updateNorm == 0 && moved[entry.range].contains { $0 != 0 })
      }
    }
    for (_, moved, outcomes) in steps(&inside, 3) {
      for (entry, outcome) in zip(Problems.layout.entries, outcomes) {
        let size = norm(moved[entry.range].map { Double($0) })
        #expect(abs(Double(outcome.updateNorm) / size - 1) < 1e-4)
      }
    }
  }

  /// The limiter on APOLLO's norms is state, and state is dense.
  @Test func droppedStepsAdvanceApollosNormLimiter() throws {
    var (masked, plain) = (
      try TestedArm("magma(apollo):rank=2,gap=5"), try TestedArm("apollo:rank=2,gap=5")
    )
    var (x, y) = (Self.start, Self.start)
    var dropped = 0
    for step in 1...40 {
      let gradient = Self.gradient(step).map { $0 * Float(1 + step % 7) }
      masked.advance(&x, gradient, step: step)
      dropped += masked.optimizer.outcomes.count { $0.keptShare == 0 }
      plain.advance(&y, gradient, step: step)
    }
    #expect(dropped > 40)
    for (name, values) in plain.exportState() where name != "observed.momentum" {
      guard name != "step_factor" else { continue }
      #expect(masked.exportState().first { $0.name == name }?.values == values, "\(name)")
    }
  }

  static let start = Problems.normals(Problems.layout.count, seed: 1)

  static func gradient(_ step: Int) -> [Float] {
    Problems.normals(Problems.layout.count, seed: UInt64(step) + 50)
  }

  private func steps(
    _ arm: inout TestedArm, _ count: Int
  ) -> [(step: Int, moved: [Float], outcomes: [BlockOutcome])] {
    var x = Self.start
    return (1...count).map { step in
      let old = x
      arm.advance(&x, Self.gradient(step), step: step)
      return (step, zip(x, old).map { $0 - $1 }, arm.optimizer.outcomes)
    }
  }

  private func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
