import RunModel

/// What a learner, or whoever shows a lesson, does.
package enum LessonAct: Sendable, Hashable {
  /// Begins, and goes on at once to a beat that was reached before.
  case open(at: Int)
  /// Turns the page, locks the answer, or has the next offered run trained.
  case forward
  case back
  /// From the first page; on other seeds where this run could not tell.
  case restart
  case select(Int)
  case move(by: Int)
  case hint
  /// Leaves a task undone.
  case skip
  /// The record has changed.
  case news
}

/// What a lesson wants done outside; the record tells when it is.
package enum LessonWish: Sendable, Hashable {
  /// Start a run and pause after a step; nil: at its end.
  case begin(LessonStart)
  /// Train the run on the screen this many steps more, then pause.
  case train(steps: Int)
  case sweep(LessonSweepPlan, RunConfiguration, isForLearner: Bool)
  case compare(Int, Int)
  /// The page has changed.
  case turned
  /// The last page has been turned.
  case finished
}

/// How a run of a lesson is started.
package struct LessonStart: Sendable, Hashable {
  /// The run's place in the lesson.
  package var run: Int
  package var configuration: RunConfiguration
  package var pausesAfter: Int?
  package var probes: [ProbeCadence]
  /// Whether what comes of it is the learner's own.
  package var isForLearner: Bool
}

