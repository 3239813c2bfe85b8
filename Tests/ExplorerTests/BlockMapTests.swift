import Explorer
import RunModel
import TerminalUI
import Testing

/// The maps of a block: asked for while they are seen, shown for the step they are of.
@Suite struct BlockMapTests {
  private func look(_ step: Int, block: Int, arm: Int = 1, stillRows: Int = 0) -> BlockLook {
    func grid(_ value: (Int, Int) -> Float) -> BlockLook.Grid {
      BlockLook.Grid(
        rows: 8, columns: 16,
        values: (0..<128).map { value($0 / 16, $0 % 16) })
    }
    return BlockLook(
      arm: ArmID(arm), step: step, block: block,
      gradient: grid { row, column in row == column ? -2 : 1 },
      momentum: grid { row, _ in row < 4 ? 1 : -1 },
      displacement: grid { row, _ in row < stillRows ? 0 : 0.5 },
      still: grid { row, _ in row < stillRows ? 1 : 0 }, stillRows: stillRows, stillColumns: 0,
      stillElements: 16 * stillRows, rows: 8, columns: 16)
  }

  private func blocks(_ width: Int, _ height: Int) throws -> ExplorerState {
    var state = try Fake.running()
    _ = reduce(&state, .resize(Size(width: width, height: height)))
    return state
  }

  private func text(_ state: ExplorerState) -> String {
    view(state, size: state.size).buffer.plainText()
  }

  @Test func aBlockIsLookedAtOnlyWhileItsMapsAreOnTheScreen() throws {
    var state = try blocks(160, 50)
    var asked = reduce(&state, .key(.character("3")))
    let first = BlockWish(arm: ArmID(1), block: state.selectedBlock)
    #expect(asked == [.command(.look(first))])
    asked = reduce(&state, .key(.character("j")))
    let second = BlockWish(arm: ArmID(1), block: state.selectedBlock)
    #expect(second != first && asked == [.command(.look(second))])
    #expect(reduce(&state, .tick(9)).isEmpty, "once is enough")
    #expect(reduce(&state, .key(.character("1"))) == [.command(.look(nil))])
    state = try blocks(60, 18)
    #expect(reduce(&state, .key(.character("3"))).isEmpty, "they do not fit here")
    for _ in 0..<2 { asked = reduce(&state, .key(.tab)) }
    #expect(state.pane == .blockMaps && asked == [.command(.look(first))])
  }

  @Test func theMapsAreThoseOfTheShownStepAndOthersAreNotMadeUp() throws {
    var state = try blocks(160, 50)
    press(&state, "3")
    #expect(text(state).contains("Step 340 was not looked at"))
    var batch = Fake.batch(state.configuration, steps: 341...341)
    batch.looks = [look(341, block: state.selectedBlock, stillRows: 3)]
    _ = reduce(&state, .run(batch))
    #expect(text(state).contains("3 of 8 rows did not move"))
    #expect(text(state).contains("xxxxxxxxxxxx"))
    #expect(text(state).contains("g 2 ") && text(state).contains("Delta 0.5 "))
    press(&state, ",")
    #expect(text(state).contains("Step 340 was not looked at"))
    press(&state, ".")
    #expect(text(state).contains("3 of 8 rows did not move"), "kept for those who come back")
    _ = reduce(&state, .key(.end))
    press(&state, "j")
    #expect(text(state).contains("Step 341 was not looked at"), "of another block")
  }

  @Test func enterInThePanelComputesAStepThatWasNotLookedAt() throws {
    var state = try blocks(160, 50)
    press(&state, "3")
    #expect(!text(state).contains("computes the step again"), "nothing is recorded here")
    let batch = Fake.batch(state.configuration, steps: 1...340)
    let shown = ShownRun(
      directory: "/runs/one", configuration: state.configuration, events: batch.events,
      archive: nil, phase: .finished(.completed), isWatched: false)
    _ = reduce(&state, .opened(run: 1, shown))
    _ = reduce(&state, .run(batch))
    #expect(text(state).contains("computes the step"))
    press(&state, ",,")
    #expect(reduce(&state, .key(.enter)).isEmpty && state.settings.isFull, "another panel")
    _ = reduce(&state, .key(.escape))
    for _ in 0..<2 { _ = reduce(&state, .key(.tab)) }
    let wish = BlockWish(arm: ArmID(1), block: state.selectedBlock)
    #expect(
      reduce(&state, .key(.enter)) == [
        .computeAgain(.look(wish, step: 338), directory: "/runs/one", run: 1)
      ])
    var news = RunBatch(run: 1)
    news.looks = [look(338, block: state.selectedBlock, stillRows: 3)]
    _ = reduce(&state, .run(news))
    _ = reduce(&state, .computedAgain(run: 1, .success("the maps of step 338")))
    #expect(text(state).contains("3 of 8 rows did not move"))
    #expect(
      reduce(&state, .key(.enter)).isEmpty && state.settings.isFull, "there is nothing to add")
    _ = reduce(&state, .key(.home))
    #expect(text(state).contains("Step 0 was not looked at"))
    #expect(!text(state).contains("computes the step"), "no step leads to the start")
  }

  @Test func signsAreToldByCharactersWithoutColours() throws {
    var state = try Fake.running(glyphs: .ascii)
    _ = reduce(&state, .resize(Size(width: 160, height: 50)))
    press(&state, "3")
    var batch = Fake.batch(state.configuration, steps: 341...341)
    batch.looks = [look(341, block: state.selectedBlock)]
    _ = reduce(&state, .run(batch))
    #expect(text(state).contains("-********** ####"), "the first row of g: -2, then 1")
    #expect(text(state).contains("all 8 x 16 moved"))
  }

  @Test(arguments: Window.all)
  func mapsLookAsRecorded(_ window: Window) throws {
    var state = try blocks(window.size.width, window.size.height)
    press(&state, "3")
    for _ in 0..<2 { _ = reduce(&state, .key(.tab)) }
    var batch = Fake.batch(state.configuration, steps: 341...341)
    batch.looks = [look(341, block: state.selectedBlock, stillRows: 3)]
    _ = reduce(&state, .run(batch))
    try expectGolden("maps-\(window.name)", state, window.size)
  }
}
