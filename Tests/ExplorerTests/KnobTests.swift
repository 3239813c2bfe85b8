import Explorer
import Optimizers
import RunModel
import Testing

/// What one press of + or - does, for every setting of every optimizer the program has.
@Suite struct KnobTests {
  private static let settings: [Hyperparameter] = {
    let catalog = OptimizerRegistry.catalog
    var seen: Set<String> = []
    return catalog.bases.flatMap { base in
      ([nil] + catalog.wrappers.map { Optional($0.name) }).flatMap { wrapper in
        catalog.settings(base: base.name, wrapper: wrapper)
      }
    }.filter { seen.insert("\($0.key) \($0.kind)").inserted }
  }()

  @Test(arguments: settings)
  func aPressNeverLeapsAndComesToRestWithinTheRange(_ setting: Hyperparameter) throws {
    for up in [true, false] {
      var value = setting.defaultValue
      for _ in 0..<2_000 {
        let next = setting.nudged(value, up: up)
        if next == value { break }
        #expect(setting.value(from: next.description) != nil, "\(setting.key) \(next)")
        if let from = value.number ?? setting.defaultValue.number, let to = next.number {
          expectSmall(setting, from: from, to: to)
        }
        value = next
      }
      #expect(setting.nudged(value, up: up) == value, "\(setting.key) never comes to rest")
    }
  }

  private func expectSmall(_ setting: Hyperparameter, from: Double, to: Double) {
    let ratio = max(from, to) / min(from, to)
    switch setting.kind {
    case .number(let normal, let range, .logarithmic):
      let isToZero = min(from, to) == 0 && max(from, to) <= max(1e-3 * normal, 1e-4) * 1.001
      #expect(ratio <= 3 || isToZero, "\(setting.key) in \(range): \(from) to \(to)")
    case .number(_, _, .retention):
      let apart = (1 - min(from, to)) / (1 - max(from, to))
      #expect(apart <= 2.6, "\(setting.key): \(from) to \(to)")
    case .number(_, let range, .linear):
      let isMagnitude = range.lowerBound >= 0 && range.upperBound > 20
      let unit = range.upperBound - range.lowerBound <= 1.5 ? 0.05 : 0.1
      let isSmall = abs(from - to) <= unit + 1e-9 || ratio <= 3 || min(from, to) == 0
      #expect(isMagnitude ? ratio <= 3 || max(from, to) <= 1e-2 : isSmall, "\(setting.key)")
    case .integer: #expect(abs(from - to) <= 1 || ratio <= 3, "\(setting.key): \(from) to \(to)")
    case .flag, .choice, .pattern: break
    }
  }

  @Test(arguments: [
    ("adam", "wd", "0", "1e-4"), ("adamw", "wd", "0.01", "0.02"), ("adamw", "wd", "1e-4", "2e-4"),
    ("muon", "auxbeta2", "0.999", "0.9995"), ("muon", "auxbeta1", "0.9", "0.95"),
    ("adam", "beta2", "0.999", "0.9995"), ("adam", "lr", "1e-3", "2e-3"),
    ("adam", "lr", "4e-3", "5e-3"), ("sgd", "momentum", "0", "0.5"),
    ("adam", "eps", "1e-8", "2e-8"), ("adam", "lrHead", "1", "2"), ("apollo", "gap", "200", "300"),
  ])
  func pressesGoWhereAPersonExpects(
    _ base: String, _ key: String, _ from: String, _ to: String
  ) throws {
    let settings = OptimizerRegistry.catalog.settings(base: base, wrapper: nil)
    let setting = try #require(settings.first { $0.key == key })
    let start = try #require(setting.value(from: from)), end = try #require(setting.value(from: to))
    #expect(setting.nudged(start, up: true) == end)
    if start != .number(4e-3) { #expect(setting.nudged(end, up: false) == start) }
  }

  @Test func theMaskMovesByTwentieths() throws {
    let settings = OptimizerRegistry.catalog.settings(base: "adam", wrapper: "magma")
    let mask = try #require(settings.first { $0.key == "mask" })
    #expect(mask.nudged(.number(0.5), up: true) == .number(0.55))
    #expect(mask.nudged(.number(0.5), up: false) == .number(0.45))
    let s0 = try #require(settings.first { $0.key == "s0" })
    #expect(s0.nudged(.text("first"), up: true) == .number(0.55))
  }
}
