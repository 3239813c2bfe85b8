import Optimizers
import RunModel
import TensorKernels
import Testing

@Suite struct SettingsTests {
  @Test(arguments: [
    ("magma(adam):scope=atention", "did you mean 'attention'?"),
    ("damp(adam):grain=row", "needs a coin"),
    ("cautious(adam):grain=element", "needs a coin"),
    ("damp(adam):moments=sparse", "drops no block"),
    ("sample(adam):moments=sparse", "before it can toss its coin"),
    ("skip(adam):moments=sparse,grain=row", "freezes whole tensors"),
    ("skip(adam):wd=0.1,decay=outside", "part of its gradient"),
  ])
  func contradictionsAreRefusedWithTheirReason(_ text: String, _ reason: String) throws {
    let arm = try OptimizerRegistry.arm(text)
    let error = #expect(throws: RunError.self) { try ArmOptimizer(arm, layout: Problems.layout) }
    #expect(error?.category == .usage)
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test func headGrainWantsHeads() throws {
    let arm = try OptimizerRegistry.arm("skip(adam):grain=head")
    let error = #expect(throws: RunError.self) {
      try ArmOptimizer(arm, layout: Problems.vectors(2, of: 4))
    }
    #expect(error?.description.contains("number of heads") == true)
  }

  @Test func everyOtherCombinationOfTheRegistryComposes() throws {
    let catalog = OptimizerRegistry.catalog
    for base in catalog.bases {
      for wrapper in catalog.wrappers {
        for text in ["\(wrapper.name)(\(base.name))", "matched(\(wrapper.name)(\(base.name)))"] {
          #expect(throws: Never.self) {
            try ArmOptimizer(OptimizerRegistry.arm(text), layout: Problems.layout)
          }
        }
      }
    }
  }

  @Test func liveChangesActFromTheNextStepOn() throws {
    var arm = try TestedArm("magma(sgd):mask=0.5,lr=0.1")
    try arm.optimizer.set("lr", to: .number(0.4))
    #expect(arm.optimizer.learningRate == 0.4)
    try arm.optimizer.set("mask", to: .number(0))
    try arm.optimizer.set("ema", to: .number(0))
    try arm.optimizer.set("tau", to: .number(0.5))
    var x = Array(repeating: Float(0), count: Problems.layout.count)
    let gradient = Array(repeating: Float(1), count: x.count)
    arm.advance(&x, gradient, step: 1)
    let score = Float(1 / (1 + 0.1353352832))  // sigmoid(1 / 0.5): constant gradients agree
    for (entry, outcome) in zip(Problems.layout.entries, arm.optimizer.outcomes) {
      #expect(outcome.isMasked == entry.isMaskable)
      let wanted: Float = entry.isMaskable ? -0.4 * score : -0.4
      #expect(abs(x[entry.range.lowerBound] - wanted) < 1e-5)
    }
    #expect(arm.optimizer.specification.text.contains("lr=0.4"))
  }

  @Test(arguments: [
    ("lrr", SettingValue.number(1), "did you mean 'lr'?"),
    ("scope", .text("all"), "cannot change while training"),
    ("mask", .number(1.5), "allowed: 0..0.999999"),
    ("mask", .text("many"), "not allowed"),
  ])
  func badLiveChangesAreRefused(_ key: String, _ value: SettingValue, _ part: String) throws {
    var arm = try TestedArm("magma(adam)")
    let before = arm.optimizer.specification
    let error = #expect(throws: RunError.self) { try arm.optimizer.set(key, to: value) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    #expect(arm.optimizer.specification == before)
  }

  @Test func everyLiveSettingCanBeSetToItsOwnValue() throws {
    let catalog = OptimizerRegistry.catalog
    for base in catalog.bases {
      for wrapper in catalog.wrappers {
        var arm = try TestedArm("\(wrapper.name)(\(base.name))")
        for setting in catalog.settings(base: base.name, wrapper: wrapper.name)
        where setting.isLive && setting.twin == nil {
          try arm.optimizer.set(setting.key, to: setting.defaultValue)
        }
      }
    }
  }

  @Test func roleFactorsAndDecayOnActPerBlock() throws {
    var arm = try TestedArm("adamw:lr=0.1,wd=0.5,decayOn=matrices,lrMlp=0.5,lrNorm=2")
    let start = Array(repeating: Float(1), count: Problems.layout.count)
    var x = start
    arm.advance(&x, Array(repeating: 0, count: x.count), step: 1)
    for entry in Problems.layout.entries {
      let factor: Float = entry.role == .mlp ? 0.5 : 1
      let wanted: Float = entry.role == .norm ? 1 : 1 - 0.1 * 0.5 * factor
      #expect(abs(x[entry.range.lowerBound] - wanted) < 1e-6, "\(entry.name)")
    }
  }

  @Test(arguments: [
    ("sgd", 0), ("sgd:momentum=0.9", 1), ("rmsprop", 1), ("rmsprop:momentum=0.9,centered=true", 3),
    ("adam", 2), ("lion", 1), ("laprop", 2),
  ])
  func stateBytesCountTheMoments(_ arm: String, _ buffers: Int) throws {
    let arm = try TestedArm(arm)
    #expect(arm.optimizer.stateBytes == 4 * buffers * Problems.layout.count)
  }

  @Test func magmaCostsMemoryOnlyWhereTheBaseHasNoFirstMoment() throws {
    let maskable = Problems.layout.entries.filter(\.isMaskable)
    let elements = maskable.reduce(0) { $0 + $1.range.count }
    func extra(_ base: String) throws -> Int {
      try TestedArm("magma(\(base))").optimizer.stateBytes - TestedArm(base).optimizer.stateBytes
    }
    #expect(try extra("adam") == 4 * maskable.count)
    #expect(try extra("rmsprop") == 4 * (maskable.count + elements))
  }

  @Test func stateOfAnotherShapeIsRefused() throws {
    let small = try TestedArm("adam", Problems.vectors(1, of: 3))
    var large = try TestedArm("adam")
    let error = #expect(throws: RunError.self) { try large.restoreState(small.exportState()) }
    #expect(error?.category == .input)
  }

  /// What a trainer asks before it writes a change down is what `set` itself goes by.
  @Test(arguments: [
    ("magma(adam)", "mask", SettingValue.number(0.7), nil),
    ("magma(adam)", "mask", .number(1.5), "allowed: 0..0.999999"),
    ("magma(adam)", "mask", .flag(true), "allowed: 0..0.999999"),
    ("magma(adam)", "scope", .text("all"), "cannot change while training"),
    ("adam", "mask", .number(0.5), "has no setting 'mask'"),
    ("skip(adam):decay=outside", "wd", .number(0.1), "part of its gradient"),
    ("skip(adam):decay=outside", "wd", .number(0), nil),
    ("skip(adamw):decay=outside", "wd", .number(0.1), nil),
  ])
  func aChangeIsJudgedWithoutBeingMade(
    _ text: String, _ key: String, _ value: SettingValue, _ reason: String?
  ) throws {
    var arm = try TestedArm(text)
    let (before, state) = (arm.optimizer.specification, arm.exportState().map(\.values))
    let problem = arm.optimizer.changing(key, to: value)
    #expect(arm.optimizer.specification == before)
    #expect(arm.exportState().map(\.values) == state)
    #expect((problem == nil) == (reason == nil))
    if let reason { #expect(problem?.description.contains(reason) == true) }
    let refusal = refusalOfSetting(&arm, key, value)
    #expect(refusal == problem)
    #expect(arm.optimizer.specification == before || problem == nil)
  }

  private func refusalOfSetting(
    _ arm: inout TestedArm, _ key: String, _ value: SettingValue
  ) -> RunError? {
    do throws(RunError) {
      try arm.optimizer.set(key, to: value)
      return nil
    } catch {
      return error
    }
  }

  /// Specifications also come from files: what they leave out takes its default, as on the command
  /// line, and what they exaggerate is refused.
  @Test func specificationsFromFilesTakeTheSameChecksAndDefaults() throws {
    for key in ["lr", "beta2", "mask", "keep", "scope", "lrMlp", "period", "gates"] {
      let written = try OptimizerRegistry.arm("magma(adam):mask=0.3")
      var arm = written
      arm.values[key] = nil
      let made = try ArmOptimizer(arm, layout: Problems.layout)
      #expect(key == "mask" || made.specification.values == written.values, "\(key)")
      arm.values[key] = .number(-7)
      let error = #expect(throws: RunError.self) {
        try ArmOptimizer.check(arm, layout: Problems.layout)
      }
      #expect(error?.description.contains(key) == true)
    }
  }
}
