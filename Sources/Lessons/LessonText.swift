import Expressions
import Statistics

/// A text with figures from the record: `m ended {m.loss - a.loss, signed} nats above a.`
package struct LessonText: Sendable {
  enum Piece: Sendable {
    case words(String)
    case figure(LessonExpression, LessonFormat)

    var isFigure: Bool {
      switch self {
      case .words: false
      case .figure: true
      }
    }
  }

  /// What went wrong with a figure in braces.
  package struct Mistake: Error {
    package var message: String
  }

  private let sentences: [[Piece]]

  /// Reads a text; throws what is wrong with a figure.
  package init(_ text: String, _ vocabulary: LessonVocabulary) throws(Mistake) {
    var sentences: [[Piece]] = []
    var (sentence, words) = ([Piece](), "")
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "{":
        guard let end = rest.firstIndex(of: "}") else { throw Mistake(message: "'{' has no '}'") }
        if !words.isEmpty { sentence.append(.words(words)) }
        words = ""
        sentence.append(try Self.figure(String(rest[..<end]), vocabulary))
        rest = rest[rest.index(after: end)...]
      case ".", "!", "?":
        words.append(character)
        guard rest.first == " " || rest.isEmpty else { continue }
        if rest.first == " " { words.append(" ") }
        rest = rest.dropFirst()
        sentences.append(sentence + [.words(words)])
        (sentence, words) = ([], "")
      default: words.append(character)
      }
    }
    if !words.isEmpty { sentence.append(.words(words)) }
    if !sentence.isEmpty { sentences.append(sentence) }
    self.sentences = sentences
  }

  /// `EXPRESSION` or `EXPRESSION, FORMAT`.
  private static func figure(
    _ text: String, _ vocabulary: LessonVocabulary
  ) throws(Mistake) -> Piece {
    var (formula, format) = (text, LessonFormat.plain)
    if let comma = text.lastIndex(of: ","),
      let named = LessonFormat(rawValue: text[text.index(after: comma)...].filter { $0 != " " })
    {
      (formula, format) = (String(text[..<comma]), named)
    }
    do {
      return .figure(try vocabulary.expression(formula), format)
    } catch {
      throw Mistake(message: "{\(text)}: \(error.description)")
    }
  }

  /// The text with its figures as the record has them.
  ///
  /// - Parameter onlyFigures: leaves out the sentences that have none: they are written for runs that
  ///   came out otherwise.
  package func text(
    _ record: LessonRecord, in lesson: Lesson, onlyFigures: Bool = false
  ) -> String {
    var text = ""
    for sentence in sentences where !onlyFigures || sentence.contains(where: \.isFigure) {
      for piece in sentence {
        switch piece {
        case .words(let words): text += words
        case .figure(let expression, let format):
          text += format.text(expression.value(record, in: lesson))
        }
      }
    }
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  /// Whether every figure in it is there.
  package func isComplete(_ record: LessonRecord, in lesson: Lesson) -> Bool {
    sentences.joined().allSatisfy { piece in
      switch piece {
      case .words: true
      case .figure(let expression, _): expression.value(record, in: lesson).isFinite
      }
    }
  }
}

/// How a figure in a text is written.
package enum LessonFormat: String, Sendable, CaseIterable {
  /// As many digits as are of use.
  case plain
  /// `50 %`
  case percent = "%"
  /// `+.062`
  case signed
  /// `1.842`
  case loss
  /// `1.5e-3`
  case rate
  /// `.50`
  case share
  /// `333,056`
  case count
  /// `kept`, `MASKED`
  case kept
  /// `better`, `inconclusive`, ... by its place in the list of outcomes
  case outcome

  package func text(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    switch self {
    case .plain: return Self.plain(value)
    case .percent: return NumberText.percent(value)
    case .signed: return NumberText.fixed(value, digits: 3, signed: true)
    case .loss: return NumberText.fixed(value, digits: 3)
    case .rate: return NumberText.scientific(value)
    case .share: return NumberText.fixed(value, digits: 2)
    case .count: return Self.grouped(value)
    case .kept: return value == 0 ? "MASKED" : value == 1 ? "kept" : "partly kept"
    case .outcome:
      let place = Int(value)
      let outcomes = Outcome.allCases
      return outcomes.indices.contains(place) ? outcomes[place].rawValue : "-"
    }
  }

  private static func plain(_ value: Double) -> String {
    let size = abs(value)
    if value == value.rounded(), size < 1e6 { return NumberText.fixed(value, digits: 0) }
    if size < 1e-3 || size >= 1e6 { return NumberText.scientific(value) }
    return NumberText.fixed(value, digits: size < 0.1 ? 4 : size < 10 ? 3 : size < 1000 ? 1 : 0)
  }

  private static func grouped(_ value: Double) -> String {
    let digits = Array(NumberText.fixed(abs(value), digits: 0))
    var text = value < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
