import Explorer
import History
import RunModel
import TerminalUI
import Testing

/// A scrubbed frame is the frame that stood there.
@Suite struct ScrubTests {
  private static let arms = [
    "adam:lr=1e-3", "magma(adam):lr=1e-3", "skip(adam):lr=1e-3", "matched(magma(adam)):lr=1e-3",
  ]

  /// A run that has come to `step`, paused there; a change and a mark on its way.
  private func paused(at step: Int, seeds: Int) throws -> ExplorerState {
    var state = try Fake.state(Self.arms, seeds: seeds)
    _ = reduce(&state, .tick(6))
    for seed in 0..<seeds {
      _ = reduce(&state, .run(told(of: state.configuration, upTo: step, seed: seed)))
    }
    _ = reduce(
      &state,
      .run(RunBatch(run: 1, events: [.journaled(JournalEntry(.pause, step: step))])))
    return state
  }

  private func told(of configuration: RunConfiguration, upTo step: Int, seed: Int) -> RunBatch {
    guard step > 0 else {
      return RunBatch(
        run: 1,
        events: (seed == 0 ? [.started(Fake.summary(configuration))] : [])
          + configuration.arms.indices.map {
            Fake.evaluation(configuration, arm: $0, step: 0, seed: seed)
          })
    }
    var batch = Fake.batch(configuration, steps: 1...step, seed: seed)
    guard seed == 0 else { return batch }
    let change = Intervention(
      arm: ArmID(1), step: 141, key: "mask", oldValue: .number(0.5), newValue: .number(0.3))
    let entries = [JournalEntry(change), JournalEntry(.mark, step: 77, text: "here")]
    batch.events += entries.filter { $0.step <= step }.map { .journaled($0) }
    batch.events += Fake.readings().events.filter { event in
      if case .probed(let reading) = event { reading.step <= step } else { false }
    }
    return batch
  }

  private static let views: [(keys: String, size: Window)] = [
    ("1", Window(200, 60)), ("1", Window(120, 40)), ("1", Window(80, 24)), ("2", Window(200, 60)),
    ("2", Window(80, 24)), ("3", Window(200, 60)), ("3jj", Window(120, 40)), ("3", Window(60, 18)),
    ("1a", Window(120, 40)), ("1bb", Window(120, 40)), ("1xx", Window(120, 40)),
    ("2c", Window(160, 50)), ("1zz", Window(120, 40)), ("1", Window(40, 12)),
  ]

  @Test(arguments: [1, 2])
  func aScrubbedFrameIsTheFrameThatStoodThere(_ seeds: Int) throws {
    var scrubbed = try paused(at: 390, seeds: seeds)
    var random = SplitMix64(state: UInt64(seeds))
    let steps = [0, 1, 2, 140, 141, 389] + (0..<10).map { _ in Int(random.next() % 389) }
    for step in steps {
      var stopped = try paused(at: step, seeds: seeds)
      for view in Self.views {
        press(&scrubbed, view.keys)
        press(&stopped, view.keys)
        press(&scrubbed, ":goto \(step)")
        _ = reduce(&scrubbed, .key(.enter))
        expectSameFrame(scrubbed, stopped, view.size, "\(view.keys) at step \(step)")
        undo(&scrubbed, view.keys)
        undo(&stopped, view.keys)
      }
    }
  }

  /// Presses what goes round until it is where it was.
  private func undo(_ state: inout ExplorerState, _ keys: String) {
    for key in keys {
      switch key {
      case "x": press(&state, "xxx")
      case "z": press(&state, "zzzzz")
      case "b": press(&state, "bb")
      case "j": press(&state, "k")
      case "a":
        press(&state, String(repeating: "a", count: state.shown.arms.count - 1))
      case "c":
        press(&state, String(repeating: "c", count: state.shown.arms.count - 2))
      default: break
      }
    }
  }

