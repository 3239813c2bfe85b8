import Expressions
import RunModel
import TensorKernels

/// The two formulas of a rule at work: the values they speak of, and what `ema` remembers.
struct RuleEngine: Sendable {
  /// Elements worked on at a time.
  static let stretch = 1024
  /// Names with a value per element, by the register they are loaded into.
  static let registers: [RuleName] = RuleName.allCases.filter(\.isPerElement)

  /// One run over a block's elements, for a gathering such as `share(u*g > 0)`.
  private struct Pass: Sendable {
    let gathering: Gathering
    /// The passes whose figures its formula speaks of.
    let inputs: [Int]
    var figures: [Double]
  }

  /// Which formula runs over elements: a pass, or keep or scale itself.
  enum Target {
    case pass(Int), keep, scale
  }

  private let keepRule: MaskRule
  private let scaleRule: MaskRule
  private var passes: [Pass] = []
  /// Those of the passes, then of keep and of scale where they decide element by element.
  private var evaluators: [ElementEvaluator] = []
  private var keepPlace: Int?
  private var scalePlace: Int?
  private var keepInputs: [Int] = []
  private var scaleInputs: [Int] = []
  private var figures: [Double] = []
  private var keepFigures: [Double] = []
  private var scaleFigures: [Double] = []
  private var values = Array(repeating: 0.0, count: RuleName.allCases.count)
  private var stack: [Double]
  /// Per block, the averages of keep's formula and of scale's.
  private var keepAverages: [[Double]]
  private var scaleAverages: [[Double]]

  init?(_ masks: MaskSettings, blocks: Int) {
    guard let keep = masks.keepRule, let scale = masks.scaleRule else { return nil }
    (keepRule, scaleRule) = (keep, scale)
    stack = Array(repeating: 0, count: max(keep.expression.depth, scale.expression.depth))
    keepAverages = Self.fresh(keep.expression, blocks)
    scaleAverages = Self.fresh(scale.expression, blocks)
    keepInputs = addPasses(of: keep.expression)
    scaleInputs = addPasses(of: scale.expression)
    keepFigures = keepInputs.map { _ in 0 }
    scaleFigures = scaleInputs.map { _ in 0 }
    figures = passes.map { _ in 0 }
    guard masks.grain == .element else { return }
    if Self.registers.contains(where: keep.readsByElement) {
      keepPlace = addEvaluator(keep.expression)
    }
    if Self.registers.contains(where: scale.readsByElement) {
      scalePlace = addEvaluator(scale.expression)
    }
  }

  private static func fresh(_ expression: Expression, _ blocks: Int) -> [[Double]] {
    Array(
      repeating: Array(repeating: .nan, count: expression.averageCount), count: blocks)
  }

  /// Inner gatherings come before those that speak of them.
  private mutating func addPasses(of expression: Expression) -> [Int] {
    expression.gathered.map { part in
      let inputs = addPasses(of: part.body)
      _ = addEvaluator(part.body)
      passes.append(
        Pass(gathering: part.gathering, inputs: inputs, figures: inputs.map { _ in 0 }))
      return passes.count - 1
    }
  }

  private mutating func addEvaluator(_ expression: Expression) -> Int {
    evaluators.append(
      ElementEvaluator(
        expression, elements: Self.registers.map(\.slot), slotCount: RuleName.allCases.count,
        stretch: Self.stretch))
    return evaluators.count - 1
  }

  /// Floats it works in.
  var scratchCount: Int { evaluators.reduce(0) { $0 + $1.count } }

  var passCount: Int { passes.count }
  /// Whether keep is decided element by element, and scale likewise.
  var keepsByElement: Bool { keepPlace != nil }
  var scalesByElement: Bool { scalePlace != nil }
  /// Whether keep says 0 or 1 itself, so that no coin is needed.
  var keepIsCertain: Bool { keepRule.expression.isTruth }
  var keepIsForeseeable: Bool { keepRule.isForeseeable }
  /// Whether both are known before the gradient is looked at.
  var isForeseeable: Bool { keepRule.isForeseeable && scaleRule.isForeseeable }

  mutating func set(_ name: RuleName, _ value: Double) { values[name.slot] = value }

  /// keep of the block, between 0 and 1; what is no number keeps nothing.
  mutating func keep(_ block: Int) -> Double {
    let value = keepRule.expression.evaluate(
      values: values, gatherings: keepFigures, averages: &keepAverages[block], stack: &stack)
    return value.isNaN ? 0 : max(0, min(1, value))
  }

  mutating func scale(_ block: Int) -> Double {
    scaleRule.expression.evaluate(
      values: values, gatherings: scaleFigures, averages: &scaleAverages[block], stack: &stack)
  }

  // MARK: Elements

  private func place(_ target: Target) -> Int {
    switch target {
    case .pass(let index): index
    case .keep: keepPlace ?? 0
    case .scale: scalePlace ?? 0
    }
  }

  func reads(_ name: RuleName, in target: Target) -> Bool {
    guard let register = Self.registers.firstIndex(of: name) else { return false }
    return evaluators[place(target)].reads(register: register)
  }

  mutating func load(_ name: RuleName, _ elements: Span<Float>, in target: Target) {
    guard let register = Self.registers.firstIndex(of: name) else { return }
    evaluators[place(target)].load(register, elements)
  }

  /// The same with the first `count` elements of an array.
  mutating func load(_ name: RuleName, _ elements: [Float], count: Int, in target: Target) {
    load(name, elements.span.extracting(0..<count), in: target)
  }

  /// Adds the loaded elements to what the pass gathers.
  mutating func add(to sums: inout ElementEvaluator.Sums, _ index: Int, count: Int) {
    evaluators[index].add(
      to: &sums, count: count, values: values, gatherings: passes[index].figures)
  }

  /// Makes the figure of a pass known to the formulas that speak of it.
  mutating func finish(_ index: Int, _ sums: ElementEvaluator.Sums) {
    figures[index] = sums.value(passes[index].gathering)
    for later in passes.indices {
      for (place, input) in passes[later].inputs.enumerated() where input == index {
        passes[later].figures[place] = figures[index]
      }
    }
    for (place, input) in keepInputs.enumerated() where input == index {
      keepFigures[place] = figures[index]
    }
    for (place, input) in scaleInputs.enumerated() where input == index {
      scaleFigures[place] = figures[index]
    }
  }

  /// keep or scale of the loaded elements, from `offset` of `result` on.
  mutating func evaluate(
    _ target: Target, count: Int, into result: inout [Float], at offset: Int
  ) {
    switch target {
    case .pass: return
    case .keep:
      evaluators[place(target)].evaluate(
        count: count, values: values, gatherings: keepFigures, into: &result, at: offset)
    case .scale:
      evaluators[place(target)].evaluate(
        count: count, values: values, gatherings: scaleFigures, into: &result, at: offset)
    }
  }

  // MARK: State

  /// What `ema` remembers, block by block.
  var averages: [Double] {
    get { keepAverages.flatMap { $0 } + scaleAverages.flatMap { $0 } }
    set {
      var place = 0
      func refill(_ averages: inout [[Double]]) {
        for block in averages.indices {
          for index in averages[block].indices {
            averages[block][index] = newValue[place]
            place += 1
          }
        }
      }
      refill(&keepAverages)
      refill(&scaleAverages)
    }
  }
}
