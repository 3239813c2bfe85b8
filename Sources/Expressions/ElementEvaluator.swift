/// Evaluates an expression for a stretch of elements at a time, in single precision.
///
/// Names that have a value per element are loaded into registers, all others are numbers. Every
/// instruction is one loop over the stretch, which stays in the first-level cache.
package struct ElementEvaluator: Sendable {
  private enum Source: Sendable {
    case register(Int)
    case number
  }

  private let expression: Expression
  private let sources: [Source]
  private let stretch: Int
  /// Registers first, then the stack; `stretch` floats each.
  private var lanes: [Float]
  private let registerCount: Int

  /// - Parameters:
  ///   - elements: slots that have a value per element, in the order they are loaded in.
  ///   - slotCount: how many slots the vocabulary has.
  ///   - stretch: the most elements at a time.
  package init(_ expression: Expression, elements: [Int], slotCount: Int, stretch: Int) {
    precondition(expression.averageCount == 0, "an average has one number, elements have many")
    self.expression = expression
    self.stretch = stretch
    var sources = Array(repeating: Source.number, count: slotCount)
    for (register, slot) in elements.enumerated() { sources[slot] = .register(register) }
    self.sources = sources
    registerCount = elements.count
    lanes = Array(repeating: 0, count: (elements.count + expression.depth) * stretch)
  }

  /// Floats it works in.
  package var count: Int { lanes.count }

  /// Whether the expression asks for the register's values.
  package func reads(register: Int) -> Bool {
    expression.slots.contains { slot in
      if case .register(let found) = sources[slot] { found == register } else { false }
    }
  }

  package mutating func load(_ register: Int, _ values: Span<Float>) {
    precondition(register < registerCount && values.count <= stretch, "no room for the elements")
    let start = register * stretch
    var lanes = lanes.mutableSpan
    for i in values.indices { lanes[unchecked: start + i] = values[unchecked: i] }
  }

  /// Writes the values of the loaded elements to `target`, from `offset` on.
  package mutating func evaluate(
    count: Int, values: [Double], gatherings: [Double], into target: inout [Float],
    at offset: Int
  ) {
    precondition(count <= stretch && offset + count <= target.count, "no room for the result")
    run(count, values, gatherings)
    let start = registerCount * stretch
    for i in 0..<count { target[offset + i] = lanes[start + i] }
  }

  /// What gatherings are made of, over some elements.
  package struct Sums: Sendable {
    package var count = 0
    package var sum = 0.0
    package var nonzero = 0
    package var least = Double.infinity
    package var most = -Double.infinity

    package init() {}

    /// The figure of everything added; NaN for a median, which sums cannot give.
    package func value(_ gathering: Gathering) -> Double {
      switch gathering {
      case .mean: sum / Double(count)
      case .sum: sum
      case .count: Double(nonzero)
      case .share: Double(nonzero) / Double(count)
      case .least: least
      case .most: most
      case .median: .nan
      }
    }
  }

  /// Adds the values of the loaded elements to `sums`.
  package mutating func add(
    to sums: inout Sums, count: Int, values: [Double], gatherings: [Double]
  ) {
    run(count, values, gatherings)
    let start = registerCount * stretch
    sums.count += count
    for i in start..<start + count {
      let value = Double(lanes[i])
      sums.sum += value
      sums.nonzero += value != 0 ? 1 : 0
      sums.least = min(sums.least, value)
      sums.most = max(sums.most, value)
    }
  }

  private mutating func run(_ count: Int, _ values: [Double], _ gatherings: [Double]) {
    var top = registerCount
    for instruction in expression.instructions {
      switch instruction {
      case .number(let value): fill(&top, count, value)
      case .gathering(let index): fill(&top, count, gatherings[index])
      case .value(let slot):
        switch sources[slot] {
        case .number: fill(&top, count, values[slot])
        case .register(let register): copy(register, &top, count)
        }
      case .apply(let operation):
        apply(operation, top, count)
        top -= operation.arity - 1
      case .average: preconditionFailure("an average has one number, elements have many")
      }
    }
  }

  private mutating func fill(_ top: inout Int, _ count: Int, _ value: Double) {
    let (start, value) = (top * stretch, Float(value))
    var lanes = lanes.mutableSpan
    for i in start..<start + count { lanes[unchecked: i] = value }
    top += 1
  }

  private mutating func copy(_ register: Int, _ top: inout Int, _ count: Int) {
    let (from, to) = (register * stretch, top * stretch)
    var lanes = lanes.mutableSpan
    for i in 0..<count { lanes[unchecked: to + i] = lanes[unchecked: from + i] }
    top += 1
  }

  private mutating func apply(_ operation: Operation, _ top: Int, _ count: Int) {
    let arity = operation.arity
    let first = (top - arity) * stretch
    lanes.withUnsafeMutableBufferPointer { lanes in
      guard let base = lanes.baseAddress else { return }
      let a = base + first
      switch arity {
      case 1: Self.apply(operation, count, a)
      case 2: Self.apply(operation, count, a, a + stretch)
      default: Self.apply(operation, count, a, a + stretch, a + 2 * stretch)
      }
    }
  }

  private static func apply(
    _ operation: Operation, _ count: Int, _ a: UnsafeMutablePointer<Float>
  ) {
    switch operation {
    case .negate: for i in 0..<count { a[i] = -a[i] }
    case .not: for i in 0..<count { a[i] = a[i] == 0 ? 1 : 0 }
    case .abs: for i in 0..<count { a[i] = Swift.abs(a[i]) }
    case .sqrt: for i in 0..<count { a[i] = a[i].squareRoot() }
    case .sign: for i in 0..<count { a[i] = (a[i] > 0 ? 1 : 0) - (a[i] < 0 ? 1 : 0) }
    default: for i in 0..<count { a[i] = Float(operation.value(Double(a[i]))) }
    }
  }

  private static func apply(
    _ operation: Operation, _ count: Int, _ a: UnsafeMutablePointer<Float>,
    _ b: UnsafeMutablePointer<Float>
  ) {
    switch operation {
    case .add: for i in 0..<count { a[i] = a[i] + b[i] }
    case .subtract: for i in 0..<count { a[i] = a[i] - b[i] }
    case .multiply: for i in 0..<count { a[i] = a[i] * b[i] }
    case .divide: for i in 0..<count { a[i] = a[i] / b[i] }
    case .less: for i in 0..<count { a[i] = a[i] < b[i] ? 1 : 0 }
    case .lessOrEqual: for i in 0..<count { a[i] = a[i] <= b[i] ? 1 : 0 }
    case .greater: for i in 0..<count { a[i] = a[i] > b[i] ? 1 : 0 }
    case .greaterOrEqual: for i in 0..<count { a[i] = a[i] >= b[i] ? 1 : 0 }
    case .equal: for i in 0..<count { a[i] = a[i] == b[i] ? 1 : 0 }
    case .notEqual: for i in 0..<count { a[i] = a[i] != b[i] ? 1 : 0 }
    case .min: for i in 0..<count { a[i] = a[i] < b[i] ? a[i] : b[i] }
    case .max: for i in 0..<count { a[i] = a[i] > b[i] ? a[i] : b[i] }
    default: for i in 0..<count { a[i] = Float(operation.value(Double(a[i]), Double(b[i]))) }
    }
  }

  private static func apply(
    _ operation: Operation, _ count: Int, _ a: UnsafeMutablePointer<Float>,
    _ b: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>
  ) {
    if operation == .choose {
      for i in 0..<count { a[i] = a[i] != 0 ? b[i] : c[i] }
    } else {
      for i in 0..<count { a[i] = a[i] < b[i] ? b[i] : a[i] > c[i] ? c[i] : a[i] }
    }
  }
}
