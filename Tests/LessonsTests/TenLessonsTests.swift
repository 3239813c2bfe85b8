import LessonStage
import Lessons
import RunModel
import Testing

/// Every lesson is played on three sets of seeds, then with the records of its arms exchanged and
/// with equal arms; what `lessons check` does.
@Suite struct TenLessonsTests {
  @Test(arguments: 1...9)
  func answersFollowFromTheRecordOnThreeSetsOfSeeds(_ number: Int) throws {
    try check("\(number)", plays: 3)
  }

  /// A sweep of 48 runs and another of 36: once here, three times in `lessons check`.
  @Test func theSweepOfTheTenthIsJudged() throws {
    try check("10", plays: 1)
  }

  private func check(_ name: String, plays: Int) throws {
    let check = try LessonCheck(LessonFixture.library.lesson(name), plays: plays)
    #expect(check.findings.map(\.message) == [], "\(check.lesson.name)")
    #expect(check.outcomes.count == plays)
    let questions = check.lesson.questions
    for outcome in check.outcomes {
      #expect(outcome.answers == questions.map { $0.1.writtenFor })
    }
  }

  @Test(arguments: [
    ("check: m.maskRate < .2", "check: m.maskRate < .9", "ambiguous"),
    ("check: .3 < m.maskRate < .7", "check: .3 < m.maskRate < .31", "ambiguous"),
    ("writtenFor: B", "writtenFor: C", "the pages are written for C"),
    ("check: .3 < m.maskRate < .7}", "check: 'max(m.maskRate, p.maskRate) > .3'}", "exchanged"),
    ("until: .3 < other.m.maskRate < .7", "until: other.m.maskRate > 2", "is not done"),
    ("{p.maskRate, share}", "{p.maskRate@70, share}", "without a value"),
  ])
  func aBrokenLessonFailsItsCheck(_ right: String, _ wrong: String, _ message: String) throws {
    var text = LessonFixture.text().replacing(right, with: wrong, maxReplacements: 1)
    #expect(text != LessonFixture.text())
    if message == "exchanged" {
      // Neither may the choices beside it tell the arms apart: else the exchanged is ambiguous.
      text = text.replacing("m.maskRate < .2", with: "'max(m.maskRate, p.maskRate) < .2'")
      text = text.replacing("m.maskRate > .8", with: "'min(m.maskRate, p.maskRate) > .8'")
    }
    let check = try LessonCheck(LessonFixture.read(text))
    #expect(check.findings.contains { $0.message.contains(message) }, "\(check.findings)")
    let sound = try LessonCheck(LessonFixture.read(LessonFixture.text()))
    #expect(sound.findings == [])
  }

  @Test func aPairThatSeesADifferenceBetweenEqualArmsFails() throws {
    let text = LessonFixture.text(kind: "pair")
    let check = try LessonCheck(LessonFixture.read(text))
    #expect(check.findings.contains { $0.message.contains("with two equal arms") })
  }
}

@Suite struct SeedHabitsTests {
  @Test func barsOfLikeNumbersPartAsOftenAsASimulationSays() {
    // Twelve equal losses: no bar has a length, and no two means differ.
    let equal = SeedHabits(Array(repeating: 1.5, count: 12))
    #expect(equal.partedShare == 0)
    #expect(equal.falseFindings.peeked == 0 && equal.falseFindings.once == 0)
    // Two camps far apart: triples within a camp never part, those across always do.
    let losses: [Double] = [0, 0.1, 0.2, 100, 100.1, 100.2]
    let camps = SeedHabits(losses)
    #expect(camps.partedShare > 0 && camps.partedShare < 0.2)
    #expect(SeedHabits([1, 2, 3]).partedShare.isNaN)
    #expect(SeedHabits([1, 2, 3]).falseFindings.once.isNaN)
  }

  @Test func peekingFindsMoreThanTestingOnce() {
    let losses = [1.71, 1.64, 1.69, 1.75, 1.66, 1.70, 1.68, 1.73, 1.62, 1.67, 1.72, 1.65]
    let habits = SeedHabits(losses)
    let (peeked, once) = habits.falseFindings
    #expect(peeked > once && once > 0.02 && once < 0.08 && peeked < 0.2)
    #expect(habits.partedShare > 0.15 && habits.partedShare < 0.35)
  }
}
