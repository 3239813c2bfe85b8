import Optimizers
import RunModel
import TensorKernels
import Testing

@Suite struct MaskingTests {
  static let bases = OptimizerRegistry.catalog.bases.map(\.name)

  @Test(arguments: bases)
  func skipWithoutMaskIsItsBaseBitForBit(_ base: String) throws {
    let plain = try walk(base, steps: 25).parameters
    let skipped = try walk("skip(\(base)):mask=0", steps: 25).parameters
    #expect(plain.map(\.bitPattern) == skipped.map(\.bitPattern))
  }

  @Test(arguments: ["skip(adamw)", "magma(rmsprop)", "magma(lion)"])
  func unmaskedBlocksTakeTheBasesOwnStep(_ arm: String) throws {
    let base = try OptimizerRegistry.arm(arm).base
    let (plain, masked) = (
      try walk(base, steps: 10).parameters, try walk(arm, steps: 10).parameters
    )
    for entry in Problems.layout.entries {
      let same = plain[entry.range].elementsEqual(masked[entry.range])
      #expect(same == !entry.isMaskable, "\(entry.name)")
    }
  }

  @Test(arguments: [0.25, 0.5, 0.8])
  func maskRateLiesWithinFourStandardDeviations(_ mask: Double) throws {
    let (blocks, steps) = (20, 2000)
    let layout = Problems.vectors(blocks, of: 2)
    var arm = try TestedArm("magma(sgd):mask=\(mask)", layout)
    var x = Array(repeating: Float(1), count: layout.count)
    var dropped = Array(repeating: 0, count: blocks)
    for step in 1...steps {
      arm.advance(&x, Array(repeating: 1e-3, count: layout.count), step: step)
      for block in 0..<blocks where arm.optimizer.outcomes[block].keptShare == 0 {
        dropped[block] += 1
      }
    }
    let deviation = (mask * (1 - mask) / Double(steps)).squareRoot()
    for count in dropped {
      #expect(abs(Double(count) / Double(steps) - mask) < 4 * deviation)
    }
    let total = Double(dropped.reduce(0, +)) / Double(steps * blocks)
    #expect(abs(total - mask) < 4 * deviation / Double(blocks).squareRoot())
  }

  @Test func coinsAreSharedByAllArmsOfASeed() throws {
    let reference = try walk("skip(rmsprop)", steps: 60).kept
    #expect(try walk("magma(adam):lr=0.3,tau=1", steps: 60).kept == reference)
    #expect(try walk("magma(muon)", steps: 60).kept == reference)
    #expect(reference.contains { $0.contains(0) } && reference.contains { $0.contains(1) })
  }

  @Test func aDroppedBlockKeepsItsPlaceButFeedsItsMoments() throws {
    var masked = try TestedArm("skip(adam):scope=all")
    var plain = try TestedArm("adam")
    masked.optimizer.forcedCoins = Problems.layout.entries.map { _ in false }
    let start = Problems.normals(Problems.layout.count, seed: 1)
    var (x, y) = (start, start)
    for step in 1...5 {
      let gradient = Problems.normals(start.count, seed: UInt64(step))
      masked.advance(&x, gradient, step: step)
      plain.advance(&y, gradient, step: step)
    }
    #expect(x == start)
    for name in ["exp_avg", "exp_avg_sq"] {
      let dense = plain.exportState().first { $0.name == name }?.values
      #expect(masked.exportState().first { $0.name == name }?.values == dense)
    }
  }

  @Test func sparseMomentsStandStillOnDroppedSteps() throws {
    var arm = try TestedArm("magma(rmsprop):moments=sparse,scope=all")
    var x = Problems.normals(Problems.layout.count, seed: 1)
    arm.advance(&x, Problems.normals(x.count, seed: 2), step: 1)
    arm.optimizer.forcedCoins = Problems.layout.entries.map { _ in false }
    let frozen = arm.exportState().filter { $0.name != "step_factor" }.map(\.values)
    arm.advance(&x, Problems.normals(x.count, seed: 3), step: 2)
    #expect(arm.exportState().filter { $0.name != "step_factor" }.map(\.values) == frozen)
  }

  @Test(arguments: [
    ("row", 8), ("column", 4), ("head", 2), ("element", 32), ("tensor", 1),
  ])
  func everyGroupOfAGrainHasItsOwnCoin(_ grain: String, _ groups: Int) throws {
    var arm = try TestedArm("skip(sgd):rescale=none,grain=\(grain)")
    let range = try #require(Problems.layout.entry("q")).range
    var patterns: Set<[Bool]> = []
    var kept = 0
    for step in 1...400 {
      var x = Array(repeating: Float(0), count: Problems.layout.count)
      arm.advance(&x, Array(repeating: 1, count: x.count), step: step)
      let moved = range.map { x[$0] != 0 }
      patterns.insert(moved)
      kept += moved.count { $0 }
      let share = arm.optimizer.outcomes[1].keptShare
      #expect(share == Float(moved.count { $0 }) / 32)
      checkGroups(moved, grain)
    }
    #expect(patterns.count >= min(1 << groups, 150))
    let deviation = (0.25 / Double(400 * groups)).squareRoot()
    #expect(abs(Double(kept) / 12800 - 0.5) < 4 * deviation)
  }

  /// q is 8 x 4 with two heads of four rows.
  private func checkGroups(_ moved: [Bool], _ grain: String) {
    for i in moved.indices {
      let (row, column) = (i / 4, i % 4)
      switch grain {
      case "row": #expect(moved[i] == moved[row * 4])
      case "column": #expect(moved[i] == moved[column])
      case "head": #expect(moved[i] == moved[row / 4 * 16])
      case "tensor": #expect(moved[i] == moved[0])
      default: break
      }
    }
  }

