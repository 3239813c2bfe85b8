import Explorer
import History
import Lessons
import RunModel
import TerminalUI
import Testing

@MainActor
@Suite struct LessonScreenTests {
  private static let enter = Key.enter

  @Test func theListShowsTitlesGoalsAndWhatWasDone() throws {
    var progress = LessonProgress()
    (progress.isFinished, progress.right, progress.revealed) = (true, 1, 1)
    var driver = try LessonDriver(progress: ["coins": progress])
    driver.press(.character("5"), .down)
    for (width, height) in [(80, 24), (120, 40)] {
      let text = driver.screen(width, height)
      #expect(text.contains("10  Best against best"))
      #expect(text.contains("2  Coins do not look") && text.contains("finished  1/1 right"))
      #expect(text.contains("You know that the mask rate is a Binomial matter"))
    }
  }

  @Test func lessonFiveIsPlayedByKeysFromPageToPage() throws {
    var driver = try LessonDriver()
    driver.press(.character("5"), .down, .down, .down, .down, Self.enter)
    #expect(driver.state.lessons.player?.lesson.name == "same-rate")
    #expect(driver.screen(80, 24).contains("from the same weights"))
    #expect(driver.state.history.newestStep == 200)
    driver.press(Self.enter)
    let table = driver.screen(120, 40)
    #expect(driver.page.hasPrefix("m ended +.0") && driver.page.contains("28 % of a's"))
    #expect(table.contains("eff.lr, mean") && !table.contains("matched(magma(adam))"))
    driver.press(Self.enter, Self.enter)
    #expect(driver.screen(80, 24).contains("> A Near a: it is Adam."))
    driver.press(.down)
    #expect(driver.screen(80, 24).contains("> B Near m."))
    driver.press(.character("H"))
    #expect(driver.screen(80, 24).contains("Hint: Which column of the table"))
    #expect(driver.state.hiddenArms == [false, false, true])
    driver.press(Self.enter)
    #expect(driver.state.hiddenArms == [false, false, false])
    let revealed = driver.screen(80, 24)
    #expect(revealed.contains("You said B, and so does the record."))
    #expect(revealed.contains("c ended at 1."))
    driver.press(.backspace)
    #expect(driver.screen(80, 24).contains("* B Near m."))
    driver.press(Self.enter, Self.enter, Self.enter)
    #expect(driver.screen(80, 24).contains("Done: the record shows it."))
    driver.press(Self.enter, Self.enter)
    #expect(driver.progress["same-rate"]?.isFinished == true)
    #expect(driver.progress["same-rate"]?.right == 1)
    driver.press(.escape, .escape)
    #expect(driver.screen(80, 24).contains("finished  1/1 right"))
  }

  @Test func aWrongAnswerIsToldWithItsReason() throws {
    var driver = try LessonDriver()
    try driver.open("coins")
    driver.press(Self.enter, Self.enter)
    let covered = driver.screen(120, 40)
    #expect(covered.contains("covered until the run has come out"))
    // The knobs at the foot say how the mask is set, the panels nothing of what it did.
    let panels = covered.split(separator: "\n").filter { !$0.contains("tune") }
    #expect(!panels.contains { $0.contains("mask .50") })
    driver.press(Self.enter)
    let text = driver.screen(120, 40)
    #expect(text.contains("You said A; the record says B: About 50 %."))
    #expect(text.contains("Alignment is the survival probability in p."))
    #expect(!text.contains("covered"))
    #expect(driver.state.history.newestStep == 400)
  }

  @Test func theLearnerActsByTheExplorersOwnKeysAndTheRecordShowsIt() throws {
    var driver = try LessonDriver()
    try driver.open("one-step")
    #expect(driver.state.history.newestStep == 0)
    driver.press(Self.enter, Self.enter, .down, .down, Self.enter)
    #expect(driver.state.history.newestStep == 1)
    #expect(driver.page.contains("s = .9 × .5 + .1 × .622 = .512"))
    #expect(driver.screen(120, 40).contains("one step of every block, step 1"))
    driver.press(Self.enter)
    let place = try #require(driver.state.lessons.player?.place)
    driver.press(.character("S"), .character("S"))
    #expect(driver.state.history.newestStep == 21)
    #expect(driver.state.lessons.player?.doneTasks.contains(place) == false)
    var presses = 0
    while driver.state.lessons.player?.doneTasks.contains(place) == false, presses < 39 {
      driver.press(.character("s"))
      presses += 1
    }
    #expect(driver.state.lessons.player?.doneTasks.contains(place) == true)
    #expect(driver.screen(80, 24).contains("Done: the record shows it."))
    driver.press(Self.enter)
    #expect(driver.page.contains("now contradict."))
  }

  @Test func whatIsLeftInTheMiddleIsGoneOnWith() throws {
    var driver = try LessonDriver()
    try driver.open("coins")
    driver.press(Self.enter, Self.enter, .down, Self.enter)
    let left = try #require(driver.progress["coins"])
    var again = try LessonDriver(progress: driver.progress)
    again.press(.character(":"))
    again.type("lesson coins")
    again.press(Self.enter)
    #expect(again.state.lessons.player?.place == left.place)
    #expect(again.screen(120, 40).contains("You said B, and so does the record."))
    again.press(.character("r"))
    #expect(again.state.lessons.player?.answers.isEmpty == true)
  }

  @Test func theSpeakerSeesPageAnswersAndWhatToSay() throws {
    var driver = try LessonDriver()
    try driver.open("coins")
    driver.press(Self.enter, Self.enter)
    let notes = try #require(driver.notes.last)
    #expect(notes.contains("what share of its block updates"))
    #expect(notes.contains("B About 50 %."))
    #expect(notes.contains("To say: The histogram of seed 2"))
  }

  /// No page of any lesson is cut off where a lesson can be looked at without scrolling.
  @Test func everyPageFitsAt80By24() throws {
    for lesson in try LessonDriver.library.all().prefix(9) {
      var driver = try LessonDriver()
      try driver.open(lesson.name)
      for _ in lesson.stops.dropLast() {
        let text = driver.screen(80, 24)
        #expect(!text.contains("PgDn"), "\(lesson.name): \(text)")
        if case .task = driver.state.lessons.player?.beat.act {
          driver.press(.tab)
        } else {
          driver.press(Self.enter)
        }
      }
    }
  }
}
