import Optimizers
import RunModel
import TensorKernels
import Testing

/// Rules of one's own: the arms they reproduce, their mistakes, their memory.
@Suite struct RuleTests {
  @Test(arguments: FactsTests.bases)
  func aRuleReproducesTheNamedArmBitForBit(_ base: String) throws {
    for (arm, rule) in [
      ("magma(\(base))", "rule(\(base)):keep=.5,scale=s"),
      ("magma(\(base)):mask=0.3,tau=0.5,s0=1", "rule(\(base)):keep=0.7,scale=s,tau=0.5,s0=1"),
      ("skip(\(base))", "rule(\(base)):keep=.5,scale=2"),
      ("skip(\(base)):mask=0.2", "rule(\(base)):keep=0.8,rescale=keep"),
      ("cautious(\(base))", "rule(\(base)):grain=element,keep='u*g > 0',rescale=share"),
      ("lr-dropout(\(base)):keep=0.3", "rule(\(base)):grain=element,keep=0.3"),
      ("magma(\(base)):grain=row", "rule(\(base)):grain=row,keep=.5,scale=s"),
      ("magma(\(base)):grain=element", "rule(\(base)):grain=element,keep=.5,scale=s"),
    ] {
      let (wanted, found) = (try walk(arm), try walk(rule))
      #expect(wanted.map(\.bitPattern) == found.map(\.bitPattern), "\(arm) and \(rule)")
    }
  }