  @Test func headsOfAnOutputProjectionAreColumns() throws {
    var arm = try TestedArm("skip(sgd):grain=head")
    let range = try #require(Problems.layout.entry("o")).range
    var differed = false
    for step in 1...30 {
      var x = Array(repeating: Float(0), count: Problems.layout.count)
      arm.advance(&x, Array(repeating: 1, count: x.count), step: step)
      let moved = range.map { x[$0] != 0 }
      for i in moved.indices { #expect(moved[i] == moved[i % 8 / 4 * 4]) }
      differed = differed || moved[0] != moved[4]
    }
    #expect(differed)
  }

  @Test(arguments: [
    ("workload", ["q", "o", "up"]), ("attention", ["q", "o"]), ("mlp", ["up"]),
    ("attention+mlp", ["q", "o", "up"]), ("all", ["embed", "q", "o", "up", "norm"]),
    ("?", ["q", "o"]), ("*o*", ["o", "norm"]),
  ])
  func scopeSelectsBlocks(_ scope: String, _ names: [String]) throws {
    let arm = try TestedArm("magma(adam):scope=\(scope)")
    let selected = zip(Problems.layout.entries, arm.optimizer.outcomes)
      .filter { $0.1.isMasked }.map(\.0.name)
    #expect(selected == names)
  }

  @Test func stepFactorIsKeepTimesMeanScale() throws {
    var arm = try TestedArm("magma(adam):mask=0.25,s0=0.4")
    #expect(abs(arm.optimizer.stepFactor - 0.75 * 0.4) < 1e-12)
    var x = Problems.normals(Problems.layout.count, seed: 1)
    arm.advance(&x, Problems.normals(x.count, seed: 2), step: 1)
    let scales = arm.optimizer.outcomes.filter(\.isMasked).map { Double($0.scale) }
    let mean = scales.reduce(0, +) / Double(scales.count)
    #expect(abs(arm.optimizer.stepFactor - 0.75 * mean) < 1e-6)
    #expect(try TestedArm("skip(adam):mask=0.3").optimizer.stepFactor == 1)
    #expect(try TestedArm("adam").optimizer.stepFactor == 1)
    #expect(try TestedArm("damp(adam):s0=0.7").optimizer.stepFactor == 0.7)
  }

  @Test func aMatchedControlScalesOnlyTheMaskableBlocks() throws {
    let layout = Problems.layout
    var (control, plain) = (try TestedArm("matched(magma(sgd))"), try TestedArm("sgd"))
    let gradient = Problems.normals(layout.count, seed: 2)
    var (x, y) = (
      Array(repeating: Float(0), count: layout.count),
      Array(repeating: Float(0), count: layout.count)
    )
    var span = x.mutableSpan
    control.optimizer.step(
      parameters: &span, gradients: gradient.span,
      context: StepContext(step: 1, matchedFactor: 0.25))
    plain.advance(&y, gradient, step: 1)
    for entry in layout.entries {
      for i in entry.range { #expect(x[i] == (entry.isMaskable ? 0.25 : 1) * y[i]) }
    }
    #expect(control.optimizer.outcomes.allSatisfy { !$0.isMasked })
    #expect(control.optimizer.stepFactor == 0.25)
  }

  @Test func schedulesAndPoliciesMoveTheSurvivalProbability() throws {
    func keeps(_ settings: String, at step: Int) throws -> [Float] {
      var arm = try TestedArm("skip(sgd):rescale=none,\(settings)")
      var x = Array(repeating: Float(0), count: Problems.layout.count)
      let gradient = Problems.normals(x.count, seed: 1)
      var span = x.mutableSpan
      arm.optimizer.step(
        parameters: &span, gradients: gradient.span,
        context: StepContext(step: step, totalSteps: 100))
      return arm.optimizer.outcomes.filter(\.isMasked).map(\.keep)
    }
    let linear = "mask=0.5,maskPolicy=linear,maskEnd=0.1"
    #expect(try keeps(linear, at: 100).allSatisfy { abs($0 - 0.9) < 1e-6 })
    #expect(try keeps(linear, at: 50).allSatisfy { abs($0 - 0.7) < 1e-6 })
    #expect(try keeps(linear + ",maskSteps=25", at: 50).allSatisfy { abs($0 - 0.9) < 1e-6 })
    let cosine = "mask=0.5,maskPolicy=cosine,maskEnd=0.1"
    #expect(try keeps(cosine, at: 50).allSatisfy { abs($0 - 0.7) < 1e-6 })
    #expect(try keeps(cosine, at: 25).allSatisfy { abs($0 - 0.5586) < 1e-3 })
    let depth = try keeps("mask=0.4,maskPolicy=depth", at: 1)
    for (found, wanted) in zip(depth, [0.8, 0.6, 0.4]) {
      #expect(abs(found - Float(wanted)) < 1e-6)
    }
    // Before anything is averaged, c = 0: the mask is mask + gain · √(1 − 0.9²).
    let adaptive = try keeps("mask=0.3,maskPolicy=alignment,maskGain=0.5", at: 1)
    #expect(adaptive.allSatisfy { abs($0 - (0.7 - 0.5 * 0.43589)) < 1e-4 })
  }

  private func walk(_ arm: String, steps: Int) throws -> (parameters: [Float], kept: [[Float]]) {
    var arm = try TestedArm(arm)
    var x = Problems.normals(Problems.layout.count, seed: 1)
    var kept: [[Float]] = []
    for step in 1...steps {
      arm.advance(&x, Problems.normals(x.count, seed: UInt64(step) + 10), step: step)
      kept.append(arm.optimizer.outcomes.filter(\.isMasked).map(\.keptShare))
    }
    return (x, kept)
  }
}
