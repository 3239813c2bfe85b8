import Optimizers
import RunModel
import TensorKernels
import Testing

/// The six answers of a mask against counts made independently of the optimizer.
@Suite struct MaskSpaceTests {
  static let layout = Problems.layers

  /// 400 masks of every grain and period: every element moves exactly where its own unit's coin,
  /// found here from the element's place and the block's name, says so.
  @Test(
    arguments: ["tensor", "row", "column", "element", "head", "module", "layer"],
    ["1", "3", "7", "run"])
  func everyElementFollowsTheCoinOfItsUnit(_ grain: String, _ period: String) throws {
    var arm = try TestedArm(
      "skip(sgd):rescale=none,scope=all,mask=0.4,grain=\(grain),period=\(period)", Self.layout)
    let coins = Coins(seed: 3)
    var wrong: [String] = []
    for step in 1...400 {
      let moved = Self.moved(&arm, step)
      let held = period == "run" ? 0 : step / (Int(period) ?? 1)
      for (block, entry) in Self.layout.entries.enumerated() {
        var kept = 0
        for i in entry.range.indices {
          let place = i - entry.range.lowerBound
          let coin = Self.coin(grain, block, place, held, coins)
          if moved[i] != (coin < 0.6) { wrong.append("\(entry.name)[\(place)] step \(step)") }
          kept += coin < 0.6 ? 1 : 0
        }
        let share = Float(kept) / Float(entry.range.count)
        let outcome = arm.optimizer.outcomes[block]
        if outcome.keptShare != share || outcome.keep != 0.6 { wrong.append(entry.name) }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  private static func coin(
    _ grain: String, _ block: Int, _ place: Int, _ step: Int, _ coins: Coins
  ) -> Double {
    let entry = layout.entries[block]
    let rows = entry.shape.count > 1 ? entry.shape[0] : 1
    let columns = entry.range.count / rows
    let layer = Int(entry.name.prefix(1))
    switch grain {
    case "row": return coins.uniform(step: step, block: block, group: place / columns)
    case "column": return coins.uniform(step: step, block: block, group: place % columns)
    case "element": return coins.quad(step: step, block: block, quad: place / 4)[place % 4]
    case "head":
      guard entry.role == .attention else { return coins.uniform(step: step, block: block) }
      let half =
        entry.name.hasSuffix("o") ? place % columns / (columns / 2) : place / columns / (rows / 2)
      return coins.uniform(step: step, block: block, group: half)
    case "module" where layer != nil && entry.role == .attention:
      return coins.uniform(step: step, block: 1 + 4 * (layer ?? 0))
    case "layer" where layer != nil: return coins.uniform(step: step, block: 1 + 4 * (layer ?? 0))
    default: return coins.uniform(step: step, block: block)
    }
  }

  @Test(arguments: [(1, 0), (4, 0), (3, 9), (5, 5), (1, 6)])
  func masksOnlyActBetweenFromAndUntil(_ from: Int, _ until: Int) throws {
    for base in ["sgd", "adamw", "muon"] {
      let text = "skip(\(base)):mask=0.9,from=\(from),until=\(until)"
      var arm = try TestedArm(text, Self.layout)
      let coins = Coins(seed: 3)
      for step in 1...30 {
        let moved = Self.moved(&arm, step)
        let acts = step >= from && (until == 0 || step <= until)
        for (block, entry) in Self.layout.entries.enumerated() {
          let kept =
            !entry.isMaskable || !acts || coins.uniform(step: step, block: block) < 1 - 0.9
          let outcome = arm.optimizer.outcomes[block]
          #expect(outcome.keptShare == (kept ? 1 : 0) && moved[entry.range].contains(true) == kept)
          #expect(!entry.isMaskable || outcome.keep == (acts ? Float(1 - 0.9) : 1))
        }
      }
    }
  }

  @Test func outsideOfItsStepsAMaskIsTheBaseBitForBit() throws {
    for base in FactsTests.bases {
      let plain = try walk(base, 12), late = try walk("magma(\(base)):from=100", 12)
      #expect(plain.map(\.bitPattern) == late.map(\.bitPattern), "\(base)")
    }
  }

  @Test(arguments: [("tensor", 9), ("module", 6), ("layer", 3)], [0, 1, 2])
  func aDrawOfCountKeepsThatManyUnits(_ grain: (String, Int), _ units: Int) throws {
    var arm = try TestedArm(
      "skip(sgd):rescale=none,mask=0.5,draw=count,units=\(units),grain=\(grain.0)", Self.layout)
    let coins = Coins(seed: 3)
    let wanted = units > 0 ? units : Int((Double(grain.1) * 0.5).rounded())
    let leaders: [String: [Int]] = [
      "tensor": [1, 2, 3, 5, 6, 7, 9, 10, 11], "module": [1, 3, 5, 7, 9, 11], "layer": [1, 5, 9],
    ]
    let members = try #require(leaders[grain.0])
    for step in 1...200 {
      let moved = Self.moved(&arm, step)
      let ranked = members.sorted {
        coins.uniform(step: step, block: $0) < coins.uniform(step: step, block: $1)
      }
      let chosen = Set(ranked.prefix(wanted))
      for (block, entry) in Self.layout.entries.enumerated() where entry.isMaskable {
        let leader = members.last { $0 <= block }
        let keeps = leader.map { chosen.contains($0) } == true
        #expect(moved[entry.range].allSatisfy { $0 == keeps }, "\(entry.name) step \(step)")
        let keep = arm.optimizer.outcomes[block].keep
        #expect(abs(Double(keep) - Double(wanted) / Double(grain.1)) < 1e-7)
      }
    }
  }

  @Test func aSuffixMovesAllLayersFromARandomOneOn() throws {
    var arm = try TestedArm("skip(sgd):rescale=none,draw=suffix,grain=layer", Self.layout)
    var firsts = [0, 0, 0]
    for step in 1...600 {
      let moved = Self.moved(&arm, step)
      let layers = (0..<3).map { layer in
        let range = Self.layout.entries[1 + 4 * layer].range
        return moved[range.lowerBound]
      }
      let first = try #require(layers.firstIndex(of: true))
      #expect(layers[first...].allSatisfy { $0 })
      firsts[first] += 1
    }
    // 200 each, standard deviation 11.5.
    #expect(firsts.allSatisfy { abs($0 - 200) < 46 }, "\(firsts)")
    #expect(abs(arm.optimizer.outcomes[1].keep - 1.0 / 3) < 1e-6)
    #expect(arm.optimizer.outcomes[9].keep == 1)
  }

  @Test func aCycleTakesOneLayerAfterTheOther() throws {
    var arm = try TestedArm("skip(sgd):draw=cycle,grain=layer,period=4", Self.layout)
    for step in 1...60 {
      let moved = Self.moved(&arm, step)
      for layer in 0..<3 {
        let range = Self.layout.entries[2 + 4 * layer].range
        #expect(moved[range.lowerBound] == (step / 4 % 3 == layer))
      }
    }
  }

  /// `v ← .9v + b·g/keep`, `θ ← θ − lr·v`, by hand.
  @Test(arguments: [("none", 1.0), ("keep", 1 / 0.6)])
  func aGatedGradientReachesTheMomentsMasked(_ rescale: String, _ factor: Double) throws {
    var arm = try TestedArm(
      "skip(sgd):momentum=0.9,lr=0.1,gates=gradient,grain=element,mask=0.4,rescale=\(rescale)",
      Self.layout)
    let coins = Coins(seed: 3)
    let start = Problems.normals(Self.layout.count, seed: 1)
    var (x, wanted) = (start, start.map { Double($0) })
    var velocity = Array(repeating: 0.0, count: x.count)
    for step in 1...15 {
      let gradient = Problems.normals(x.count, seed: UInt64(step) + 9)
      arm.advance(&x, gradient, step: step)
      for (block, entry) in Self.layout.entries.enumerated() {
        for i in entry.range {
          let coin = Self.coin("element", block, i - entry.range.lowerBound, step, coins)
          let kept = !entry.isMaskable ? 1 : coin < 0.6 ? factor : 0
          velocity[i] = 0.9 * velocity[i] + kept * Double(gradient[i])
          wanted[i] -= 0.1 * velocity[i]
        }
        #expect(arm.optimizer.outcomes[block].scale == 1)
      }
    }
    #expect(relativeDistance(x.map { Double($0) }, wanted) < 1e-6)
  }

  @Test(arguments: ["row", "element", "column", "head"])
  func rescalingByNormKeepsTheNormOfTheUpdate(_ grain: String) throws {
    for base in ["adam", "lion", "muon"] {
      var masked = try TestedArm("skip(\(base)):rescale=norm,grain=\(grain)", Self.layout)
      var plain = try TestedArm(base, Self.layout)
      let start = Problems.normals(Self.layout.count, seed: 1)
      for step in 1...6 {
        let gradient = Problems.normals(start.count, seed: UInt64(step) + 30)
        var (x, y) = (start, start)
        masked.advance(&x, gradient, step: step)
        plain.advance(&y, gradient, step: step)
        for (one, other) in zip(masked.outcomes, plain.outcomes) where one.keptShare > 0 {
          #expect(abs(one.updateNorm / other.updateNorm - 1) < 1e-5)
          #expect(one.keptShare < 1 || one.scale == 1)
        }
      }
    }
  }

  @Test func cautiousDecayLooksAtTheUnmaskedUpdateAlsoWhereItIsDropped() throws {
    for kept in [true, false] {
      var arm = try TestedArm("skip(adamw):lr=0.1,wd=0.2,decay=cautious,rescale=none", Self.layout)
      var plain = try TestedArm("adamw:lr=0.1,wd=0", Self.layout)
      arm.optimizer.forcedCoins = Self.layout.entries.map { _ in kept }
      let start = Problems.normals(Self.layout.count, seed: 1)
      for step in 1...4 {
        var (x, y) = (start, start)
        let gradient = Problems.normals(start.count, seed: UInt64(step) + 30)
        arm.advance(&x, gradient, step: step)
        plain.advance(&y, gradient, step: step)
        var agreeing = 0
        for entry in Self.layout.entries where entry.isMaskable {
          for i in entry.range {
            let u = Double(start[i]) - Double(y[i])
            let decays = u * Double(start[i]) >= 0
            agreeing += decays ? 1 : 0
            let wanted =
              Double(start[i]) - (kept ? u : 0) - (decays ? 0.02 * Double(start[i]) : 0)
            #expect(abs(Double(x[i]) - wanted) < 1e-6)
          }
        }
        #expect(agreeing > 20 && agreeing < 180)
      }
    }
  }

  /// A block that was dropped and comes back steps as one that never moved before.
  @Test(arguments: FactsTests.bases)
  func aResetUnitFindsItsMomentsFresh(_ base: String) throws {
    for gate in ["update", "moments"] {
      var arm = try TestedArm("skip(\(base)):rescale=none,returns=reset,gates=\(gate)", Self.layout)
      var x = Problems.normals(Self.layout.count, seed: 1)
      let coins = [true, true, false, false, true, true, true]
      var fresh: TestedArm?
      for (index, kept) in coins.enumerated() {
        let gradient = Problems.normals(x.count, seed: UInt64(index) + 40)
        arm.optimizer.forcedCoins = Self.layout.entries.map { _ in kept }
        if index == 4 { fresh = try TestedArm(base, Self.layout) }
        var y = x
        arm.advance(&x, gradient, step: index + 1)
        fresh?.advance(&y, gradient, step: index + 1)
        guard fresh != nil else { continue }
        for entry in Self.layout.entries where entry.isMaskable {
          #expect(x[entry.range].elementsEqual(y[entry.range]), "\(base) \(gate) \(entry.name)")
        }
      }
    }
  }

  @Test func keepIsAnotherWayToWriteMask() throws {
    let (kept, masked) = (
      try OptimizerRegistry.arm("skip(adam):keep=0.3"),
      try OptimizerRegistry.arm("skip(adam):mask=0.7")
    )
    #expect(kept.values == masked.values && kept.number("mask") == 0.7)
    #expect(kept.text == "skip(adam):keep=0.3")
    let live = masked.setting("keep", to: .number(0.9))
    #expect(live.number("mask") == 0.1 && live.text == "skip(adam):keep=0.9")
    #expect(
      try OptimizerRegistry.arm("skip(adam):gates=moments").values
        == OptimizerRegistry.arm("skip(adam):moments=sparse").values)
    for text in ["skip(adam):keep=0.3,mask=0.7", "skip(adam):moments=sparse,gates=update"] {
      let error = #expect(throws: ArmError.self) { try OptimizerRegistry.arm(text) }
      #expect(error?.description.contains("say the same") == true)
    }
  }

  @Test(arguments: [
    ("skip(adam):grain=row,gates=moments", "freezes whole tensors"),
    ("skip(adam):grain=element,returns=reset", "whole tensors fresh"),
    ("skip(adam):rescale=norm", "keeps all or nothing"),
    ("skip(adamw):gates=moments,decay=cautious", "computes none"),
    ("skip(adam):wd=0.1,decay=cautious", "part of its gradient"),
    ("sample(adam):gates=gradient", "before it can toss its coin"),
    ("sample(adam):returns=reset", "before it can toss its coin"),
    ("damp(adam):period=3", "period=3 needs a coin"), ("damp(adam):draw=count", "needs a coin"),
    ("cautious(adam):gates=gradient", "needs a coin"), ("damp(adam):period=run", "period=run"),
    ("skip(adam):draw=cycle,grain=element", "chooses among whole tensors"),
    ("skip(adam):draw=count,maskPolicy=linear", "no maskPolicy"),
    ("skip(adam):from=9,until=3", "until=3 lies before from=9"),
  ])
  func impossiblePointsOfTheSpaceAreRefused(_ text: String, _ reason: String) throws {
    let arm = try OptimizerRegistry.arm(text)
    let error = #expect(throws: RunError.self) {
      try ArmOptimizer.check(arm, layout: Self.layout)
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test(arguments: [
    ("period", SettingValue.number(5)), ("period", .text("run")), ("from", .number(8)),
    ("until", .number(9)), ("keep", .number(0.2)),
  ])
  func theMasksTimeIsTunedLive(_ key: String, _ value: SettingValue) throws {
    var live = try TestedArm("skip(sgd):rescale=none", Self.layout)
    var written = try TestedArm("skip(sgd):rescale=none,\(key)=\(value)", Self.layout)
    _ = Self.moved(&live, 1)
    try live.optimizer.set(key, to: value)
    for step in 2...20 {
      #expect(Self.moved(&live, step) == Self.moved(&written, step))
    }
  }

  /// Which elements a step at rate 1 along ones moves.
  private static func moved(_ arm: inout TestedArm, _ step: Int) -> [Bool] {
    var x = Array(repeating: Float(0), count: layout.count)
    arm.advance(&x, Array(repeating: 1, count: x.count), step: step)
    return x.map { $0 != 0 }
  }

  private func walk(_ text: String, _ steps: Int) throws -> [Float] {
    var arm = try TestedArm(text, Self.layout)
    var x = Problems.normals(Self.layout.count, seed: 1)
    for step in 1...steps {
      arm.advance(&x, Problems.normals(x.count, seed: UInt64(step) + 60), step: step)
    }
    return x
  }
}
