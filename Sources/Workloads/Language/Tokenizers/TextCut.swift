/// A rule that cuts a text into pieces, none of which is lost.
///
/// The patterns are those that published tokenizers use, matched by hand: an engine for regular
/// expressions would read others too, but many times slower.
enum TextCut: Sendable {
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` (GPT-2).
  case gpt2
  /// `(?i:'s|...)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
  /// (n = 3: Llama 3; n = 1: Qwen 2).
  case llama3(digits: Int)
  /// Digits apart from everything else, one by one or in runs.
  case digits(individual: Bool)

  private static let gpt2Pattern =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  private static let llama3Start =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"#
  private static let llama3End =
    #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The cut of a known pattern; nil for another.
  init?(pattern: String) {
    switch pattern {
    case Self.gpt2Pattern: self = .gpt2
    case Self.llama3Start + #"\p{N}{1,3}"# + Self.llama3End: self = .llama3(digits: 3)
    case Self.llama3Start + #"\p{N}"# + Self.llama3End: self = .llama3(digits: 1)
    default: return nil
    }
  }

  func pieces(_ text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    let reader = ScalarReader(text)
    var pieces: [ArraySlice<Unicode.Scalar>] = []
    var start = text.startIndex
    while start < text.endIndex {
      let end = end(from: start, reader)
      pieces.append(text[start..<end])
      start = end
    }
    return pieces
  }

  private func end(from start: Int, _ text: ScalarReader) -> Int {
    switch self {
    case .gpt2:
      text.contraction(start, ignoringCase: false)
        ?? text.run(start, of: .letter, afterSpace: true)
        ?? text.run(start, of: .number, afterSpace: true)
        ?? text.run(start, of: .sign, afterSpace: true) ?? text.spaces(start)
    case .llama3(let digits):
      text.contraction(start, ignoringCase: true) ?? text.word(start)
        ?? text.run(start, of: .number).map { min($0, start + digits) }
        ?? text.run(start, of: .sign, afterSpace: true).map(text.lineEnds)
        ?? text.lines(start) ?? text.spaces(start)
    case .digits(let individual):
      text.run(start, of: .number).map { individual ? start + 1 : $0 } ?? text.nextNumber(start)
    }
  }
}

/// The pieces of the patterns, each answering where a match from `start` ends.
private struct ScalarReader {
  enum Kind {
    case letter, number, space, sign

    init(_ scalar: Unicode.Scalar) {
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
        self = .letter
      case .decimalNumber, .letterNumber, .otherNumber: self = .number
      default: self = scalar.properties.isWhitespace ? .space : .sign
      }
    }
  }

  private let text: ArraySlice<Unicode.Scalar>
  private let kinds: [Kind]

  init(_ text: ArraySlice<Unicode.Scalar>) {
    self.text = text
    kinds = text.map(Kind.init)
  }

  private func kind(_ place: Int) -> Kind? {
    place < text.endIndex ? kinds[place - text.startIndex] : nil
  }

  private func isLineEnd(_ place: Int) -> Bool {
    place < text.endIndex && (text[place] == "\r" || text[place] == "\n")
  }

  private func end(of kind: Kind, from start: Int) -> Int {
    var end = start
    while self.kind(end) == kind { end += 1 }
    return end
  }

  /// ` ?K+`, or `K+`.
  func run(_ start: Int, of kind: Kind, afterSpace: Bool = false) -> Int? {
    let first = afterSpace && text[start] == " " ? start + 1 : start
    return self.kind(first) == kind ? end(of: kind, from: first) : nil
  }

  /// `[^\r\n\p{L}\p{N}]?\p{L}+`
  func word(_ start: Int) -> Int? {
    if kind(start) == .letter { return end(of: .letter, from: start) }
    guard kind(start) != .number, !isLineEnd(start), kind(start + 1) == .letter else { return nil }
    return end(of: .letter, from: start + 1)
  }

  /// `[\r\n]*`
  func lineEnds(_ start: Int) -> Int {
    var end = start
    while isLineEnd(end) { end += 1 }
    return end
  }

  /// `\s*[\r\n]+`: white space up to the last end of a line in it.
  func lines(_ start: Int) -> Int? {
    let end = end(of: .space, from: start)
    return (start..<end).last(where: isLineEnd).map { $0 + 1 }
  }

  /// `\s+(?!\S)|\s+`: white space, but for its last where something follows.
  func spaces(_ start: Int) -> Int {
    let end = end(of: .space, from: start)
    return end == text.endIndex || end - start < 2 ? max(end, start + 1) : end - 1
  }

  func nextNumber(_ start: Int) -> Int {
    var end = start
    while let kind = kind(end), kind != .number { end += 1 }
    return end
  }

  private static let contractions: [[Unicode.Scalar]] = [
    ["s"], ["t"], ["r", "e"], ["v", "e"], ["m"], ["l", "l"], ["d"],
  ]

  /// `'s|'t|'re|'ve|'m|'ll|'d`
  func contraction(_ start: Int, ignoringCase: Bool) -> Int? {
    guard text[start] == "'" else { return nil }
    let rest = text[(start + 1)...].prefix(2).map { ignoringCase ? Self.folded($0) : $0 }
    return Self.contractions.first { rest.starts(with: $0) }.map { start + 1 + $0.count }
  }

  /// Lower case, and the long s with the others.
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "A"..."Z": Unicode.Scalar(UInt8(scalar.value) + 32)
    case "\u{17F}": "s"
    default: scalar
    }
  }
}