  private func expectSameFrame(
    _ one: ExplorerState, _ other: ExplorerState, _ window: Window, _ place: String
  ) {
    var (one, other) = (one, other)
    _ = reduce(&one, .tick(1_000))
    _ = reduce(&other, .tick(1_000))
    let size = window.size
    let (left, right) = (view(one, size: size).buffer, view(other, size: size).buffer)
    let isNarrow = size.width < 60 || size.height < 18
    let message = size.height - (isNarrow ? 1 : 2)
    var differing: [String] = []
    for y in 0..<size.height where y != message {
      for x in 0..<size.width where left[x, y] != right[x, y] {
        differing.append("\(x),\(y) '\(left[x, y].scalar)' '\(right[x, y].scalar)'")
      }
    }
    #expect(
      differing.isEmpty,
      "\(place), \(window): \(differing.count) cells, \(differing.prefix(4))")
  }

  /// The same with training of this program: policies, grains and scopes that screens cannot guess.
  @Test func scrubbedFramesOfARealRunAreThoseThatStoodThere() throws {
    let run = try RealRun(
      [
        "adam:lr=1e-3", "magma(adam):lr=1e-3,maskPolicy=alignment", "skip(adam):maskPolicy=depth",
        "skip(adam):scope=all", "magma(adam):scope=attention,grain=row", "skip(adam):grain=element",
      ], seeds: 2, steps: 120)
    var scrubbed = try run.state()
    var random = SplitMix64(state: 9)
    for index in 0..<50 {
      let step = Int(random.next() % 120)
      var stopped = try run.state(pausedAt: step)
      for view in Self.views.indices where view % 7 == index % 7 {
        let (keys, window) = Self.views[view]
        press(&scrubbed, keys)
        press(&stopped, keys)
        press(&scrubbed, ":goto \(step)")
        _ = reduce(&scrubbed, .key(.enter))
        expectSameFrame(scrubbed, stopped, window, "\(keys) at step \(step)")
        undo(&scrubbed, keys)
        undo(&stopped, keys)
      }
    }
  }

  /// Which blocks are masked is what the trainer says, whatever wrapper or workload suggest.
  @Test func theMaskOnTheScreenIsThatOfTheTrainer() throws {
    let run = try RealRun(
      ["skip(adam):scope=all", "skip(adam):scope=attention"], seeds: 1, steps: 60)
    var state = try run.state()
    for (arm, blocks) in zip(state.shown.arms, [state.shown.blocks, state.shown.blocks]) {
      let isAll = arm.specification.choice("scope") == "all"
      for (place, block) in blocks.enumerated() {
        #expect(arm.isMasked[place] == (isAll || block.role == .attention), "\(block.name)")
        #expect((arm.track?.blocks[place].maskedCount ?? 0) == (arm.isMasked[place] ? 60 : 0))
      }
    }
    press(&state, "3")
    let all = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(!all.contains("not maskable:") && all.contains("masked ."))
    press(&state, "a")
    let attention = state.shown.arms[1]
    let rates = attention.track?.blocks.compactMap(\.maskRate) ?? []
    #expect(rates.count == state.shown.blocks.count { $0.role == .attention })
    #expect(rates.allSatisfy { $0 > 0.1 && $0 < 0.9 })
  }

  @Test func theCrosshairSaysTheLossOfItsVeryStep() throws {
    var state = try paused(at: 390, seeds: 1)
    press(&state, "i:goto 123")
    _ = reduce(&state, .key(.enter))
    #expect(state.settings.crosshair == 123 && state.shownStep == 123)
    let text = view(state, size: Size(width: 200, height: 60)).buffer.plainText()
    let row = state.history.rows(at: 123).first { $0.arm == ArmID(0) }
    #expect(text.contains("step 123  train a \(Shown.loss(row?.trainLoss))"))
    #expect(text.contains("val @120 a "))
  }

  @Test func scrubbingGoesBackToBeforeTheFirstStep() throws {
    var state = try paused(at: 50, seeds: 1)
    _ = reduce(&state, .key(.home))
    #expect(state.shownStep == 0)
    let text = view(state, size: Size(width: 80, height: 24)).buffer.plainText()
    #expect(text.contains("step 0/800") && text.contains("PAUSE"))
    _ = reduce(&state, .key(.end))
    #expect(state.settings.scrub == nil)
  }

  @Test func knobsAreNotTurnedInThePast() throws {
    var state = try paused(at: 390, seeds: 1)
    let settings = state.draft.arms
    press(&state, ",")
    #expect(reduce(&state, .key(.character("+"))).isEmpty)
    press(&state, ":lr 1")
    #expect(reduce(&state, .key(.enter)).isEmpty)
    #expect(state.draft.arms == settings)
  }

  @Test func aRefusedChangeLeavesNoTrace() throws {
    var state = try Fake.running()
    press(&state, "+")
    #expect(state.draft.arms[0].number("lr") == 2e-3)
    let refusal = RunError(.usage, "the rate cannot be raised", remedy: "try again")
    _ = reduce(&state, .run(RunBatch(run: 1, events: [.refused(refusal)])))
    #expect(state.draft.arms == state.configuration.arms)
    #expect(
      state.message?.text == "the rate cannot be raised; try again" && !state.shown.isExploratory)
  }

  @Test func aMarkGoesToTheJournalAndComesBackFromIt() throws {
    var state = try Fake.running(to: 340)
    press(&state, "<")
    let step = state.shownStep
    #expect(
      reduce(&state, .key(.character("m"))) == [.command(.mark(step: step, text: "mark"))])
    #expect(state.shown.journal.isEmpty)
    let entry = JournalEntry(.mark, step: step, text: "mark")
    _ = reduce(&state, .run(RunBatch(run: 1, events: [.journaled(entry)])))
    #expect(state.shown.journal == [entry])
  }
}
