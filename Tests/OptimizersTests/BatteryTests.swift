import Optimizers
import RunModel
import Testing

@Suite struct BatteryTests {
  /// Every base by itself, and every wrapper over a base with and one without a first moment.
  static let arms: [String] = {
    let catalog = OptimizerRegistry.catalog
    let wrapped = catalog.wrappers.map(\.name).flatMap { name in
      ["adamw", "rmsprop"].map { "\(name)(\($0))" + (quickened[name] ?? "") }
    }
    return catalog.bases.map(\.name) + catalog.bases.map { "magma(\($0.name))" } + wrapped
      + [
        "matched(magma(adam))", "skip(adamw):grain=element,period=3",
        "magma(adam):gates=gradient,grain=element", "skip(adam):from=3,until=9",
        "skip(adamw):draw=cycle,gates=moments,returns=reset,period=2",
        "magma(lion):rescale=norm,grain=element", "skip(soap):draw=count,units=2,gates=moments",
      ]
  }()

  /// Settings under which a few steps see all blocks, and hardly any element is left out for good.
  private static let quickened = [
    "badam": ":period=2", "lisa": ":period=2,units=2", "hft": ":period=2,keep=0.7",
    "random-mask": ":keep=0.9999", "cautious-decay": ":wd=0",
  ]

  @Test(arguments: arms)
  func everyArmPassesTheBattery(_ arm: String) throws {
    let specification = try OptimizerRegistry.arm(arm)
    let rates = ["lr", "auxlr"].filter { specification.values[$0] != nil }
    let battery = Battery { factor in
      let settings = rates.map { "\($0)=\(specification.number($0) * factor)" }
      let colon = arm.contains(":") ? "," : ":"
      return try TestedArm(arm + colon + settings.joined(separator: ","))
    }
    #expect(try battery.failures() == [])
  }

  @Test(arguments: Broken.Fault.allCases)
  func aBrokenOptimizerFailsTheBattery(_ fault: Broken.Fault) throws {
    let found = try Battery { Broken(fault: fault, rate: 0.01 * $0) }.failures()
    #expect(found.contains(fault.caught), "\(fault) got through: \(found)")
  }

  @Test func theSameOptimizerWithoutAFaultPasses() throws {
    #expect(try Battery { Broken(fault: nil, rate: 0.003 * $0) }.failures() == [])
  }
}

/// Gradient descent with momentum, and one mistake.
struct Broken: Tested {
  enum Fault: String, CaseIterable, Sendable {
    case climbs, drifts, forgetsItsState, looksAtAGlobal, dividesByTheFourthPower
    case reportsHalfItsUpdate, reportsTheNormOfItsStep, leavesOutABlock

    var caught: Battery.Check {
      switch self {
      case .climbs: .descendsTheQuadratic
      case .drifts: .staysPutWithoutGradient
      case .forgetsItsState: .resumesBitForBit
      case .looksAtAGlobal: .repeatsItself
      case .dividesByTheFourthPower: .staysFinite
      case .reportsHalfItsUpdate: .reportsTheUpdateItAsksFor
      case .reportsTheNormOfItsStep, .leavesOutABlock: .reportsItsAlignment
      }
    }
  }

  let fault: Fault?
  let rate: Double
  private(set) var outcomes = Problems.layout.entries.map { _ in BlockOutcome() }
  private var velocity: [Float] = []

  init(fault: Fault?, rate: Double) {
    self.fault = fault
    self.rate = rate
  }

  mutating func advance(_ parameters: inout [Float], _ gradients: [Float], step: Int) {
    if velocity.isEmpty { velocity = Array(repeating: 0, count: parameters.count) }
    let old = parameters
    for i in parameters.indices {
      velocity[i] = 0.9 * velocity[i] + gradients[i]
      var displacement = Float(rate) * velocity[i]
      switch fault {
      case .climbs: displacement = -displacement
      case .drifts: displacement += 1e-3
      case .looksAtAGlobal: displacement += Float.random(in: 0...1e-3)
      case .dividesByTheFourthPower:
        displacement /= gradients[i] * gradients[i] * gradients[i] * gradients[i]
      case .forgetsItsState, .reportsHalfItsUpdate, .reportsTheNormOfItsStep, .leavesOutABlock, nil:
        break
      }
      parameters[i] -= displacement
    }
    report(zip(parameters, old).map { $0 - $1 }, gradients)
  }

  private mutating func report(_ moved: [Float], _ gradients: [Float]) {
    for (block, entry) in Problems.layout.entries.enumerated() {
      let (m, g, change) = (
        velocity[entry.range], gradients[entry.range], moved[entry.range]
      )
      let dot = zip(m, g).reduce(0) { $0 + $1.0 * $1.1 }
      outcomes[block].momentumNorm = norm(m)
      outcomes[block].gradientNorm = norm(fault == .reportsTheNormOfItsStep ? change : g)
      outcomes[block].alignment = min(1, dot / max(1e-30, norm(m) * norm(g)))
      outcomes[block].updateNorm = norm(change) * (fault == .reportsHalfItsUpdate ? 0.5 : 1)
      if fault == .leavesOutABlock, block == 0 { outcomes[block].alignment = .nan }
    }
  }

  private func norm(_ values: ArraySlice<Float>) -> Float {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  func exportState() -> [(name: String, values: [Float])] { [(name: "v", values: velocity)] }

  mutating func restoreState(_ values: [(name: String, values: [Float])]) {
    if fault != .forgetsItsState { velocity = values[0].values }
  }
}
