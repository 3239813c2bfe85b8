import Lessons
import Presets
import RunModel
import Testing

@Suite struct LessonReaderTests {
  @Test func readsRunsBeatsAndNames() throws {
    let lesson = try LessonFixture.read(LessonFixture.text())
    #expect(lesson.title == "Test" && lesson.kind == .fact && lesson.pair == ["m", "p"])
    #expect(lesson.runs.map(\.name) == ["main", "other"])
    #expect(lesson.runs[1].configuration.seed == 7 && lesson.runs[1].configuration.steps == 60)
    #expect(lesson.runs[0].armNames == ["m", "p"])
    #expect(lesson.stops.count == 5)
    let question = try #require(lesson.questions.first).1
    #expect(question.writtenFor == 1 && question.choices[0].reason == "No.")
    #expect(question.hints == ["one", "two"])
  }

  @Test(arguments: [
    ("goal: A goal.", "gaol: A goal.", "test.yaml:2: unknown key 'gaol' (did you mean 'goal'?)"),
    ("kind: fact", "kind: fakt", "test.yaml:4: 'kind' is 'fakt' (did you mean 'fact'?)"),
    ("pair: [m, p]", "pair: [m, q]", "test.yaml:5: no arm 'q'"),
    ("like: main", "like: mian", "no run 'mian' stands before this one (did you mean 'main'?)"),
    ("train: {to: 60}", "train: {to: 61}", "'to' is '61'; allowed: whole numbers 0..60"),
    ("train: {to: 60}", "trian: {to: 60}", "unknown key 'trian' (did you mean 'train'?)"),
    ("show: maskRate", "show: maskRates", "'show' is 'maskRates' (did you mean 'maskRate'?)"),
    ("check: m.maskRate > .8", "check: m.maskrate > .8", "unknown name 'm.maskrate'"),
    ("check: m.maskRate > .8", "check: m.maskRate - .8", "'check' is no condition"),
    ("{m.maskRate, %}", "{m.mask rate, %}", "column 8: found 'rate'"),
    ("{p.maskRate, share}", "{p.maskRate, share", "'{' has no '}'"),
    ("writtenFor: B", "writtenFor: E", "'writtenFor' is 'E'; allowed: A, B, C"),
    ("offers: [other]", "offers: [others]", "no run 'others' (did you mean 'other'?)"),
    ("sample(adam):lr=1e-3", "sampel(adam):lr=1e-3", "sampel"),
  ])
  func mistakesAreNamedWithTheirPlace(_ right: String, _ wrong: String, _ message: String) {
    let text = LessonFixture.text().replacing(right, with: wrong, maxReplacements: 1)
    #expect(text != LessonFixture.text())
    do {
      _ = try LessonFixture.read(text)
      Issue.record("read without complaint: \(wrong)")
    } catch {
      #expect(error.description.contains(message), "\(error.description)")
      #expect(error.description.hasPrefix("test.yaml:"))
    }
  }

  @Test func theProgramHasTenLessonsThatReadAndTeachTheirOrder() throws {
    let lessons = try LessonFixture.library.all()
    #expect(lessons.count == 10)
    #expect(Set(lessons.map(\.title)).count == 10)
    for lesson in lessons {
      #expect(!lesson.questions.isEmpty, "\(lesson.name)")
      #expect(lesson.kind == .exempt || lesson.pair.count == 2, "\(lesson.name)")
      #expect(try LessonFixture.library.lesson(lesson.name).title == lesson.title)
      // What is asked stays in sight while it comes out: no question without a reveal after it.
      for (place, _) in lesson.questions {
        let rest = lesson.beats[place...]
        #expect(rest.contains { if case .reveal = $0.act { true } else { false } })
      }
    }
    #expect(try LessonFixture.library.lesson("5").name == lessons[4].name)
  }

  @Test func namesOfOneLetterAreTheLettersOfTheScreen() throws {
    let runs = try LessonFixture.library.lesson("5").runs
    let letters = runs.map { $0.configuration.lanes.map(\.letter) }
    #expect(letters == [["a", "m", "c"], ["a", "m", "c"]])
  }
}
