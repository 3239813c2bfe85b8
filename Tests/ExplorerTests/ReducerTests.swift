import Explorer
import RunModel
import Statistics
import TerminalUI
import Testing

@Suite struct ReducerTests {
  @Test func openingStartsTheComparisonAtOnce() throws {
    var state = try Fake.state()
    let effects = launch(&state)
    #expect(effects == [.start(state.configuration, run: 2)])
  }

  @Test func spacePausesAndGoesOn() throws {
    var state = try Fake.running()
    #expect(reduce(&state, .key(.character(" "))) == [.command(.pause)])
    #expect(reduce(&state, .key(.character(" "))) == [.command(.resume)])
  }

  @Test func stepKeysAskForOneAndTenSteps() throws {
    var state = try Fake.running()
    #expect(reduce(&state, .key(.character("s"))) == [.command(.step(1))])
    #expect(reduce(&state, .key(.character("S"))) == [.command(.step(10))])
    press(&state, ":step 25")
    #expect(reduce(&state, .key(.enter)) == [.command(.step(25))])
  }

  @Test func learningRateMovesOnAGridOfOneTwoThreeFive() throws {
    var state = try Fake.running()
    var seen: [Double] = []
    for _ in 0..<4 {
      guard
        case .command(.set(nil, "lr", .number(let rate))) = reduce(&state, .key(.character("+")))
          .first
      else { return #expect(Bool(false), "a nudge of a live knob is a command") }
      seen.append(rate)
    }
    #expect(seen == [2e-3, 3e-3, 5e-3, 1e-2])
    #expect(
      reduce(&state, .key(.character("0"))) == [
        .command(.set(arm: nil, key: "lr", value: .number(1e-3)))
      ])
  }

