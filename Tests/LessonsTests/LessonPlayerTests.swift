import History
import LessonStage
import Lessons
import RunModel
import Testing

@Suite struct LessonPlayerTests {
  /// Does what the player wants until it stops at a page.
  private struct Table {
    var player: LessonPlayer
    let stage = LessonStage()
    var record = LessonRecord()
    var begun: [LessonStart] = []
    var trained: [Int] = []

    init(_ lesson: Lesson) { player = LessonPlayer(lesson) }

    mutating func act(_ act: LessonAct) throws {
      var wishes = player.perform(act, record)
      while !wishes.isEmpty {
        for wish in wishes {
          if case .begin(let start) = wish { begun.append(start) }
          if case .train(let steps) = wish { trained.append(steps) }
          record = try stage.perform(wish)
        }
        wishes = player.perform(.news, record)
      }
    }
  }

  private func table() throws -> Table {
    var table = Table(try LessonFixture.read(LessonFixture.text()))
    try table.act(.open(at: 0))
    return table
  }

  @Test func pagesTurnAndRunsStopWhereTheyAreTold() throws {
    var table = try table()
    #expect(table.player.page == "First." && table.player.panel == .maskRate)
    #expect(table.begun.map(\.pausesAfter) == [10])
    #expect(table.record.histories[0]?.newestStep == 10)
    try table.act(.forward)
    #expect(table.player.question != nil)
    #expect(table.player.covers == [Cover(panel: .maskRate, after: 10)])
    try table.act(.select(1))
    try table.act(.forward)
    #expect(table.trained == [50])
    #expect(table.record.histories[0]?.newestStep == 60)
    #expect(table.player.covers.isEmpty)
    #expect(table.player.page.hasPrefix("No figure here. It was"))
  }

  @Test func theAnswerIsLockedBeforeTheRunGoesOnAndFollowsFromTheRecord() throws {
    var table = try table()
    try table.act(.forward)
    try table.act(.move(by: -1))
    #expect(table.player.selected == 2)
    #expect(table.player.answers.isEmpty)
    try table.act(.forward)
    let place = try #require(table.player.lesson.questions.first).0
    let answer = try #require(table.player.answers[place])
    #expect(answer.choice == 2 && answer.isRevealed && answer.truth == 1)
    try table.act(.back)
    #expect(table.player.question != nil && table.player.selected == 2)
    try table.act(.select(1))
    #expect(table.player.selected == 2, "a locked answer does not move")
    try table.act(.forward)
    #expect(table.player.answers[place]?.choice == 2)
  }

  @Test func hintsComeOneByOneAndGoWithThePage() throws {
    var table = try table()
    try table.act(.hint)
    #expect(table.player.hints.isEmpty)
    try table.act(.forward)
    try table.act(.hint)
    #expect(table.player.hints == ["one"])
    try table.act(.hint)
    try table.act(.hint)
    #expect(table.player.hints == ["one", "two"])
    try table.act(.back)
    #expect(table.player.hints.isEmpty)
  }

  @Test func aTaskEndsWhenTheRecordShowsItAndCanBeLeft() throws {
    var table = try table()
    for _ in 0..<3 { try table.act(.forward) }
    let place = table.player.place
    guard case .task = table.player.beat.act else {
      throw RunError(.failure, "no task", remedy: "try again")
    }
    #expect(table.player.nextOffer == 1 && !table.player.doneTasks.contains(place))
    var left = table
    try left.act(.skip)
    #expect(left.player.page == "Last." && left.player.doneTasks.isEmpty)
    try table.act(.forward)
    #expect(table.begun.last?.run == 1 && table.player.doneTasks.contains(place))
    try table.act(.forward)
    #expect(table.player.page == "Last.")
    try table.act(.forward)
    #expect(table.player.isFinished)
  }

