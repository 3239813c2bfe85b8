import Expressions
import Foundation
import Testing

@Suite struct ExpressionTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      var text: String
      var values: [Double]
      var expected: Double
    }

    var names: [String]
    var cases: [Case]
  }

  private static func fixture() throws -> Fixture {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/expressions", withExtension: "json"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  @Test func randomExpressionsHaveTheValuesOfAnotherImplementation() throws {
    let fixture = try Self.fixture()
    #expect(fixture.cases.count == 120)
    for item in fixture.cases {
      let found = try value(item.text, fixture.names, item.values)
      let size = max(1, abs(item.expected))
      #expect(abs(found - item.expected) <= 1e-12 * size, "\(item.text): \(found)")
    }
  }

  @Test(arguments: [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ^ 3 ^ 2", 512), ("-2 ^ 2", -4), ("2 - 3 - 4", -5),
    ("8 / 4 / 2", 1), ("--3", 3), ("1 < 2", 1), ("1 < 2 < 2", 0), ("1 < 2 <= 2", 1),
    ("3 > 2 > 1", 1), ("not 1 < 2", 0), ("not 0 and 1", 1), ("1 or 0 and 0", 1), ("!0 + 1", 0),
    ("not not 5", 1), ("min(3, 1, 2)", 1), ("max(3, 1, 2)", 3), ("clamp(5, 0, 1)", 1),
    ("where(0, 1, 2)", 2), ("abs(-2)", 2), ("sqrt(9)", 3), ("sign(-0.5)", -1), ("1e-3", 0.001),
    (".5 + 2.", 2.5), ("exp(0)", 1), ("log(1)", 0), ("sigmoid(0)", 0.5), ("1 == 1.0", 1),
    ("2 != 2", 0), ("1 && 0 || 1", 1), ("2 * not(0)", 2), ("2^-1", 0.5), ("-3 < -2", 1),
  ])
  func operatorsBindAsInArithmetic(_ text: String, _ expected: Double) throws {
    let expression = try Expression(text, Vocabulary([]))
    #expect(expression.constant == expected)
  }

  @Test(arguments: [
    ("", 1, "empty"), ("   ", 1, "empty"), ("1 +", 4, "found the end"), ("(1", 3, "')'"),
    ("1 2", 3, "found the number 2"), ("cos > nose", 7, "did you mean 'noise'?"),
    ("sgn(cos)", 1, "did you mean 'sign'?"), ("min(1)", 1, "two values or more"),
    ("where(1, 2)", 1, "takes 3 values, not 2"), ("1 $ 2", 3, "'$' has no meaning"),
    ("1.2.3", 1, "'1.2.3' is not a number"), ("3x", 1, "'3x' is not a number"),
    ("ema(cos)", 1, "x and beta"), ("cos noise", 5, "operator or the end"),
    ("mean(blocks, cos)", 1, "unknown function 'mean'"), ("cos@x", 5, "number of a step"),
    ("1e999", 1, "not a number"), ("cos[", 5, "a name or a number"), ("m.loss.", 7, "'.'"),
  ])
  func mistakesAreNamedWithTheirPlace(_ text: String, _ column: Int, _ part: String) throws {
    let vocabulary = Vocabulary(["cos", "noise", "m.loss"])
    let error = #expect(throws: ExpressionError.self) { try Expression(text, vocabulary) }
    #expect(error?.column == column, "\(error?.description ?? "")")
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test func depthAndLengthAreLimited() throws {
    for text in [
      String(repeating: "(", count: 10_000), String(repeating: "1^", count: 500) + "1",
      String(repeating: "not(", count: 400), String(repeating: "1+", count: 5_000) + "1",
    ] {
      #expect(throws: ExpressionError.self) { try Expression(text, Vocabulary([])) }
    }
    let long = String(repeating: "1+", count: 900) + "1"
    #expect(try Expression(long, Vocabulary([])).constant == 901)
    let signs = String(repeating: "-", count: 1000) + "1"
    #expect(try Expression(signs, Vocabulary([])).constant == 1)
  }

  @Test func arbitraryTextIsReadOrRefusedButNeverTraps() {
    var random = SystemlessGenerator(state: 7)
    let pieces = ["(", ")", ",", "x", "1", ".", "<", "ema(", "mean(", "@", "[", "]", "^", "-", " "]
    let vocabulary = Vocabulary(["x"], domains: ["blocks"])
    var read = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<12, using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      if (try? Expression(text, vocabulary)) != nil { read += 1 }
    }
    #expect(read > 100)
  }

  @Test func analysesSayWhatAnExpressionDependsOn() throws {
    let vocabulary = Vocabulary(["a", "b", "c"], domains: ["elements"], onlyDomain: 0)
    let expression = try Expression("a + mean(b * 2) > 1", vocabulary)
    #expect(expression.slots == [0] && expression.allSlots == [0, 1])
    #expect(expression.isTruth && expression.constant == nil)
    #expect(try Expression("2 * (3 - 1) / 8", vocabulary).constant == 0.5)
    #expect(try Expression("2 * (3 - 1) / 8", vocabulary).depth <= 3)
    #expect(try Expression("ema(1, 0.5)", vocabulary).constant == nil)
    #expect(try !Expression("a * (b > 1)", vocabulary).isTruth)
  }

  @Test func runningAveragesBeginWithTheirFirstValue() throws {
    let expression = try Expression("ema(x, 0.75) + ema(2 * x, 0)", Vocabulary(["x"]))
    #expect(expression.averageCount == 2)
    var averages = [Double.nan, .nan]
    var stack = Array(repeating: 0.0, count: expression.depth)
    let found = [4.0, 8, 0].map {
      expression.evaluate(values: [$0], averages: &averages, stack: &stack)
    }
    #expect(found == [12, 5 + 16, 3.75])
    let inside = #expect(throws: ExpressionError.self) {
      try Expression("mean(ema(x, 0.5))", Vocabulary(["x"], domains: ["e"], onlyDomain: 0))
    }
    #expect(inside?.column == 6)
  }

  private struct Grid: ValueSource {
    func value(of slot: Int, at places: [Int]) -> Double {
      slot == 0 ? Double(places[0] * 10 + places[1]) : 5
    }

    func count(of domain: Int) -> Int { domain == 0 ? 3 : 4 }
  }

  @Test(arguments: [
    ("count(blocks, y > 4)", 4), ("median(seeds, count(blocks, x > 10))", 3),
    ("sum(seeds, sum(blocks, x))", 138), ("most(seeds, mean(blocks, x)) - y", 16.5),
    ("share(seeds, least(blocks, x) >= 10)", 2.0 / 3),
  ])
  func gatheringsRunOverTheirDomains(_ text: String, _ expected: Double) throws {
    let vocabulary = Vocabulary(["x", "y"], domains: ["seeds", "blocks"])
    let expression = try Expression(text, vocabulary)
    #expect(abs(expression.value(from: Grid(), domains: 2) - expected) < 1e-12)
  }

  @Test func namesCarryIndicesAndSteps() throws {
    var seen: [Reference] = []
    let vocabulary = Vocabulary(names: ["m.scale"]) { reference in
      seen.append(reference)
      return reference.name == "m.scale" ? seen.count - 1 : nil
    }
    _ = try Expression("m.scale[block.1][2]@300 - m.scale", vocabulary)
    #expect(
      seen == [Reference("m.scale", indices: ["block.1", "2"], step: 300), Reference("m.scale")])
    let error = #expect(throws: ExpressionError.self) {
      try Expression("1 + n.scale[3]", vocabulary)
    }
    #expect(error?.column == 5 && error?.length == 10)
    #expect(error?.description.contains("'n.scale[3]' (did you mean 'm.scale'?)") == true)
  }

  @Test func elementaryFunctionsAreAccurate() throws {
    let names = Vocabulary(["x"])
    let (power, root) = (try Expression("exp(x)", names), try Expression("log(x)", names))
    var (averages, stack) = ([Double](), [0.0, 0])
    for i in -700...700 {
      let x = Double(i) * 0.9973
      let e = power.evaluate(values: [x], averages: &averages, stack: &stack)
      #expect(abs(e - exp(x)) <= 4e-16 * exp(x))
      let y = exp(Double(i) / 3)
      let l = root.evaluate(values: [y], averages: &averages, stack: &stack)
      #expect(abs(l - log(y)) <= 4e-16 * max(1, abs(log(y))))
    }
    for (x, e) in [(-800.0, 0.0), (800, .infinity), (0, 1)] {
      #expect(power.evaluate(values: [x], averages: &averages, stack: &stack) == e)
    }
    #expect(root.evaluate(values: [0], averages: &averages, stack: &stack) == -.infinity)
    #expect(root.evaluate(values: [-1], averages: &averages, stack: &stack).isNaN)
  }

  @Test func elementsHaveTheValuesOfNumbers() throws {
    let fixture = try Self.fixture()
    let count = 37
    for item in fixture.cases {
      let expression = try Expression(item.text, Vocabulary(fixture.names))
      var elements = ElementEvaluator(
        expression, elements: [0, 2], slotCount: fixture.names.count, stretch: 64)
      let x = (0..<count).map { Float(item.values[0]) + Float($0) * 0.125 }
      let loss = (0..<count).map { Float(item.values[2]) - Float($0) * 0.25 }
      elements.load(0, x.span)
      elements.load(1, loss.span)
      var found = [Float](repeating: 0, count: count + 1)
      elements.evaluate(
        count: count, values: item.values, gatherings: [], into: &found, at: 1)
      for i in 0..<count {
        let numbers = [Double(x[i]), item.values[1], Double(loss[i]), item.values[3]]
        let wanted = try value(item.text, fixture.names, numbers)
        // Sums that cancel, and comparisons of equal things, may differ in single precision.
        guard wanted.isFinite, abs(wanted) < 1e6, i % 9 == 0 else { continue }
        let near = try [-1e-5, 1e-5].map { shift in
          try value(item.text, fixture.names, numbers.map { $0 + shift })
        }
        guard near.allSatisfy({ abs($0 - wanted) < 1e-2 * max(1, abs(wanted)) }) else { continue }
        #expect(abs(Double(found[i + 1]) - wanted) < 2e-3 * max(1, abs(wanted)), "\(item.text)")
      }
      var sums = ElementEvaluator.Sums()
      elements.add(to: &sums, count: count, values: item.values, gatherings: [])
      let total = found.dropFirst().reduce(0.0) { $0 + Double($1) }
      #expect(sums.sum.isNaN || abs(sums.sum - total) <= 1e-9 * max(1, abs(total)))
      #expect(sums.nonzero == found.dropFirst().count { $0 != 0 })
    }
  }

  private func value(_ text: String, _ names: [String], _ values: [Double]) throws -> Double {
    let expression = try Expression(text, Vocabulary(names))
    var averages = Array(repeating: Double.nan, count: expression.averageCount)
    var stack = Array(repeating: 0.0, count: expression.depth)
    return expression.evaluate(values: values, averages: &averages, stack: &stack)
  }
}

/// A small repeatable generator (Steele et al., 2014).
private struct SystemlessGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