  @Test func armsThatDifferGoOnDiffering() throws {
    var state = try Fake.running(["adam:lr=0.1", "magma(adam):lr=0.01"])
    #expect(
      reduce(&state, .key(.character("+"))) == [
        .command(.set(arm: ArmID(0), key: "lr", value: .number(0.2))),
        .command(.set(arm: ArmID(1), key: "lr", value: .number(0.02))),
      ])
  }

  @Test func settingsThatAreNotLiveWaitForTheRerun() throws {
    var state = try Fake.running()
    press(&state, ":set grain row")
    #expect(reduce(&state, .key(.enter)).isEmpty)
    guard case .start(let configuration, run: 2) = reduce(&state, .key(.character("R"))).first
    else {
      return #expect(Bool(false), "R starts a run")
    }
    #expect(configuration.arms[1].choice("grain") == "row")
    #expect(configuration.arms[0].values["grain"] == nil)
  }

  @Test func aSelectedArmCanBeTunedAlone() throws {
    var state = try Fake.running()
    press(&state, "aA")
    #expect(
      reduce(&state, .key(.character("-"))) == [
        .command(.set(arm: ArmID(1), key: "lr", value: .number(5e-4)))
      ])
  }

  @Test func restartUsesTheOldSettingsAndRerunTheNewOnes() throws {
    var state = try Fake.running()
    let original = state.configuration
    press(&state, "+")
    #expect(reduce(&state, .key(.character("r"))) == [.start(original, run: 2)])
  }

  @Test func reportsOfAnOlderRunAreIgnored() throws {
    var state = try Fake.running()
    press(&state, "r")
    _ = reduce(&state, .run(Fake.batch(state.configuration, steps: 1...10, run: 1)))
    #expect(state.history.newestStep == 0)
  }

  @Test func quittingIsDoneAtOnceBecauseEveryRunIsKept() throws {
    var state = try Fake.running()
    press(&state, "+")
    #expect(reduce(&state, .key(.character("q"))) == [.quit])
    #expect(
      reduce(&state, .key(.character("w"))) == [.save(name: state.configuration.title)])
    press(&state, ":w best so far")
    #expect(reduce(&state, .key(.enter)) == [.save(name: "best so far")])
  }

  @Test func theSeedsAreShownAsBandsAsCurvesOrNotAtAll() throws {
    var state = try Fake.state(seeds: 3)
    for seed in 0..<3 {
      _ = reduce(&state, .run(Fake.batch(state.configuration, steps: 1...800, seed: seed)))
    }
    func picture() -> String {
      view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    }
    var pictures: [String] = []
    for key in ["b", "b", "b"] {
      press(&state, key)
      _ = reduce(&state, .tick(state.now + 60))
      pictures.append(picture())
    }
    #expect(Set(pictures).count == 3)
    press(&state, "b")
    _ = reduce(&state, .tick(state.now + 60))
    #expect(picture() == pictures[0])
  }

  @Test(arguments: [0, 1e-9])
  func aRepeatedArmSaysWhetherItIsIdentical(_ shift: Double) throws {
    var state = try Fake.state(["adam", "adam", "magma(adam)"], seeds: 2)
    for seed in 0..<2 {
      var batch = Fake.batch(state.configuration, steps: 1...800, seed: seed)
      batch.events = batch.events.map { event in
        guard case .evaluated(let id, var record) = event, id == ArmID(1) else { return event }
        // The fake loss differs between arms; the second is made to repeat the first.
        record.validationLoss = Fake.record(
          state.configuration, arm: 0, step: record.step, seed: seed
        ).validationLoss.map { $0 + (record.step == 400 ? shift : 0) }
        return .evaluated(arm: ArmID(1), record)
      }
      batch.events = batch.events.map { event in
        guard case .armFinished(let id, var record) = event, id == ArmID(1) else { return event }
        record.validationLoss =
          Fake.record(state.configuration, arm: 0, step: 800, seed: seed).validationLoss
        return .armFinished(arm: ArmID(1), record)
      }
      _ = reduce(&state, .run(batch))
    }
    let checklist = try #require(state.verdicts.last).checklist
    #expect(checklist.status(.identicalRepeat) == (shift == 0 ? .passed : .failed))
    #expect((state.message?.text.hasPrefix("ALARM") ?? false) == (shift != 0))
  }

  @Test func escapeNeverQuits() throws {
    var state = try Fake.running()
    for _ in 0..<10 { #expect(reduce(&state, .key(.escape)).isEmpty) }
  }

  @Test func scrubbingFreezesAndEndFollowsAgain() throws {
    var state = try Fake.running(to: 340)
    press(&state, ",")
    #expect(state.shownStep == 339)
    press(&state, "<")
    #expect(state.shownStep == 299)
    _ = reduce(&state, .key(.end))
    #expect(state.shownStep == 340)
    _ = reduce(&state, .run(Fake.batch(state.configuration, steps: 341...350)))
    #expect(state.shownStep == 350)
  }

  @Test func aLiveChangeMakesTheRunExploratory() throws {
    var state = try Fake.running()
    let change = Intervention(
      arm: nil, step: 341, key: "mask", oldValue: .number(0.5), newValue: .number(0.3))
    _ = reduce(
      &state, .run(RunBatch(run: 1, events: [.journaled(JournalEntry(change))])))
    #expect(!state.shown.isExploratory, "a change of the step to come is not in force yet")
    _ = reduce(&state, .run(Fake.batch(state.configuration, steps: 341...341)))
    #expect(state.shown.isExploratory)
    #expect(state.shown.arms[1].specification.number("mask") == 0.3)
    #expect(state.shown.arms[0].specification.values["mask"] == nil)
  }

  @Test func misspeltCommandsAreAnsweredWithTheNearest() throws {
    var state = try Fake.running()
    press(&state, ":presett x")
    #expect(reduce(&state, .key(.enter)).isEmpty)
    guard case .command(let line) = state.modal else { return #expect(Bool(false)) }
    #expect(line.error?.contains("did you mean 'preset'") == true)
  }

  @Test func tabCompletesCommandsAndTheirArguments() throws {
    var state = try Fake.running()
    press(&state, ":preset")
    _ = reduce(&state, .key(.tab))
    press(&state, "ma")
    _ = reduce(&state, .key(.tab))
    guard case .start(let configuration, _) = reduce(&state, .key(.enter)).first else {
      return #expect(Bool(false), "a completed preset starts")
    }
    #expect(configuration.arms.count == 3)
  }

  @Test func inATooSmallWindowOnlyQuittingWorks() throws {
    var state = try Fake.running()
    _ = reduce(&state, .resize(Size(width: 20, height: 5)))
    #expect(reduce(&state, .key(.character(" "))).isEmpty)
    #expect(reduce(&state, .key(.character("q"))) == [.quit])
  }

  @Test func aPresetThatWantsATextOpensTheForm() throws {
    var state = try Fake.running()
    press(&state, ":preset shakespeare")
    #expect(reduce(&state, .key(.enter)).isEmpty)
    guard case .form = state.modal else { return #expect(Bool(false), "the form asks for a file") }
  }

  @Test func controlCharactersFromOutsideNeverReachTheScreen() throws {
    var state = try Fake.running()
    _ = reduce(&state, .notice("bad \u{1B}[31m\u{07} name"))
    let text = view(state, size: Size(width: 80, height: 24)).buffer.plainText()
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }
}

@Suite struct KeyTableTests {
  @Test func noKeyIsBoundTwice() {
    var seen: Set<Key> = []
    for binding in KeyTable.bindings {
      for key in binding.keys { #expect(seen.insert(key).inserted, "\(key) is bound twice") }
    }
  }

  @Test func everyConventionalKeyIsThere() {
    let wanted: [Key] =
      "q?hjkl sS+-0rR[]yXxboi,.<>123wezPm/:dvtMnp".map { .character($0) }
      + [.escape, .enter, .tab, .up, .down, .left, .right, .home, .end]
      + [.control("l"), .control("z")]
    let bound = Set(KeyTable.bindings.flatMap(\.keys))
    for key in wanted { #expect(bound.contains(key), "\(key) is missing") }
  }

  @Test func helpNamesEveryOfferedKeyAtAnyWidth() {
    let options = ExplorerOptions(version: "0", exports: [.csv])
    for width in [36, 76] {
      let lines = HelpText.lines(options, width: width)
      #expect(lines.allSatisfy { $0.columns <= width })
      for binding in KeyTable.offered(options) {
        #expect(lines.contains { $0.text.hasPrefix(binding.shown) }, "\(binding.shown)")
      }
    }
  }

  @Test func keysWithoutTheirFeatureAreNotListed() {
    let options = ExplorerOptions(version: "0", canSave: false)
    let commands = KeyTable.offered(options).map(\.command)
    #expect(!commands.contains(.save) && !commands.contains(.export))
  }
}

@Suite struct FuzzTests {
  /// Any mix of keys, sizes and reports; quitting must stay possible from everywhere.
  @Test(arguments: 0..<12)
  func randomInputNeverTrapsAndQuittingAlwaysWorks(seed: Int) throws {
    var state = try Fake.running(to: 60)
    var random = SplitMix64(state: UInt64(seed))
    let keys: [Key] =
      (32..<127).compactMap { Unicode.Scalar($0) }.map { .character(Character($0)) }
      + [.enter, .escape, .tab, .backTab, .backspace, .delete, .up, .down, .left, .right, .home]
      + [.end, .pageUp, .pageDown, .control("a"), .control("u"), .control("w"), .alt("x")]
    var next = 61
    for _ in 0..<1500 {
      switch random.next() % 40 {
      case 0:
        let size = Size(width: Int(random.next() % 210) + 1, height: Int(random.next() % 65) + 1)
        _ = reduce(&state, .resize(size))
      case 1:
        let run = state.runNumber
        _ = reduce(&state, .run(Fake.batch(state.configuration, steps: next...next, run: run)))
        next += 1
      case 2:
        _ = reduce(
          &state,
          .mouse(MouseEvent(.click, x: Int(random.next() % 200), y: Int(random.next() % 60))))
      default:
        let effects = reduce(&state, .key(keys[Int(random.next() % UInt64(keys.count))]))
        for effect in effects {
          if case .start = effect { next = 1 }
        }
      }
      if random.next() % 25 == 0 { _ = view(state, size: state.size) }
    }
    #expect(canQuit(state))
  }

  /// `q` or ^C quits or asks, and asking ends in quitting.
  private func canQuit(_ state: ExplorerState) -> Bool {
    var state = state
    for key in [Key.control("c"), .character("q")] {
      let effects = reduce(&state, .key(key))
      if effects.contains(where: { $0 == .quit }) { return true }
    }
    return false
  }
}

/// Steele, Lea and Flood's generator, so that a failing seed fails again.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
