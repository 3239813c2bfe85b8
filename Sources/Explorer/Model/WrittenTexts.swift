/// What the newest kept model of an arm writes.
package struct ModelText: Sendable, Hashable {
  package let letter, name: String
  package let step: Int
  package let text: String

  package init(letter: String, name: String, step: Int, text: String) {
    (self.letter, self.name, self.step, self.text) = (letter, name, step, text)
  }
}

/// What the models have written for the panel, the newest of it.
package struct WrittenTexts: Sendable {
  private var texts: [ModelText] = []
  /// The evaluation that texts were last asked for, how often, and when.
  private var asked: (step: Int, tries: Int, at: Double)?
  /// Whether an answer is to come: models that write slowly are not asked faster than they write.
  private var isAwaited = false

  private static let most = 256
  /// A checkpoint is written a moment after its evaluation, or, on a full disk, not at all.
  private static let mostTries = 3
  /// Seconds between two texts, since writing takes CPU from training.
  private static let pause = 2.0

  mutating func take(_ new: [ModelText]) {
    isAwaited = false
    texts += new.filter { !texts.contains($0) }
    if texts.count > Self.most { texts.removeFirst(texts.count - Self.most) }
  }

  /// What an arm had written last at a step.
  func text(_ letter: String, at step: Int) -> ModelText? {
    texts.filter { $0.letter == letter && $0.step <= step }.max { $0.step < $1.step }
  }

  /// Whether the models of an evaluation have yet to be asked, and may be.
  func isWanting(_ step: Int, now: Double) -> Bool {
    if let newest = texts.map(\.step).max(), newest >= step { return false }
    guard let asked else { return true }
    let isNew = asked.step != step || asked.tries < Self.mostTries
    return isNew && !isAwaited && now - asked.at >= Self.pause
  }

  mutating func ask(_ step: Int, now: Double) {
    let tries = asked.flatMap { $0.step == step ? $0.tries : nil } ?? 0
    asked = (step, tries + 1, now)
    isAwaited = true
  }
}