  /// What an offered run has come to halfway is not what it ends with.
  @Test func aTaskIsNotDoneWhileWhatItOffersStillTrains() throws {
    var table = try table()
    for _ in 0..<3 { try table.act(.forward) }
    let place = table.player.place
    var starts: [LessonStart] = []
    for case .begin(let start) in table.player.perform(.forward, table.record) {
      starts.append(start)
    }
    var start = try #require(starts.first)
    start.pausesAfter = 30
    table.record = try table.stage.perform(.begin(start))
    #expect(table.record.histories[1]?.newestStep == 30)
    #expect(table.player.perform(.news, table.record).isEmpty)
    #expect(!table.player.doneTasks.contains(place))
    table.record = try table.stage.perform(.train(steps: 30))
    _ = table.player.perform(.news, table.record)
    #expect(table.player.doneTasks.contains(place))
  }

  @Test func restartBeginsAnewAndAnOpenedPlaceIsReachedAgain() throws {
    var table = try table()
    for _ in 0..<3 { try table.act(.forward) }
    let (place, answers) = (table.player.place, table.player.answers.mapValues(\.choice))
    var again = Table(table.player.lesson)
    again.player = LessonPlayer(again.player.lesson, answers: answers)
    try again.act(.open(at: place))
    #expect(again.player.place == place)
    #expect(again.record.histories[0]?.newestStep == 60)
    #expect(again.player.answers == table.player.answers)
    try table.act(.restart)
    #expect(table.player.page == "First." && table.player.answers.isEmpty)
    #expect(table.record.histories[0]?.newestStep == 10)
  }

  @Test func pagesWrittenForAnotherAnswerKeepTheirFiguresOnly() throws {
    let turned = LessonFixture.text().replacing("writtenFor: B", with: "writtenFor: A")
    var table = Table(try LessonFixture.read(turned))
    try table.act(.open(at: 0))
    for _ in 0..<2 { try table.act(.forward) }
    #expect(table.player.page.hasPrefix("It was"))
    #expect(table.player.page.contains("came out differently"))
  }

  @Test func aRunThatCannotTellIsTriedOnOtherSeeds() throws {
    let blurred = LessonFixture.text().replacing(
      "check: m.maskRate < .2", with: "check: m.maskRate < .9")
    var table = Table(try LessonFixture.read(blurred))
    try table.act(.open(at: 0))
    for _ in 0..<2 { try table.act(.forward) }
    let answer = try #require(table.player.answers.values.first)
    #expect(answer.isRevealed && answer.truth == nil)
    try table.act(.restart)
    #expect(table.begun.last?.configuration.seed == 1)
  }

  @Test func theRecordIsReadBySeedBlockStepAndDomain() throws {
    let lesson = try LessonFixture.read(LessonFixture.text())
    let (_, record) = try LessonFixture.play(lesson)
    let vocabulary = LessonVocabulary(lesson.runs)
    func value(_ text: String) throws -> Double {
      try vocabulary.expression(text).value(record, in: lesson)
    }
    let history = try #require(record.histories[0])
    let moment = history.moment()
    let track = try #require(moment.arms[0].track)
    #expect(try value("m.maskRate") == track.maskRate)
    #expect(try value("count(blocks, m.maskRate >= 0)") == 8)
    let rate = try #require(track.blocks[3].maskRate)
    #expect(try value("m.maskRate[block.3]") == rate)
    #expect(try value("most(blocks, m.maskRate)") == track.blocks.compactMap(\.maskRate).max())
    let past = try #require(history.moment(at: 20).arms[0].track)
    #expect(try value("m.scale[block.3]@20") == Double(past.blocks[3].row.scale))
    #expect(try value("m.kept[block.3]@20") == Double(past.blocks[3].row.keptShare))
    let before = try #require(history.moment(at: 59).arms[0].track)
    #expect(try value("m.previousScale[block.3]") == Double(before.blocks[3].row.scale))
    #expect(try value("step") == 60 && value("m.tau") == 0.1)
    #expect(try value("count(evaluations, step >= 0)") == 7)
    #expect(try value("m.loss[0]") == value("m.loss") && value("m.loss[9]").isNaN)
    #expect(try value("m.scale@61").isNaN && value("m.best").isNaN)
    #expect(try vocabulary.expression("m.best > 0").holds(record, in: lesson) == false)
    let exchanged = record.exchanging("m", "p")
    let turned = try vocabulary.expression("m.maskRate").value(exchanged, in: lesson)
    #expect(try turned == value("p.maskRate") && turned != value("m.maskRate"))
  }
}
