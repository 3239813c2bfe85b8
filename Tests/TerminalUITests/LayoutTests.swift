import TerminalUI
import Testing

@Suite struct LayoutTests {
  @Test func sharesDivideWhatFixedPartsLeave() {
    let area = Rectangle(x: 2, y: 1, width: 100, height: 10)
    let parts = area.columns([.cells(10), .share(2), .share(1)])
    #expect(parts.map(\.width) == [10, 60, 30])
    #expect(parts.map(\.x) == [2, 12, 72])
  }

  @Test func earlierPartsAreServedFirstWhenRoomIsShort() {
    let area = Rectangle(x: 0, y: 0, width: 10, height: 5)
    #expect(area.rows([.cells(3), .cells(4), .share(1)]).map(\.height) == [3, 2, 0])
    #expect(area.rows([.share(1, atLeast: 4), .share(1, atLeast: 4)]).map(\.height) == [4, 1])
  }

  @Test func partsAlwaysTileTheAreaExactly() {
    var random = SmallRandom(seed: 5)
    for _ in 0..<1_000 {
      let area = Rectangle(x: 0, y: 0, width: random.below(80), height: random.below(30))
      let extents: [Extent] = (0...random.below(5)).map { _ in
        random.below(2) == 0
          ? .cells(random.below(30) - 5) : .share(random.below(4), atLeast: random.below(10))
      }
      let parts = area.columns(extents)
      var x = 0
      for part in parts {
        #expect(part.x == x && part.width >= 0 && part.height == area.height)
        x = part.right
      }
      #expect(x <= area.width)
    }
  }

  @Test func cutsStayInside() {
    let area = Rectangle(x: 1, y: 1, width: 4, height: 3)
    #expect(area.cutTop(9).0 == area)
    #expect(area.cutTop(9).1.isEmpty)
    #expect(area.cutBottom(1).1 == Rectangle(x: 1, y: 3, width: 4, height: 1))
    #expect(area.cutRight(1).1 == Rectangle(x: 4, y: 1, width: 1, height: 3))
    #expect(area.cutLeft(-1).0.isEmpty)
    #expect(area.row(3).isEmpty && area.row(-1).isEmpty)
    #expect(area.inset(horizontally: 9, vertically: 9).isEmpty)
  }
}
