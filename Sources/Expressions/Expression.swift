/// A formula over names: `where(cos > noise, 1, keep)`, `.45 < m.maskRate < .55`.
///
/// Numbers, comparisons (0 or 1, chained), `and or not`, `+ − * / ^`, `min max clamp abs sqrt exp log
/// sigmoid sign where(c, a, b) ema(x, beta)`, and over a domain `mean sum share count median least
/// most`. Read once, evaluated on a flat postfix array that allocates nothing.
package struct Expression: Sendable {
  /// One step of the evaluation.
  enum Instruction: Sendable, Equatable {
    case number(Double)
    case value(slot: Int)
    case apply(Operation)
    /// Takes x and β off the stack; the average is number `index` of the expression's own.
    case average(index: Int)
    case gathering(index: Int)
  }

  /// What is gathered over a domain inside the expression: `share(u*g > 0)`.
  package struct Gathered: Sendable {
    package var gathering: Gathering
    package var domain: Int
    package var body: Expression
  }

  /// The text it was read from.
  package let source: String
  let instructions: [Instruction]
  /// Names that stand outside of gatherings, and the slots that the vocabulary gave them.
  package let slots: [Int]
  package let gathered: [Gathered]
  /// How many running averages `ema` keeps.
  package let averageCount: Int
  /// The most values that stand on the stack at once.
  package let depth: Int
  /// Whether the result is always 0 or 1.
  package let isTruth: Bool

  /// Reads `text`; throws what is wrong, where, and the nearest name.
  package init(_ text: String, _ vocabulary: Vocabulary) throws(ExpressionError) {
    var parser = try Parser(text, vocabulary)
    let node = try parser.parse()
    self = try Expression(node, source: text)
  }

  init(_ node: Node, source: String) throws(ExpressionError) {
    var flat = Flattening(source: source)
    try flat.add(node)
    self.source = source
    instructions = flat.instructions
    slots = Array(Set(flat.slots)).sorted()
    gathered = flat.gathered
    averageCount = flat.averageCount
    depth = flat.deepest
    isTruth = flat.isTruth
  }

  /// All slots that the value depends on, inside gatherings as well.
  package var allSlots: Set<Int> {
    gathered.reduce(into: Set(slots)) { $0.formUnion($1.body.allSlots) }
  }

  /// The value where it depends on nothing; nil where it does.
  package var constant: Double? {
    guard slots.isEmpty, gathered.isEmpty, averageCount == 0 else { return nil }
    var (stack, averages) = (Array(repeating: 0.0, count: depth), [Double]())
    return evaluate(values: [], averages: &averages, stack: &stack)
  }

  /// The value for the numbers in `values`, one per slot of the vocabulary.
  ///
  /// - Parameters:
  ///   - gatherings: the figures of `gathered`, in order.
  ///   - averages: `averageCount` running averages; NaN where one has not begun.
  ///   - stack: room for `depth` numbers; its content means nothing.
  package func evaluate(
    values: [Double], gatherings: [Double] = [], averages: inout [Double], stack: inout [Double]
  ) -> Double {
    precondition(stack.count >= depth, "the stack is too small for the expression")
    var top = 0
    for instruction in instructions {
      switch instruction {
      case .number(let value):
        stack[top] = value
        top += 1
      case .value(let slot):
        stack[top] = values[slot]
        top += 1
      case .gathering(let index):
        stack[top] = gatherings[index]
        top += 1
      case .average(let index):
        top -= 1
        let (x, beta, old) = (stack[top - 1], stack[top], averages[index])
        averages[index] = old.isNaN ? x : beta * old + (1 - beta) * x
        stack[top - 1] = averages[index]
      case .apply(let operation): top = Self.apply(operation, &stack, top)
      }
    }
    return stack[0]
  }

  private static func apply(_ operation: Operation, _ stack: inout [Double], _ top: Int) -> Int {
    switch operation.arity {
    case 1: stack[top - 1] = operation.value(stack[top - 1])
    case 2: stack[top - 2] = operation.value(stack[top - 2], stack[top - 1])
    default:
      stack[top - 3] = operation.value(stack[top - 3], stack[top - 2], stack[top - 1])
    }
    return top - operation.arity + 1
  }
}

