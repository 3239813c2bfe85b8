/// What an expression says, before it is flattened.
indirect enum Node {
  case number(Double)
  case name(slot: Int, column: Int)
  case operation(Operation, [Node])
  /// `ema(x, beta)`: the running average of x over the evaluations.
  case average(Node, Node, column: Int)
  case gathering(Gathering, domain: Int, Node)
}

/// Recursive descent over `or < and < not < comparison < + − < * / < sign < ^`.
///
/// Comparisons chain: `.45 < m.maskRate < .55` holds where both do.
struct Parser {
  static let longest = 2000
  static let deepest = 64

  private let vocabulary: Vocabulary
  private var tokens: [Token]
  private var place = 0
  private var depth = 0
  private(set) var references: [(reference: Reference, slot: Int)] = []

  init(_ text: String, _ vocabulary: Vocabulary) throws(ExpressionError) {
    guard text.count <= Self.longest else {
      throw ExpressionError(.tooLong(limit: Self.longest), column: Self.longest + 1)
    }
    self.vocabulary = vocabulary
    var scanner = Scanner(text)
    tokens = try scanner.tokens()
  }

  mutating func parse() throws(ExpressionError) -> Node {
    guard token.kind != .end else { throw ExpressionError(.empty, column: 1) }
    let node = try either()
    guard token.kind == .end else { throw unexpected("an operator or the end") }
    return node
  }

  private var token: Token { tokens[place] }

  private mutating func take(_ signs: String...) -> String? {
    switch token.kind {
    case .sign(let sign) where signs.contains(sign): place += 1; return sign
    case .name(let name) where signs.contains(name): place += 1; return name
    case .number, .name, .sign, .end: return nil
    }
  }

  private mutating func expect(_ sign: String) throws(ExpressionError) {
    guard take(sign) != nil else { throw unexpected("'\(sign)'") }
  }

  private func unexpected(_ wanted: String) -> ExpressionError {
    ExpressionError(
      .unexpected(found: token.described, wanted: wanted), column: token.column,
      length: token.length)
  }

