/// What a vocabulary is written in, and how a text is turned into it and back.
enum TokenAlphabet: Sendable {
  /// Every byte has a printable character (Radford et al., 2019): a space is `Ġ`. The text is cut by
  /// `cuts`, then gets a space before every piece without one where `addsSpace`, then by `own`.
  case bytes(cuts: [TextCut], addsSpace: Bool, own: TextCut?)
  /// Characters, spaces as `▁` (Kudo & Richardson, 2018); the rest as bytes `<0xE2>`.
  case marked(Prefix, splitsWords: Bool)

  /// Which stretches of text get a `▁` put before them.
  enum Prefix: Sendable {
    case none
    /// Every one, whatever it starts with.
    case always
    /// Every one that does not start with a `▁` already.
    case unlessThere
    /// The same, at the start of the text only.
    case atStart
  }

  private static let mark: Unicode.Scalar = "\u{2581}"

  /// Cuts a stretch of text into the pieces that merges must not reach across.
  func pieces(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    switch self {
    case .bytes(let cuts, let addsSpace, let own):
      var pieces = cuts.reduce([text]) { pieces, cut in pieces.flatMap(cut.pieces) }
      if addsSpace { pieces = pieces.map { $0.first == " " ? $0 : ArraySlice([" "] + $0) } }
      return own.map { pieces.flatMap($0.pieces) } ?? pieces
    case .marked(let prefix, let splitsWords):
      let marked = Self.marked(text, prefix, isStart: text.startIndex == 0)
      return splitsWords ? Self.words(marked) : [marked[...]]
    }
  }

  private static func marked(
    _ text: ArraySlice<Unicode.Scalar>, _ prefix: Prefix, isStart: Bool
  ) -> [Unicode.Scalar] {
    let marked = text.map { $0 == " " ? mark : $0 }
    let isMarked = marked.first == mark
    let needsMark =
      switch prefix {
      case .none: false
      case .always: true
      case .unlessThere: !isMarked
      case .atStart: !isMarked && isStart
      }
    return needsMark ? [mark] + marked : marked
  }

  /// Pieces that each start with a mark, but for the first.
  private static func words(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    var words: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    for (place, scalar) in text.enumerated() where scalar == mark && place > start {
      words.append(text[start..<place])
      start = place
    }
    return words + [text[start...]]
  }

  /// The symbols that merging starts from.
  func symbols(of piece: ArraySlice<Unicode.Scalar>) -> [String] {
    switch self {
    case .bytes: String(String.UnicodeScalarView(piece)).utf8.map { Self.characters[Int($0)] }
    case .marked: piece.map { String($0) }
    }
  }

  /// What a token of the vocabulary stands for.
  func bytes(of token: String) -> [UInt8] {
    switch self {
    case .bytes:
      let bytes = token.unicodeScalars.compactMap { Self.values[$0] }
      return bytes.count == token.unicodeScalars.count ? bytes : Array(token.utf8)
    case .marked:
      if let byte = Self.byte(named: token) { return [byte] }
      return token.unicodeScalars.flatMap { $0 == Self.mark ? [32] : Array(String($0).utf8) }
    }
  }

  /// `<0xE2>`, the token of one byte.
  static func name(of byte: UInt8) -> String {
    "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">"
  }

  private static func byte(named token: String) -> UInt8? {
    guard token.utf8.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">") else { return nil }
    return UInt8(token.dropFirst(3).dropLast(), radix: 16)
  }

  /// Printable bytes stand for themselves, the others for the characters from U+0100 on.
  private static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 256
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(UInt8(byte))
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? " "
      }
    }
  }()
  private static let characters = scalars.map { String($0) }
  private static let values = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($0.element, UInt8($0.offset)) })
}
