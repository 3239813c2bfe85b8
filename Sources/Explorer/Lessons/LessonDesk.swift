import History
import Lessons
import RunModel

/// How far a learner has come with a lesson; kept between sessions.
package struct LessonProgress: Sendable, Codable, Hashable {
  /// The beat to go on from.
  package var place = 0
  package var isFinished = false
  /// The locked choice of every answered question, by beat.
  package var answers: [Int: Int] = [:]
  /// Questions answered as the record did, of those revealed.
  package var right = 0
  package var revealed = 0

  package init() {}
}

/// What has to be done outside for a lesson.
package enum LessonEffect: Sendable, Hashable {
  /// Stop the run that trains, if any, and start this one under number `run`.
  case start(LessonStart, run: Int)
  /// Keep how far the learner has come, by lesson.
  case keep([String: LessonProgress])
  /// The page has changed: what the speaker should see of it.
  case notes(String)
}

/// The lessons of screen 5, and the one that is played.
package struct LessonDesk {
  /// Who a sweep is made for.
  enum Awaited { case lesson, learner }

  package var lessons: [Lesson] = []
  package var progress: [String: LessonProgress] = [:]
  /// Played as soon as the explorer opens, instead of its comparison.
  package var opening: Lesson?
  package internal(set) var player: LessonPlayer?
  var record = LessonRecord()
  var awaitedSweep: Awaited?
  /// The lesson under the cursor of the list.
  var selected = 0
  /// Lines of the page that are scrolled out.
  var offset = 0
  /// Arms that the lesson has covered.
  var coveredArms: Set<Int> = []

  package init() {}

  /// The lesson that is played in what is played.
  var name: String { player?.lesson.name ?? "" }

  /// Whether a panel is covered now, and up to which step it may be seen.
  func cover(of panel: LessonPanel) -> Cover? {
    player?.covers.last { $0.panel == panel }
  }
}

extension ExplorerState {
  // MARK: Opening

  /// Plays a lesson from where it was left.
  mutating func open(_ lesson: Lesson) -> [Effect] {
    screen = .lessons
    modal = nil
    let progress = lessons.progress[lesson.name] ?? LessonProgress()
    lessons.record = LessonRecord()
    lessons.awaitedSweep = nil
    let goesOn = !progress.isFinished && progress.place > 0
    lessons.player = LessonPlayer(lesson, answers: goesOn ? progress.answers : [:])
    return act(.open(at: goesOn ? progress.place : 0))
  }

  /// `:lesson NAME`; nil when there is none of that name.
  mutating func openLesson(named name: String) -> [Effect]? {
    if name.isEmpty {
      screen = .lessons
      return []
    }
    return lessons.lessons.first { $0.name == name }.map { open($0) }
  }

  // MARK: Keys

  /// What keys mean while lessons are on the screen; nil where they mean the same as elsewhere.
  mutating func performOnLessons(_ command: KeyCommand) -> [Effect]? {
    guard let player = lessons.player else { return performOnList(command) }
    switch command {
    case .open: return act(.forward)
    case .pageBefore: return act(.back)
    case .hint: return act(.hint)
    case .restart:
      lessons.record = LessonRecord()
      lessons.awaitedSweep = nil
      return act(.restart)
    case .nextPane: return act(.skip)
    case .up where player.question != nil: return act(.move(by: -1))
    case .down where player.question != nil: return act(.move(by: 1))
    case .pageUp: return scrollPage(-5)
    case .pageDown: return scrollPage(5)
    case .close:
      if message != nil || settings.scrub != nil || settings.crosshair != nil { return nil }
      return leaveLesson()
    default: return nil
    }
  }

  private mutating func performOnList(_ command: KeyCommand) -> [Effect]? {
    let count = lessons.lessons.count
    guard count > 0 else { return nil }
    let distance: Int
    switch command {
    case .open: return open(lessons.lessons[min(lessons.selected, count - 1)])
    case .up: distance = -1
    case .down: distance = 1
    case .pageUp: distance = -5
    case .pageDown: distance = 5
    default: return nil
    }
    lessons.selected = min(max(0, lessons.selected + distance), count - 1)
    return []
  }

  private mutating func scrollPage(_ distance: Int) -> [Effect] {
    lessons.offset = max(0, lessons.offset + distance)
    return []
  }

