import TerminalUI
import Testing

@MainActor
@Suite struct FrameDifferenceTests {
  private func buffer(_ rows: [String]) -> CellBuffer {
    var buffer = CellBuffer(width: rows.map(\.columns).max() ?? 0, height: rows.count)
    for (y, row) in rows.enumerated() { buffer.write(row, x: 0, y: y) }
    return buffer
  }

  @Test func theFirstFrameSendsEverythingAndTheSameAgainNothing() {
    let backend = TestBackend(Size(width: 4, height: 2))
    let frame = Frame(buffer(["abcd", "efgh"]))
    backend.present(frame)
    #expect(backend.lastCellsSent == 8)
    backend.present(frame)
    #expect(backend.lastCellsSent == 0)
    #expect(backend.frameCount == 2)
  }

  @Test func onlyWhatChangedIsSent() {
    let changes = buffer(["aXcd", "efYZ"]).changes(from: buffer(["abcd", "efgh"]))
    #expect(
      changes == [ChangedRun(y: 0, columns: 1..<2), ChangedRun(y: 1, columns: 2..<4)])
  }

  @Test func aNewThemeOrSizeSendsEverything() {
    let backend = TestBackend(Size(width: 4, height: 1))
    backend.present(Frame(buffer(["abcd"])))
    backend.present(Frame(buffer(["abcd"]), theme: .light))
    #expect(backend.lastCellsSent == 4)
    backend.resize(to: Size(width: 5, height: 1))
    #expect(backend.readEvents() == [.resize(Size(width: 5, height: 1))])
    backend.present(Frame(buffer(["abcde"]), theme: .light))
    #expect(backend.lastCellsSent == 5)
  }

  @Test func wideCharactersAreSentWhole() {
    #expect(
      buffer(["界b"]).changes(from: buffer(["acb"])) == [ChangedRun(y: 0, columns: 0..<2)])
    #expect(
      buffer(["a界"]).changes(from: buffer(["a国"])) == [ChangedRun(y: 0, columns: 1..<3)])
  }

  @Test func applyingTheChangesToTheOldPictureGivesTheNew() {
    var random = SmallRandom(seed: 3)
    let pieces = ["a", "b", " ", "界", "国"]
    for _ in 0..<500 {
      let pictures = (0..<2).map { _ in
        buffer(
          (0..<3).map { _ in (0..<4).map { _ in pieces[random.below(5)] }.joined() + "........" }
            .map { String($0.prefix(6)) })
      }
      guard pictures[0].size == pictures[1].size else { continue }
      var cells = pictures[0].cells
      for run in pictures[1].changes(from: pictures[0]) {
        let row = run.y * pictures[1].width
        for x in run.columns { cells[row + x] = pictures[1].cells[row + x] }
        #expect(!pictures[1].cells[row + run.columns.lowerBound].isContinuation)
      }
      #expect(cells == pictures[1].cells)
    }
  }
}
