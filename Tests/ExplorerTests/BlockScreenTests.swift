import Explorer
import RunModel
import TerminalUI
import Testing

@Suite struct BlockScreenTests {
  private func text(_ state: ExplorerState, _ width: Int, _ height: Int) -> String {
    view(state, size: Size(width: width, height: height)).buffer.plainText()
  }

  @Test(arguments: BlockColumn.allCases)
  func everyColumnSortsTheTableAndIsShownWhileItDoes(_ column: BlockColumn) throws {
    var state = try Fake.running()
    _ = reduce(&state, .run(Fake.readings()))
    press(&state, "3" + String(repeating: "l", count: column.rawValue))
    #expect(state.blockOrder == column)
    let falling = state.orderedBlocks
    #expect(falling.count == Fake.blocks.count)
    press(&state, "B")
    #expect(state.orderedBlocks == falling.reversed())
    let arrows = text(state, 80, 24).filter { $0 == "↑" }
    #expect(arrows.count == 1)
  }

  @Test(arguments: [12, 18, 24, 40])
  func theTopOfANewOrderIsSeenWhateverWasSelected(_ height: Int) throws {
    var state = try Fake.running()
    press(&state, "3" + String(repeating: "j", count: Fake.blocks.count))
    for keys in ["l", "B", "B", "l"] {
      press(&state, keys)
      let top = try #require(state.orderedBlocks.first)
      #expect(state.selectedBlock == top)
      let rows = text(state, 120, height).split(separator: "\n")
      let header = try #require(rows.firstIndex { $0.contains("↓") || $0.contains("↑") })
      #expect(rows[header + 1].hasPrefix("│" + Fake.blocks[top].shortName + " "), "\(keys)")
    }
  }

  @Test func tabGoesFromTheTableOverTheStepRoundAllCharts() throws {
    var state = try Fake.running()
    _ = reduce(&state, .run(Fake.readings()))
    press(&state, "3")
    let titles = [
      "alignment of this block", "cost of masking", "curvature of the step", "sharpness",
      "tail of the gradient", "update / weight", "distance of this block",
    ]
    #expect(state.pane == .blockTable)
    _ = reduce(&state, .key(.tab))
    #expect(state.pane == .stepByHand)
    _ = reduce(&state, .key(.tab))
    #expect(state.pane == .blockMaps)
    for title in titles {
      _ = reduce(&state, .key(.tab))
      #expect(
        state.pane == .blockCharts && text(state, 80, 24).contains("┌─ " + title), "\(title)")
    }
    _ = reduce(&state, .key(.tab))
    #expect(state.pane == .blockTable)
    _ = reduce(&state, .key(.backTab))
    #expect(text(state, 80, 24).contains("┌─ distance of this block"))
  }

  @Test func inALowWindowPanelsTakeTurns() throws {
    var state = try Fake.running()
    _ = reduce(&state, .resize(Size(width: 40, height: 12)))
    press(&state, "3")
    for title in ["blocks of m", "one step by hand", "g, mu, Delta", "alignment of this"] {
      #expect(text(state, 40, 12).contains("┌─ " + title), "\(title)")
      _ = reduce(&state, .key(.tab))
    }
    for _ in 4..<10 { _ = reduce(&state, .key(.tab)) }
    #expect(text(state, 40, 12).contains("┌─ blocks of m"))
  }

  @Test func aChartWithoutReadingsSaysHowToGetThem() throws {
    var state = try Fake.running()
    press(&state, "3")
    let empty = text(state, 200, 60)
    for kind in ProbeKind.allCases {
      #expect(empty.contains(":probe \(kind.rawValue) measures it"))
    }
    _ = reduce(&state, .run(Fake.readings()))
    #expect(!text(state, 200, 60).contains("measures it"))
  }

  @Test func theCostOfMaskingSaysWhereThePredictionEnds() throws {
    var state = try Fake.running()
    _ = reduce(&state, .run(Fake.readings()))
    press(&state, "3")
    for _ in 0..<4 { _ = reduce(&state, .key(.tab)) }
    // Measured over predicted is 1/(1 + .04·rate²): within a quarter up to 1.78, not at 3.16.
    for (width, height) in [(120, 40), (200, 60)] {
      #expect(text(state, width, height).contains("holds to lr 1.8e-3"))
    }
  }

  @Test func bytesOfStateStandUnderTheTable() throws {
    var state = try Fake.running()
    press(&state, "3")
    #expect(text(state, 80, 24).contains("optimizer state  a 1 MB  m 1 MB (same)"))
  }

  @Test func trajectoriesAreOnlyOfferedOnABowl() throws {
    var state = try Fake.running()
    press(&state, "3")
    #expect(!text(state, 200, 60).contains("contour lines"))
    state = try Fake.bowl()
    press(&state, "3")
    #expect(text(state, 120, 40).contains("trajectories over contour lines"))
  }

  @Test func theStepIsDoneByHandWithTheNumbersOfItsRow() throws {
    var state = try Fake.running(to: 340)
    press(&state, "3jj")
    let block = state.selectedBlock
    for step in [340, 339, 338] {
      let moment = state.history.moment(at: step)
      let tally = try #require(moment.arms[1].track?.blocks[block])
      let picture = text(state, 120, 40)
      let cos = Shown.share(Double(tally.row.alignment), decimals: 3)
      #expect(picture.contains("one step by hand: 0.v of m"))
      #expect(picture.contains("(|g| |mu|) = " + (cos.hasPrefix("-") ? cos : "+" + cos)))
      #expect(picture.contains(tally.row.keptShare == 1 ? "keep .50: kept" : "keep .50: MASKED"))
      let before = Shown.share(tally.previousScale.map(Double.init), decimals: 3)
      let score = Shown.share(Double(tally.row.score), decimals: 3)
      #expect(picture.contains("s = .90 x \(before) + .10 x \(score) = "))
      press(&state, ",")
    }
  }
}