  /// Back to the list; the run goes on.
  private mutating func leaveLesson() -> [Effect] {
    let name = lessons.name
    lessons.selected = lessons.lessons.firstIndex { $0.name == name } ?? lessons.selected
    lessons.player = nil
    coverArms()
    return []
  }

  // MARK: The player

  /// What has come of the run or the sweep, for the lesson that waits for it.
  mutating func lessonNews() -> [Effect] {
    guard lessons.player != nil else { return [] }
    return act(.news)
  }

  private mutating func act(_ act: LessonAct) -> [Effect] {
    guard var player = lessons.player else { return [] }
    lessons.record.learner = history
    let wishes = player.perform(act, lessons.record)
    lessons.player = player
    if !player.remark.isEmpty { say(player.remark) }
    let effects = wishes.flatMap { grant($0) }
    coverArms()
    return effects
  }

  private mutating func grant(_ wish: LessonWish) -> [Effect] {
    switch wish {
    case .begin(let start): return begin(start)
    case .train(let steps):
      isPauseWanted = true
      return [.command(.step(steps))]
    case .sweep(let plan, let configuration, let isForLearner):
      return sweep(plan, configuration, isForLearner: isForLearner)
    case .compare(let left, let right):
      pair = (left, right)
      return []
    case .turned:
      lessons.offset = 0
      return keepProgress() + [.lesson(.notes(LessonNotes(self).text))]
    case .finished:
      say("the lesson is finished: Esc leads to the others", seconds: 30)
      return keepProgress()
    }
  }

  private mutating func begin(_ start: LessonStart) -> [Effect] {
    // The same as any other beginning, but for how the run is started.
    _ = begin(start.configuration)
    isPauseWanted = start.pausesAfter != nil
    lessons.record.learner = history
    if !start.isForLearner { lessons.record.histories[start.run] = history }
    return [.lesson(.start(start, run: runNumber))]
  }

  private mutating func sweep(
    _ plan: LessonSweepPlan, _ configuration: RunConfiguration, isForLearner: Bool
  ) -> [Effect] {
    var request = SweepRequest(configuration: configuration, grids: [plan.grid])
    (request.tuningSeeds, request.judgingSeeds) = (plan.tuningSeeds, plan.judgingSeeds)
    lessons.awaitedSweep = isForLearner ? .learner : .lesson
    let effects = start(request)
    screen = .lessons
    return effects
  }

  /// A sweep has come to its end: the lesson's own, or one that the learner made.
  mutating func takeForLesson(_ picture: SweepPicture) -> [Effect] {
    guard let player = lessons.player, picture.stage == .finished else { return [] }
    let plans = player.lesson.runs.first?.configuration.arms ?? []
    let sweep = LessonSweep(
      plans,
      arms: picture.arms.map { .init(best: $0.bestValue, isAtEdge: !$0.edgeKeys.isEmpty) },
      verdicts: picture.verdicts)
    switch lessons.awaitedSweep {
    case .lesson: lessons.record.sweep = sweep
    case .learner: lessons.record.learnerSweep = sweep
    case nil: if lessons.record.sweep != nil { lessons.record.learnerSweep = sweep }
    }
    lessons.awaitedSweep = nil
    return lessonNews()
  }

  /// Leaves covered arms out of the charts of all screens, and gives them back.
  private mutating func coverArms() {
    let covered = lessons.player?.covers.reduce(into: Set<Int>()) { $0.formUnion($1.arms) } ?? []
    for arm in hiddenArms.indices
    where covered.contains(arm) || lessons.coveredArms.contains(arm) {
      hiddenArms[arm] = covered.contains(arm)
    }
    lessons.coveredArms = covered
  }

  private mutating func keepProgress() -> [Effect] {
    guard let player = lessons.player else { return [] }
    var progress = LessonProgress()
    progress.place = player.place
    progress.isFinished = player.isFinished || lessons.progress[lessons.name]?.isFinished == true
    progress.answers = player.answers.mapValues(\.choice)
    let revealed = player.answers.values.filter { $0.isRevealed && $0.truth != nil }
    progress.revealed = revealed.count
    progress.right = revealed.count { $0.truth == $0.choice }
    guard lessons.progress[lessons.name] != progress else { return [] }
    lessons.progress[lessons.name] = progress
    return [.lesson(.keep(lessons.progress))]
  }
}