  private mutating func either() throws(ExpressionError) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw ExpressionError(.tooDeep(limit: Self.deepest), column: token.column)
    }
    var node = try both()
    while take("or", "||") != nil { node = .operation(.or, [node, try both()]) }
    return node
  }

  private mutating func both() throws(ExpressionError) -> Node {
    var node = try negation()
    while take("and", "&&") != nil { node = .operation(.and, [node, try negation()]) }
    return node
  }

  private mutating func negation() throws(ExpressionError) -> Node {
    var isNegated = false
    var isTruth = false
    while isNot, take("not", "!") != nil { (isNegated, isTruth) = (!isNegated, true) }
    let node = try comparison()
    guard isTruth else { return node }
    let denied = Node.operation(.not, [node])
    return isNegated ? denied : .operation(.not, [denied])
  }

  /// `not` before an operand; `not(x)` is the same thing written as a function.
  private var isNot: Bool { token.kind == .name("not") || token.kind == .sign("!") }

  private mutating func comparison() throws(ExpressionError) -> Node {
    var left = try sum()
    var chain: Node?
    while let sign = take("<", "<=", ">", ">=", "==", "!="), let operation = Self.signs[sign] {
      let right = try sum()
      let link = Node.operation(operation, [left, right])
      chain = chain.map { .operation(.and, [$0, link]) } ?? link
      left = right
    }
    return chain ?? left
  }

  private static let signs: [String: Operation] = [
    "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual, "==": .equal,
    "!=": .notEqual, "+": .add, "-": .subtract, "*": .multiply, "/": .divide,
  ]

  private mutating func sum() throws(ExpressionError) -> Node {
    var node = try product()
    while let sign = take("+", "-"), let operation = Self.signs[sign] {
      node = .operation(operation, [node, try product()])
    }
    return node
  }

  private mutating func product() throws(ExpressionError) -> Node {
    var node = try signed()
    while let sign = take("*", "/"), let operation = Self.signs[sign] {
      node = .operation(operation, [node, try signed()])
    }
    return node
  }

  /// A sign binds less than a power: `−x^2` is `−(x^2)`.
  private mutating func signed() throws(ExpressionError) -> Node {
    var isNegative = false
    while let sign = take("-", "+") { if sign == "-" { isNegative.toggle() } }
    let node = try power()
    return isNegative ? .operation(.negate, [node]) : node
  }

  private mutating func power() throws(ExpressionError) -> Node {
    let base = try operand()
    guard take("^") != nil else { return base }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw ExpressionError(.tooDeep(limit: Self.deepest), column: token.column)
    }
    return .operation(.power, [base, try signed()])
  }

  private mutating func operand() throws(ExpressionError) -> Node {
    let start = token
    switch start.kind {
    case .number(let value):
      place += 1
      return .number(value)
    case .name(let name):
      place += 1
      return take("(") == nil ? try reference(name, start) : try call(name, start)
    case .sign("("):
      place += 1
      let node = try either()
      try expect(")")
      return node
    case .sign, .end: throw unexpected("a number, a name or '('")
    }
  }

  private mutating func reference(
    _ name: String, _ start: Token
  ) throws(ExpressionError) -> Node {
    var reference = Reference(name)
    while take("[") != nil {
      reference.indices.append(try index())
      try expect("]")
    }
    if take("@") != nil {
      guard case .number(let step) = token.kind, let whole = Int(exactly: step) else {
        throw unexpected("the number of a step")
      }
      place += 1
      reference.step = whole
    }
    guard let slot = vocabulary.slot(of: reference) else {
      let near = NearestName.find(name, among: vocabulary.names.filter { $0 != name })
      throw ExpressionError(
        .unknownName(written(from: start), suggestion: near), column: start.column,
        length: tokens[place - 1].column + tokens[place - 1].length - start.column)
    }
    references.append((reference, slot))
    return .name(slot: slot, column: start.column)
  }

  private mutating func index() throws(ExpressionError) -> String {
    defer { place += 1 }
    switch token.kind {
    case .name(let name): return name
    case .number(let value):
      return Int(exactly: value).map { "\($0)" } ?? "\(value)"
    case .sign, .end: throw unexpected("a name or a number")
    }
  }

  /// The reference just read as it was written, without spaces.
  private func written(from start: Token) -> String {
    let first = tokens.firstIndex { $0.column == start.column } ?? 0
    return tokens[first..<place].map { token in
      switch token.kind {
      case .name(let text), .sign(let text): text
      case .number(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
      case .end: ""
      }
    }.joined()
  }

  private mutating func call(_ name: String, _ start: Token) throws(ExpressionError) -> Node {
    if let gathering = Gathering(rawValue: name), vocabulary.gatherings.contains(gathering),
      let domain = try domain(of: name)
    {
      let body = try either()
      try expect(")")
      return .gathering(gathering, domain: domain, body)
    }
    let operation = Operation.functions.first { $0.name == name }?.operation
    guard operation != nil || name == "ema" else {
      throw ExpressionError(
        .unknownFunction(name, suggestion: NearestName.find(name, among: functionNames)),
        column: start.column, length: start.length)
    }
    var arguments: [Node] = []
    if take(")") == nil {
      repeat { arguments.append(try either()) } while take(",") != nil
      try expect(")")
    }
    if let operation { return try apply(operation, name, arguments, start) }
    guard arguments.count == 2 else { throw count(name, "x and beta", arguments, start) }
    return .average(arguments[0], arguments[1], column: start.column)
  }

  private func apply(
    _ operation: Operation, _ name: String, _ arguments: [Node], _ start: Token
  ) throws(ExpressionError) -> Node {
    if operation == .min || operation == .max, arguments.count > 1 {
      return arguments.dropFirst().reduce(arguments[0]) { .operation(operation, [$0, $1]) }
    }
    guard arguments.count == operation.arity else {
      let wanted =
        operation == .min || operation == .max
        ? "two values or more" : operation.arity == 1 ? "one value" : "\(operation.arity) values"
      throw count(name, wanted, arguments, start)
    }
    return .operation(operation, arguments)
  }

  private func count(
    _ name: String, _ wanted: String, _ arguments: [Node], _ start: Token
  ) -> ExpressionError {
    ExpressionError(
      .wrongCount(function: name, wanted: wanted, found: arguments.count), column: start.column,
      length: start.length)
  }

  private var functionNames: [String] {
    let gatherings = vocabulary.domains.isEmpty ? [] : vocabulary.gatherings.map(\.rawValue)
    return Operation.functions.map(\.name) + ["ema"] + gatherings
  }

  /// What a gathering runs over: `mean(domain, e)`, or `mean(e)` where one domain is meant.
  private mutating func domain(of function: String) throws(ExpressionError) -> Int? {
    guard !vocabulary.domains.isEmpty else { return nil }
    if case .name(let name) = token.kind, tokens[place + 1].kind == .sign(",") {
      guard let domain = vocabulary.domains.firstIndex(of: name) else {
        throw ExpressionError(
          .unknownDomain(
            name, function: function,
            suggestion: NearestName.find(name, among: vocabulary.domains)),
          column: token.column, length: token.length)
      }
      place += 2
      return domain
    }
    guard let domain = vocabulary.onlyDomain else {
      throw unexpected("what to run over: " + vocabulary.domains.joined(separator: ", "))
    }
    return domain
  }
}