  @Test(arguments: [
    ("rule(adam):keep=coss", "column 1: unknown name 'coss' (did you mean 'cos'?)"),
    ("rule(adam):keep='where(cos > 0, 1'", "column 17"),
    ("rule(adam):scale='1 +'", "column 4: found the end"),
    ("rule(adam):scale=(sgn(u))", "did you mean 'sign'?"),
    ("rule(adam):keep=''", "the expression is empty"),
    ("rule(adam):keep=median(g)", "unknown function 'median'"),
  ])
  func mistakesInFormulasAreFoundWhenTheArmIsRead(_ text: String, _ part: String) {
    let error = #expect(throws: ArmError.self) { try OptimizerRegistry.arm(text) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("rule(adam):keep=.5,gates=moments", nil),
    ("rule(adam):keep=cos,gates=moments", "decides before it is seen"),
    ("rule(adam):keep='cosMean > noise',gates=moments", nil),
    ("rule(adam):keep=s,returns=reset", "decides before it is seen"),
    ("rule(adam):keep=keep", "speaks of itself"),
    ("rule(adam):keep='ema(cos, .9)',grain=element", "one number a block"),
    ("rule(adam):keep='uniform < .5',grain=row", "once a tensor"),
    ("rule(adam):keep=.5,rescale=share", "counts the elements"),
    ("rule(adam):keep=.5,draw=count", "chooses among whole tensors"),
  ])
  func whatARuleCannotDoIsRefused(_ text: String, _ reason: String?) throws {
    let arm = try OptimizerRegistry.arm(text)
    do throws(RunError) {
      try ArmOptimizer.check(arm, layout: Problems.layout)
      #expect(reason == nil, "\(text) was taken")
    } catch {
      let reason = try #require(reason, "\(error.description)")
      #expect(error.description.contains(reason), "\(error.description)")
    }
  }

  @Test func formulasKeepTheirCommasSpacesAndQuotesInAnArmsText() throws {
    let text = "rule(adam):keep='where(mlp and t > .5, .3, .9)',lr=1e-2,scale=min(1, 2*s)"
    let arm = try OptimizerRegistry.arm(text)
    #expect(arm.choice("keep") == "where(mlp and t > .5, .3, .9)")
    #expect(arm.choice("scale") == "min(1,2*s)" && arm.number("lr") == 0.01)
    let changed = arm.setting("lr", to: .number(0.1))
    let again = try OptimizerRegistry.arm(changed.text)
    #expect(again.values == changed.values)
    #expect(changed.text.contains("keep='where(mlp and t > .5, .3, .9)'"))
  }

  @Test func analysesAnswerWhatScreensAsk() throws {
    #expect(try MaskRule(".25 + .25").constant == 0.5)
    #expect(try MaskRule("depth").constant == nil && MaskRule("depth").isForeseeable)
    #expect(try MaskRule("cosMean + step").isForeseeable)
    #expect(try !MaskRule("share(u*g > 0)").isForeseeable)
    #expect(try MaskRule("1 - score").readsAlignment && !MaskRule("u*g > 0").readsAlignment)
    #expect(try MaskRule("share(abs(w) > s)").readsAlignment)
  }

  @Test func formulasChangeLiveAndBadOnesChangeNothing() throws {
    var arm = try TestedArm("rule(adam):keep=.5")
    var x = Problems.normals(Problems.layout.count, seed: 1)
    arm.advance(&x, Problems.normals(x.count, seed: 2), step: 1)
    try arm.optimizer.set("keep", to: .text("cos > 2"))
    let start = x
    arm.advance(&x, Problems.normals(x.count, seed: 3), step: 2)
    for entry in Problems.layout.entries {
      #expect(x[entry.range].elementsEqual(start[entry.range]) == entry.isMaskable)
    }
    let before = arm.optimizer.specification
    for value in ["coss", "1 +", ""] {
      #expect(arm.optimizer.changing("keep", to: .text(value)) != nil)
      #expect(throws: RunError.self) { try arm.optimizer.set("keep", to: .text(value)) }
    }
    #expect(arm.optimizer.specification == before)
    let bare = try TestedArm("rule(rmsprop):keep=.5")
    #expect(bare.optimizer.changing("scale", to: .text("s")) != nil)
    #expect(bare.optimizer.changing("scale", to: .text("2")) == nil)
  }

  @Test func averagesOfARuleAreStateThatResumes() throws {
    let text = "rule(adam):keep='ema(uniform, .9)',scale='ema(cos, .5)',scope=all"
    var whole = try TestedArm(text)
    var x = Problems.normals(Problems.layout.count, seed: 1)
    for step in 1...7 {
      whole.advance(&x, Problems.normals(x.count, seed: UInt64(step)), step: step)
    }
    var resumed = try TestedArm(text)
    try resumed.restoreState(whole.exportState())
    var y = x
    for step in 8...15 {
      let gradient = Problems.normals(x.count, seed: UInt64(step))
      whole.advance(&x, gradient, step: step)
      resumed.advance(&y, gradient, step: step)
    }
    #expect(x.map(\.bitPattern) == y.map(\.bitPattern))
  }

  @Test func factsOfARuleAreItsOwn() throws {
    var arm = try TestedArm("rule(adam):keep='.2 + .2*mlp',scale='1 + attention'")
    var x = Problems.normals(Problems.layout.count, seed: 1)
    arm.advance(&x, Problems.normals(x.count, seed: 2), step: 1)
    for (entry, outcome) in zip(Problems.layout.entries, arm.outcomes) where entry.isMaskable {
      #expect(outcome.keep == (entry.role == .mlp ? 0.4 : 0.2))
      #expect(outcome.scale == (entry.role == .attention ? 2 : 1))
    }
    var cautious = try TestedArm("rule(adam):grain=element,keep='u*g > 0'")
    cautious.advance(&x, Problems.normals(x.count, seed: 3), step: 1)
    for outcome in cautious.outcomes where outcome.isMasked {
      #expect(outcome.keep == outcome.keptShare && outcome.keptShare > 0)
    }
  }

  private func walk(_ text: String) throws -> [Float] {
    var arm = try TestedArm(text)
    var x = Problems.normals(Problems.layout.count, seed: 1)
    for step in 1...20 {
      arm.advance(&x, Problems.normals(x.count, seed: UInt64(step) + 10), step: step)
    }
    return x
  }
}
