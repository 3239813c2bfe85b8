import RunModel
import TestSupport
import Testing
import Training

/// The lock-step without threads: every order in which threads and commands can arrive.
@Suite struct CoordinatorTests {
  private static func coordinator(
    steps: Int = 2, options: RunOptions = RunOptions(takesFinalSnapshot: false),
    objection: @escaping RunOptions.Objection = { _, _, _ in nil }
  ) -> Coordinator {
    let configuration = toyConfiguration(steps: steps, evaluateEvery: 1)
    return Coordinator(
      course: RunCourse(configuration), arms: configuration.roster,
      facts: Coordinator.Facts(blocks: [], tokensPerStep: 1, objection: objection),
      options: options, threads: 2)
  }

  private static func directives(_ actions: [Coordinator.Action]) -> [Directive] {
    actions.compactMap { if case .go(let directive) = $0 { directive } else { nil } }
  }

  private static func entries(_ actions: [Coordinator.Action]) -> [JournalEntry] {
    actions.compactMap {
      if case .publish(.journaled(let entry)) = $0 { entry } else { nil }
    }
  }

  /// An input: one of two threads arrives, or a command comes.
  private enum Input: Equatable {
    case arrival
    case command(RunCommand)
  }

  /// All orders of `commands` among the arrivals of a run of two steps and two threads.
  private static func orders(_ commands: [RunCommand]) -> [[Input]] {
    // Prepare, evaluate, two steps: eight arrivals.
    var orders: [[Input]] = [Array(repeating: .arrival, count: 8)]
    for command in commands {
      orders = orders.flatMap { order in
        (0...order.count).map { place in
          var order = order
          order.insert(.command(command), at: place)
          return order
        }
      }
    }
    return orders
  }

  @Test func everyOrderOfPauseAndResumeComesToTheSameEnd() {
    let orders = Self.orders([.pause, .resume])
    #expect(orders.count == 90)
    for order in orders {
      var coordinator = Self.coordinator()
      var told: [Coordinator.Action] = []
      var (waiting, isOver) = (2, false)
      // Threads that stand at the barrier cannot arrive again: their arrivals wait their turn.
      var queue = order
      while !queue.isEmpty, !isOver {
        let place = queue.firstIndex { $0 != .arrival || waiting > 0 }
        guard let place else { break }
        let actions: [Coordinator.Action]
        switch queue.remove(at: place) {
        case .arrival:
          waiting -= 1
          actions = coordinator.arrive()
        case .command(let command): actions = coordinator.obey(command)
        }
        told += actions
        for directive in Self.directives(actions) {
          waiting = 2
          isOver = directive == .finish
        }
      }
      // A pause that came last holds the run; a resume lets it go on.
      if !isOver {
        told += coordinator.obey(.resume)
        while !isOver {
          let actions = coordinator.arrive(2)
          told += actions
          isOver = Self.directives(actions).contains(.finish)
        }
      }
      let steps = Self.directives(told).compactMap { directive -> Int? in
        if case .train(let step) = directive { step } else { nil }
      }
      #expect(steps == [1, 2], "\(order)")
      #expect(coordinator.state.outcome == .completed)
    }
  }

  @Test func nothingHappensBeforeTheLastThreadArrives() {
    var coordinator = Self.coordinator()
    #expect(coordinator.arrive().isEmpty)
    #expect(Self.directives(coordinator.arrive()) == [.evaluate])
    #expect(coordinator.obey(.set(arm: 0, key: "lr", value: .number(0.5))).isEmpty)
    #expect(coordinator.arrive().isEmpty)
    let actions = coordinator.arrive()
    #expect(Self.directives(actions) == [.train(step: 1)])
    #expect(Self.entries(actions).map(\.step) == [1])
    #expect(coordinator.course.entries(at: 1).count == 1)
  }

  @Test func aChangeThatOneArmRefusesLeavesNoTraceInAny() {
    let error = RunError(.usage, "not with this mask", remedy: "try again")
    var coordinator = Self.coordinator(
      options: RunOptions(startsPaused: true, takesFinalSnapshot: false),
      objection: { settings, _, _ in settings.wrapper == nil ? nil : error })
    _ = coordinator.arrive(2)
    _ = coordinator.arrive(2)
    let actions = coordinator.obey(.set(arm: nil, key: "lr", value: .number(0.5)))
    #expect(Self.entries(actions).isEmpty && coordinator.course.journal.isEmpty)
    #expect(
      actions.contains { if case .publish(.refused(error)) = $0 { true } else { false } })
    _ = coordinator.obey(.set(arm: 0, key: "lr", value: .number(0.5)))
    #expect(coordinator.course.changes.map(\.arm) == [0])
  }

  @Test func aRepeatedPastIsNotTold() {
    var coordinator = Self.coordinator(
      options: RunOptions(silentThrough: 1, takesFinalSnapshot: false))
    var actions = coordinator.arrive(2)
    for _ in 0..<3 {
      for index in coordinator.reports.indices {
        coordinator.reports[index].record = EvaluationRecord(
          lane: "a", arm: "toy", seed: 3, step: coordinator.state.nextStep ?? 0, tokens: 0,
          trainLoss: nil, validationLoss: 1, learningRate: 1, effectiveLearningRate: 1,
          maskRate: 0, alignment: nil, scale: 1, cpuSeconds: 0, wallSeconds: 0)
        coordinator.reports[index].isRecordNew = true
      }
      actions += coordinator.arrive(2)
    }
    let told = actions.compactMap { action -> Int? in
      if case .publish(.evaluated(_, let record)) = action { record.step } else { nil }
    }
    #expect(told.allSatisfy { $0 > 1 } && told.count == 2)
  }
}
