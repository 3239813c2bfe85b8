/// One word or sign of an expression, and where it stands.
struct Token: Equatable {
  enum Kind: Equatable {
    case number(Double), name(String), sign(String), end
  }

  var kind: Kind
  /// 1-based column of its first character.
  var column: Int
  var length: Int

  /// How an error names it.
  var described: String {
    switch kind {
    case .number(let value): "the number \(value)"
    case .name(let name): "'\(name)'"
    case .sign(let sign): "'\(sign)'"
    case .end: "the end"
    }
  }
}

/// Cuts an expression into tokens.
struct Scanner {
  private let text: [Character]
  private var place = 0

  init(_ text: String) { self.text = Array(text) }

  mutating func tokens() throws(ExpressionError) -> [Token] {
    var tokens: [Token] = []
    while let token = try next() { tokens.append(token) }
    tokens.append(Token(kind: .end, column: text.count + 1, length: 1))
    return tokens
  }

  private mutating func next() throws(ExpressionError) -> Token? {
    while place < text.count, text[place].isWhitespace { place += 1 }
    guard place < text.count else { return nil }
    let start = place
    let character = text[place]
    if Self.isDigit(character) || character == "." && peek(1).map(Self.isDigit) == true {
      return try number(from: start)
    }
    if Self.isLetter(character) { return name(from: start) }
    return try sign(from: start)
  }

  private func peek(_ offset: Int) -> Character? {
    place + offset < text.count ? text[place + offset] : nil
  }

  private static func isDigit(_ c: Character) -> Bool { c.isASCII && c.isNumber }
  private static func isLetter(_ c: Character) -> Bool { c == "_" || c.isASCII && c.isLetter }

  private mutating func number(from start: Int) throws(ExpressionError) -> Token {
    skipDigits()
    if peek(0) == "." {
      place += 1
      skipDigits()
    }
    if let e = peek(0), e == "e" || e == "E" {
      let signed = peek(1) == "-" || peek(1) == "+"
      if peek(signed ? 2 : 1).map(Self.isDigit) == true {
        place += signed ? 2 : 1
        skipDigits()
      }
    }
    let written = String(text[start..<place])
    guard peek(0).map({ Self.isLetter($0) || $0 == "." }) != true, let value = Double(written),
      value.isFinite
    else {
      while let c = peek(0), Self.isLetter(c) || Self.isDigit(c) || c == "." { place += 1 }
      throw ExpressionError(
        .notANumber(String(text[start..<place])), column: start + 1, length: place - start)
    }
    return Token(kind: .number(value), column: start + 1, length: place - start)
  }

  private mutating func skipDigits() {
    while let c = peek(0), Self.isDigit(c) { place += 1 }
  }

  /// Letters, digits and underscores; dots join parts that begin with a letter or digit.
  private mutating func name(from start: Int) -> Token {
    while let c = peek(0) {
      let joins = c == "." && peek(1).map { Self.isLetter($0) || Self.isDigit($0) } == true
      guard Self.isLetter(c) || Self.isDigit(c) || joins else { break }
      place += 1
    }
    let written = String(text[start..<place])
    return Token(kind: .name(written), column: start + 1, length: place - start)
  }

  private static let pairs = ["<=", ">=", "==", "!=", "&&", "||"]
  private static let singles = "+-*/^()<>,[]@!"

  private mutating func sign(from start: Int) throws(ExpressionError) -> Token {
    if let second = peek(1) {
      let pair = String([text[place], second])
      if Self.pairs.contains(pair) {
        place += 2
        return Token(kind: .sign(pair), column: start + 1, length: 2)
      }
    }
    guard Self.singles.contains(text[place]) else {
      throw ExpressionError(.unexpectedCharacter(String(text[place])), column: start + 1)
    }
    place += 1
    return Token(kind: .sign(String(text[start])), column: start + 1, length: 1)
  }
}
