/// What is wrong with a lesson as its runs came out.
package struct LessonFinding: Sendable, Hashable {
  package var message: String
}

/// How a lesson came out on one set of seeds.
package struct LessonOutcome: Sendable {
  /// What the record answers to every question, in order; nil: it cannot tell.
  package var answers: [Int?]
  /// The same with the records of the pair exchanged, and with both arms the one or the other.
  package var exchanged: [Int?]
  package var equal: [[Int?]]
  /// Tasks that were not done although all that they offer was trained, by place.
  package var undone: [Int]
  /// Pages with figures that are not there, by place.
  package var incomplete: [Int]

  /// - Parameter player: at the end of the lesson.
  package init(_ player: LessonPlayer, _ record: LessonRecord) {
    let lesson = player.lesson
    let questions = lesson.questions.map(\.1)
    func answers(_ record: LessonRecord) -> [Int?] {
      questions.map { $0.answer(record, in: lesson) }
    }
    self.answers = answers(record)
    exchanged = []
    equal = []
    if lesson.pair.count == 2 {
      let (one, other) = (lesson.pair[0], lesson.pair[1])
      exchanged = answers(record.exchanging(one, other))
      equal = [
        answers(record.equalizing(one, with: other)), answers(record.equalizing(other, with: one)),
      ]
    }
    undone = lesson.beats.indices.filter { place in
      guard case .task = lesson.beats[place].act else { return false }
      return !player.doneTasks.contains(place)
    }
    incomplete = lesson.beats.indices.filter { place in
      switch lesson.beats[place].act {
      case .say(let text), .explain(let text): !text.isComplete(record, in: lesson)
      case .task(let task): !task.text.isComplete(record, in: lesson)
      case .train, .ask, .hide, .reveal, .compare, .sweep: false
      }
    }
  }
}

extension Lesson {
  /// The questions with their places.
  package var questions: [(Int, Question)] {
    beats.enumerated().compactMap { place, beat in
      if case .ask(let question) = beat.act { (place, question) } else { nil }
    }
  }

  /// What is wrong with the lesson, given how it came out on several sets of seeds.
  package func findings(_ outcomes: [LessonOutcome]) -> [LessonFinding] {
    var findings: [LessonFinding] = []
    for (number, outcome) in outcomes.enumerated() {
      let place = "seeds \(number + 1)"
      for (index, entry) in questions.enumerated() {
        let found = problems(
          outcome, index, entry.1, questions.count > 1 ? "\(place), question \(index + 1)" : place)
        findings += found.map(LessonFinding.init)
      }
      findings += outcome.undone.map {
        LessonFinding(message: "\(place): beat \($0 + 1) is not done by what it offers")
      }
      findings += outcome.incomplete.map {
        LessonFinding(message: "\(place): beat \($0 + 1) has figures without a value")
      }
    }
    return findings
  }

  private func problems(
    _ outcome: LessonOutcome, _ index: Int, _ question: Question, _ place: String
  ) -> [String] {
    guard let answer = outcome.answers[index] else {
      return ["\(place): ambiguous, none or several of the choices hold"]
    }
    var problems: [String] = []
    if answer != question.writtenFor {
      let (found, written) = (Question.letter(answer), Question.letter(question.writtenFor))
      problems.append("\(place): the answer is \(found), the pages are written for \(written)")
    }
    guard kind != .exempt else { return problems }
    if outcome.exchanged[index] == answer {
      problems.append("\(place): \(Question.letter(answer)) stays with the arms exchanged")
    }
    if kind == .pair {
      for equal in outcome.equal.compactMap({ $0[index] })
      where !question.choices[equal].isNoDifference {
        problems.append("\(place): \(Question.letter(equal)) with two equal arms")
      }
    }
    return problems
  }
}
