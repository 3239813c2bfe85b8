import Explorer
import RunModel
import TerminalUI
import Testing

@Suite struct PanelTests {
  private func text(_ state: ExplorerState, _ width: Int, _ height: Int) -> String {
    view(state, size: Size(width: width, height: height)).buffer.plainText()
  }

  @Test(arguments: [
    (Window(200, 60), "no fair-coin marks: mask varied ─"),
    (Window(120, 40), "no fair-coin marks: mask varied ─"), (Window(80, 24), "─ mask varied ─"),
  ])
  func aHistogramSaysWhyFairCoinsAreNotMarked(_ window: Window, _ foot: String) throws {
    var state = try Fake.running()
    let frame = { (state: ExplorerState) in view(state, size: window.size).buffer.plainText() }
    #expect(!frame(state).contains("mask varied"))
    let changed = Fake.batch(state.configuration, steps: 341...342, keep: 0.3)
    _ = reduce(&state, .run(changed))
    #expect(frame(state).contains(foot), "\(frame(state))")
  }

  @Test func theRasterOfARunThatIsOverFillsItsPanel() throws {
    let steps = try Fake.running().configuration.steps
    for (step, isFull) in [(steps - 11, false), (steps, true)] {
      let text = view(try Fake.running(to: step), size: Size(width: 120, height: 40)).buffer
        .plainText()
      let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("│0.q ") })
      let raster = row.dropFirst().prefix { $0 != "│" }
      #expect((raster.last != " ") == isFull, "\(row)")
    }
  }

  @Test func everyPanelIsInTheTableAndExplainsItself() {
    #expect(Set(PanelTable.all.map(\.id)) == Set(PanelID.allCases))
    for spec in PanelTable.all {
      #expect((1...5).contains(spec.explanation.count), "\(spec.id)")
      #expect(spec.minimum.width <= 40, "\(spec.id)")
    }
  }

  @Test func bothSidesOfCompareHaveHistogramsInTheSameBins() throws {
    var state = try Fake.running()
    press(&state, "2")
    let layout = ScreenLayout(state, size: Size(width: 120, height: 40))
    for id in [PanelID.maskPair, .alignmentPair] {
      let area = try #require(layout.area(of: id))
      var buffer = CellBuffer(Size(width: 120, height: 40))
      id.spec.draw(state, on: &buffer, in: area)
      var labels: [[String]] = [[], []]
      for (side, start) in [area.x, area.x + area.width / 2].enumerated() {
        for y in area.y + 1..<area.bottom - 1 {
          labels[side].append(
            String(
              String.UnicodeScalarView((start + 1..<start + 6).map { buffer[$0, y].scalar })
            ).filter { $0.isNumber || $0 == "." || $0 == "-" })
        }
      }
      #expect(labels[0] == labels[1], "\(id)")
      let bars = (area.y..<area.bottom).count { buffer[area.x + 8, $0].scalar == "█" }
      #expect(bars > 0, "\(id): the left side has bars")
    }
    let picture = text(state, 120, 40)
    #expect(picture.contains(".00 █"), "every block of Adam at 0")
    #expect(picture.components(of: "pure noise .436") >= 2)
  }

  @Test func theWindowOfTheHistogramsGoesRound() throws {
    var state = try Fake.running()
    press(&state, "2")
    var pictures: [String] = []
    for name in ["since the start, n=340", "last 100 steps, n=100", "at step 340, n=1"] {
      _ = reduce(&state, .tick(state.now + 60))
      let picture = text(state, 120, 40)
      #expect(picture.contains(name), "\(name)")
      pictures.append(picture)
      press(&state, "W")
    }
    #expect(Set(pictures).count == 3)
    #expect(state.settings.window == .sinceStart)
  }

  @Test func anArmHasOneColourEverywhere() throws {
    var state = try Fake.running()
    press(&state, "1a")
    let size = Size(width: 200, height: 60)
    let layout = ScreenLayout(state, size: size)
    let area = try #require(layout.area(of: .raster))
    let buffer = view(state, size: size).buffer
    var roles: Set<Role> = []
    for y in area.y + 1..<area.bottom - 1 {
      for x in area.x + 1..<area.right - 1 where buffer[x, y].scalar == "█" {
        roles.insert(buffer[x, y].style.foreground)
      }
    }
    #expect(roles == [.lane(1)])
  }

  @Test func aPanelFillsTheScreenAndGivesItBack() throws {
    var state = try Fake.running()
    press(&state, "f")
    let size = Size(width: 120, height: 40)
    #expect(ScreenLayout(state, size: size).places.map(\.id) == [.loss])
    _ = reduce(&state, .key(.escape))
    #expect(ScreenLayout(state, size: size).places.count > 4)
  }

  @Test func theQuestionMarkExplainsTheFocusedPanelFirst() throws {
    var state = try Fake.running()
    for id in [PanelID.loss, .runs, .mask, .alignment] {
      #expect(state.pane == id)
      press(&state, "?")
      #expect(text(state, 120, 40).contains("This panel: \(id.spec.title)"))
      _ = reduce(&state, .key(.escape))
      _ = reduce(&state, .key(.tab))
    }
  }

  @Test func judgingTakesFreshSeedsAndAddsTheControl() throws {
    var state = try Fake.running()
    guard case .start(let configuration, run: 2) = reduce(&state, .key(.character("J"))).first
    else { return #expect(Bool(false), "J starts a run") }
    #expect(configuration.seeds == 6 && configuration.seed == 1)
    #expect(configuration.arms.map(\.name) == ["adam", "magma(adam)", "matched(magma(adam))"])
    #expect(configuration.arms[1].isFollowed(by: configuration.arms[2]))
    #expect(configuration.lanes.map(\.letter) == ["a", "m", "c"])
  }

  @Test func theControlIsAddedOnce() throws {
    var state = try Fake.running()
    press(&state, "K")
    #expect(state.configuration.arms.count == 3)
    #expect(reduce(&state, .key(.character("K"))).isEmpty)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { split(separator: part).count - 1 }
}