/// A lesson as it is played: a pure state machine over the learner's acts and the record.
package struct LessonPlayer: Sendable {
  package struct Answer: Sendable, Hashable {
    package var choice: Int
    package var isRevealed = false
    /// What the record answers; nil before the reveal, and where it cannot tell.
    package var truth: Int?
  }

  package let lesson: Lesson
  /// The beat that is played.
  package private(set) var place = 0
  /// The latest beat that was reached.
  package private(set) var furthest = 0
  /// By beat.
  package private(set) var answers: [Int: Answer] = [:]
  /// The choice under the cursor.
  package private(set) var selected = 0
  /// Hints shown on this page.
  package private(set) var hintCount = 0
  /// The tasks that the record has shown to be done.
  package private(set) var doneTasks: Set<Int> = []
  package private(set) var isFinished = false
  /// What the run on the screen is: a run of the lesson by place.
  package private(set) var shownRun: Int?
  /// The last thing asked of the learner could not be done yet.
  package private(set) var remark = ""
  private var pages: [Int: String] = [:]
  /// The step that every begun run was asked to reach.
  private var targets: [Int: Int] = [:]
  private var offered: [Int: Int] = [:]
  private var offeredSweeps: Set<Int> = []
  private var isSweepAsked = false
  private var hurriesTo: Int?
  /// Seeds are counted from here on, so that another try is another draw.
  private var seedShift: UInt64 = 0

  package init(_ lesson: Lesson, seedShift: UInt64 = 0, answers: [Int: Int] = [:]) {
    self.lesson = lesson
    self.seedShift = seedShift
    self.answers = answers.mapValues { Answer(choice: $0) }
  }

  package var beat: Beat { lesson.beats[min(place, lesson.beats.count - 1)] }

  /// The panel beside the text: the latest one that a beat named.
  package var panel: LessonPanel {
    lesson.beats[...min(place, lesson.beats.count - 1)].reversed().lazy.compactMap(\.panel).first
      ?? .loss
  }

  /// What is covered now: hidden on the way here and not yet revealed.
  package var covers: [Cover] {
    var covers: [Cover] = []
    for beat in lesson.beats.prefix(furthest + 1) {
      switch beat.act {
      case .hide(let cover): covers.append(cover)
      case .reveal: covers = []
      case .say, .explain, .train, .ask, .task, .compare, .sweep: break
      }
    }
    return covers
  }

  /// The text of the page, with its figures; the latest one while something is trained.
  package var page: String {
    (0...place).reversed().lazy.compactMap { pages[$0] }.first ?? ""
  }

  /// The question of the page.
  package var question: Question? {
    guard case .ask(let question) = beat.act else { return nil }
    return question
  }

  /// The hints of the page that have been asked for.
  package var hints: [String] { Array(allHints.prefix(hintCount)) }

  package var allHints: [String] {
    switch beat.act {
    case .ask(let question): question.hints
    case .task(let task): task.hints
    case .say, .explain, .train, .hide, .reveal, .compare, .sweep: []
    }
  }

  /// Pages turned, of all.
  package var progress: (done: Int, of: Int) {
    let stops = lesson.stops
    return (stops.count { $0 <= place }, stops.count)
  }

  /// Whether something is under way that the lesson waits for.
  package var isWaiting: Bool { !isFinished && !beat.isStop }

  /// The run that a task would have trained next.
  package var nextOffer: Int? {
    guard case .task(let task) = beat.act else { return nil }
    let next = offered[place, default: 0]
    return task.offers.indices.contains(next) ? task.offers[next] : nil
  }

  // MARK: Acts

  package mutating func perform(_ act: LessonAct, _ record: LessonRecord) -> [LessonWish] {
    remark = ""
    switch act {
    case .open(let wanted):
      hurriesTo = wanted > 0 ? min(wanted, lesson.beats.count - 1) : nil
      return enter(record)
    case .forward: return forward(record)
    case .back: return back()
    case .restart: return restart(record)
    case .select(let choice):
      if let question, answers[place] == nil, question.choices.indices.contains(choice) {
        selected = choice
      }
    case .move(let distance):
      if let question, answers[place] == nil {
        let count = question.choices.count
        selected = ((selected + distance) % count + count) % count
      }
    case .hint:
      hintCount = min(hintCount + 1, allHints.count)
      if allHints.isEmpty { remark = "no hint on this page" }
    case .skip:
      guard case .task = beat.act else { return [] }
      return turn(record)
    case .news: return hear(record)
    }
    return []
  }

  private mutating func restart(_ record: LessonRecord) -> [LessonWish] {
    let couldNotTell = answers.values.contains { $0.isRevealed && $0.truth == nil }
    let seeds = UInt64(max(1, lesson.runs.first?.configuration.seeds ?? 1))
    self = LessonPlayer(lesson, seedShift: couldNotTell ? seedShift + seeds : seedShift)
    return enter(record)
  }

  private mutating func back() -> [LessonWish] {
    guard let earlier = lesson.stops.last(where: { $0 < place }) else { return [] }
    place = earlier
    hintCount = 0
    if let answer = answers[place] { selected = answer.choice }
    return [.turned]
  }

  private mutating func forward(_ record: LessonRecord) -> [LessonWish] {
    guard !isFinished else { return [] }
    switch beat.act {
    case .say, .explain: return turn(record)
    case .ask:
      if answers[place] == nil { answers[place] = Answer(choice: selected) }
      return turn(record)
    case .task(let task): return goOn(with: task, record)
    case .train, .hide, .reveal, .compare, .sweep: return hear(record)
    }
  }

  private mutating func goOn(with task: LessonTask, _ record: LessonRecord) -> [LessonWish] {
    if doneTasks.contains(place) || place < furthest { return turn(record) }
    guard let offer = nextOffer else {
      if let plan = task.sweep, offeredSweeps.insert(place).inserted {
        return [sweep(plan, isForLearner: true)]
      }
      remark = "not yet: the page turns when the record shows it (Tab skips it)"
      return []
    }
    if isOfferUnderWay(record) {
      remark = "this run is under way"
      return []
    }
    offered[place, default: 0] += 1
    return begin(offer, to: nil, isForLearner: false)
  }

  /// Whether a run that the task offered still trains: what it has come to is not yet its end.
  private func isOfferUnderWay(_ record: LessonRecord) -> Bool {
    guard offered[place, default: 0] > 0, let history = shownRun.flatMap({ record.histories[$0] })
    else { return false }
    return !history.phase.isOver
  }

  /// Leaves the page for the next one.
  private mutating func turn(_ record: LessonRecord) -> [LessonWish] {
    guard place + 1 < lesson.beats.count else {
      isFinished = true
      return [.turned, .finished]
    }
    place += 1
    return enter(record)
  }

  // MARK: Beats

  /// Plays beats until the learner is to stop, or something has to be waited for.
  private mutating func enter(_ record: LessonRecord) -> [LessonWish] {
    var wishes: [LessonWish] = [.turned]
    while true {
      furthest = max(furthest, place)
      let (more, passes) = play(beat.act, record)
      wishes += more
      guard passes, place + 1 < lesson.beats.count else { break }
      place += 1
    }
    return wishes
  }

  /// Does what a beat wants; says whether the next one follows at once.
  private mutating func play(
    _ act: Beat.Act, _ record: LessonRecord
  ) -> (wishes: [LessonWish], passes: Bool) {
    switch act {
    case .say(let text): return stop(text.text(record, in: lesson))
    case .explain(let text): return stop(explanation(text, record))
    case .ask(let question):
      selected = answers[place]?.choice ?? 0
      return stop(question.text)
    case .task(let task):
      let (_, passes) = stop(task.text.text(record, in: lesson))
      guard let run = task.on, !doneTasks.contains(place), !passes else { return ([], passes) }
      return (begin(run, to: 0, isForLearner: true), false)
    case .train(let run, let step): return train(run, to: step, record)
    case .hide: return ([], true)
    case .compare(let left, let right): return ([.compare(left, right)], true)
    case .reveal:
      reveal(record)
      return ([], true)
    case .sweep(let plan):
      if isSweepAsked { return ([], record.sweep != nil) }
      isSweepAsked = true
      return ([sweep(plan, isForLearner: false)], false)
    }
  }

  /// A page to stop at, unless the lesson hurries on to one that was reached before.
  private mutating func stop(_ text: String) -> (wishes: [LessonWish], passes: Bool) {
    hintCount = 0
    pages[place] = pages[place] ?? text
    guard let goal = hurriesTo else { return ([], false) }
    guard place < goal else {
      hurriesTo = nil
      return ([], false)
    }
    return ([], true)
  }

  private mutating func train(
    _ run: Int, to step: Int, _ record: LessonRecord
  ) -> (wishes: [LessonWish], passes: Bool) {
    // A run that this player has not begun is from before a restart.
    guard let target = targets[run], record.histories[run] != nil else {
      return (begin(run, to: step, isForLearner: false), false)
    }
    if record.hasReached(step, run: run) { return ([], true) }
    guard target < step else { return ([], false) }
    targets[run] = step
    let reached = record.histories[run]?.newestStep ?? 0
    return (step > reached ? [.train(steps: step - reached)] : [], false)
  }

  private mutating func begin(_ run: Int, to step: Int?, isForLearner: Bool) -> [LessonWish] {
    let configuration = shifted(lesson.runs[run].configuration)
    if !isForLearner { targets[run] = step ?? configuration.steps }
    shownRun = run
    return [
      .begin(
        LessonStart(
          run: run, configuration: configuration,
          pausesAfter: step == configuration.steps ? nil : step,
          probes: lesson.runs[run].probes, isForLearner: isForLearner))
    ]
  }

  private func sweep(_ plan: LessonSweepPlan, isForLearner: Bool) -> LessonWish {
    .sweep(plan, shifted(lesson.runs[plan.run].configuration), isForLearner: isForLearner)
  }

  private func shifted(_ configuration: RunConfiguration) -> RunConfiguration {
    var configuration = configuration
    configuration.seed += seedShift
    return configuration
  }

  private mutating func reveal(_ record: LessonRecord) {
    for (place, beat) in lesson.beats.enumerated().prefix(place) {
      guard case .ask(let question) = beat.act, var answer = answers[place], !answer.isRevealed
      else { continue }
      answer.isRevealed = true
      answer.truth = question.answer(record, in: lesson)
      answers[place] = answer
    }
  }

  private func explanation(_ text: LessonText, _ record: LessonRecord) -> String {
    guard let (place, question) = lesson.question(before: place), let answer = answers[place]
    else { return text.text(record, in: lesson) }
    if answer.truth == question.writtenFor { return text.text(record, in: lesson) }
    return text.text(record, in: lesson, onlyFigures: true)
      + " This run came out differently from the runs the lesson was written from."
  }

  /// The record has changed: goes on where that was waited for.
  private mutating func hear(_ record: LessonRecord) -> [LessonWish] {
    guard !isFinished else { return [] }
    switch beat.act {
    case .task(let task):
      guard !doneTasks.contains(place), !isOfferUnderWay(record),
        task.until.holds(record, in: lesson)
      else { return [] }
      doneTasks.insert(place)
      return [.turned]
    case .train, .sweep, .hide, .reveal, .compare:
      let old = place
      let wishes = enter(record)
      return place == old ? wishes.filter { $0 != .turned } : wishes
    case .say, .explain, .ask: return []
    }
  }
}