/// Where an expression's numbers come from, for those who evaluate one now and then.
package protocol ValueSource {
  /// The value of a slot; `places` holds the member of every domain that is being run over, −1 of
  /// the others.
  func value(of slot: Int, at places: [Int]) -> Double
  /// How many members a domain has.
  func count(of domain: Int) -> Int
}

extension Expression {
  /// The value, gatherings run through by nested loops; `ema` begins anew. Allocates.
  package func value(from source: some ValueSource, domains: Int = 0) -> Double {
    value(from: source, at: Array(repeating: -1, count: domains))
  }

  private func value(from source: some ValueSource, at places: [Int]) -> Double {
    let figures = gathered.map { part in
      part.gathering.value(
        of: (0..<source.count(of: part.domain)).map { member in
          var inside = places
          inside[part.domain] = member
          return part.body.value(from: source, at: inside)
        })
    }
    var values = Array(repeating: 0.0, count: (slots.last ?? -1) + 1)
    for slot in slots { values[slot] = source.value(of: slot, at: places) }
    var averages = Array(repeating: Double.nan, count: averageCount)
    var stack = Array(repeating: 0.0, count: depth)
    return evaluate(values: values, gatherings: figures, averages: &averages, stack: &stack)
  }
}

/// Turns the tree into postfix, folding what depends on nothing.
private struct Flattening {
  let source: String
  private(set) var instructions: [Expression.Instruction] = []
  private(set) var slots: [Int] = []
  private(set) var gathered: [Expression.Gathered] = []
  private(set) var averageCount = 0
  private(set) var deepest = 0
  private var top = 0

  init(source: String) { self.source = source }

  var isTruth: Bool {
    switch instructions.last {
    case .apply(let operation): operation.isTruth
    case .number(let value): value == 0 || value == 1
    case .value, .average, .gathering, nil: false
    }
  }

  mutating func add(_ node: Node) throws(ExpressionError) {
    switch node {
    case .number(let value): push(.number(value))
    case .name(let slot, _):
      slots.append(slot)
      push(.value(slot: slot))
    case .operation(let operation, let arguments):
      let first = instructions.count
      for argument in arguments { try add(argument) }
      apply(operation, from: first)
    case .average(let x, let beta, _):
      try add(x)
      try add(beta)
      instructions.append(.average(index: averageCount))
      averageCount += 1
      top -= 1
    case .gathering(let gathering, let domain, let body):
      try Self.forbidAverages(in: body, gathering)
      gathered.append(
        .init(
          gathering: gathering, domain: domain, body: try Expression(body, source: source)))
      push(.gathering(index: gathered.count - 1))
    }
  }

  private static func forbidAverages(
    in node: Node, _ gathering: Gathering
  ) throws(ExpressionError) {
    switch node {
    case .number, .name: return
    case .operation(_, let arguments):
      for argument in arguments { try forbidAverages(in: argument, gathering) }
    case .average(_, _, let column):
      throw ExpressionError(.averageInside(gathering.rawValue), column: column, length: 3)
    case .gathering(_, _, let body): try forbidAverages(in: body, gathering)
    }
  }

  private mutating func push(_ instruction: Expression.Instruction) {
    instructions.append(instruction)
    top += 1
    deepest = max(deepest, top)
  }

  private mutating func apply(_ operation: Operation, from first: Int) {
    top -= operation.arity - 1
    let numbers = instructions[first...].compactMap { instruction in
      if case .number(let value) = instruction { value } else { nil }
    }
    guard numbers.count == operation.arity, instructions.count == first + numbers.count else {
      instructions.append(.apply(operation))
      return
    }
    instructions.removeLast(numbers.count)
    switch operation.arity {
    case 1: instructions.append(.number(operation.value(numbers[0])))
    case 2: instructions.append(.number(operation.value(numbers[0], numbers[1])))
    default: instructions.append(.number(operation.value(numbers[0], numbers[1], numbers[2])))
    }
  }
}
