import Studies
import Testing

struct BoardTests {
  private let cells = ["a", "b", "c"]

  private func claim(_ cell: String, _ generation: Int = 0) -> Board.Move {
    .take(Claim(cell: cell, generation: generation))
  }

  @Test func everyCellIsTakenOnceInTheWorkersOwnOrder() {
    var board = Board(cells: cells)
    #expect(cells.map { _ in board.next(now: .zero) } == cells.map { claim($0) })
    #expect(board.next(now: .zero) == .done)
  }

  @Test func workersBeginAtDifferentPlaces() {
    let many = (0..<100).map { "cell-\($0)" }
    let starts = Set((0..<8).map { Board.order(many, for: "host-\($0)-abcd")[0] })
    #expect(starts.count >= 6)
    for worker in 0..<8 {
      #expect(Set(Board.order(many, for: "host-\(worker)-abcd")) == Set(many))
    }
  }

  @Test func whatIsDoneOrFailedIsLeftAlone() {
    var board = Board(cells: cells)
    board.see(done: ["a"])
    board.see(failed: ["c"])
    #expect(board.next(now: .zero) == claim("b"))
    #expect(board.next(now: .zero) == .done)
  }

  @Test func aCellWithALivingOwnerIsWaitedFor() {
    var board = Board(cells: ["a"])
    board.see("a", .init(generation: 0, owner: "x"))
    #expect(board.next(now: .seconds(1_000_000)) == .wait)
    #expect(board.owners == ["x"])
    board.see(done: ["a"])
    #expect(board.next(now: .zero) == .done)
  }

  @Test func whatADeadOwnerLeftComesFirstAsTheNextGeneration() {
    var board = Board(cells: cells)
    board.see("a", .init(generation: 2, owner: "x"))
    #expect(board.next(now: .zero) == claim("b"))
    board.see(dead: ["x"])
    #expect(board.next(now: .zero) == claim("a", 3))
    #expect(board.next(now: .zero) == claim("c"))
  }

  @Test func aNamelessClaimCountsAsDeadAfterAWhileOfTheObserversClock() {
    var board = Board(cells: ["a"], stale: .seconds(120))
    board.see("a", .init(generation: 0, owner: nil))
    #expect(board.next(now: .seconds(50)) == .wait)
    #expect(board.next(now: .seconds(169)) == .wait)
    #expect(board.next(now: .seconds(170)) == claim("a", 1))
  }

  @Test func fiveDeadOwnersEndACell() {
    var board = Board(cells: ["a"])
    board.see(dead: ["x"])
    for generation in 0..<5 {
      board.see("a", .init(generation: generation, owner: "x"))
      let move = board.next(now: .zero)
      guard generation < 4 else {
        #expect(move == .giveUp("a"))
        continue
      }
      #expect(move == claim("a", generation + 1))
      board.lose(Claim(cell: "a", generation: generation + 1), to: "x")
    }
    board.see(failed: ["a"])
    #expect(board.next(now: .zero) == .done)
  }

  @Test func aRetriedCellGetsAsManyOwnersAgain() {
    var board = Board(cells: ["a"])
    board.see(dead: ["x"])
    let last = Board.Holding(generation: 4, owner: "x")
    board.see("a", last)
    board.retry("a", after: last)
    #expect(board.next(now: .zero) == claim("a", 5))
  }

  @Test func anOlderClaimThanKnownSaysNothing() {
    var board = Board(cells: ["a"])
    board.see("a", .init(generation: 1, owner: "y"))
    board.see("a", .init(generation: 0, owner: "x"))
    board.see(dead: ["x"])
    #expect(board.next(now: .zero) == .wait)
  }

  @Test func aLostRaceIsWaitedForAndNotTriedAgain() {
    var board = Board(cells: ["a"])
    #expect(board.next(now: .zero) == claim("a"))
    board.lose(Claim(cell: "a", generation: 0), to: "y")
    #expect(board.next(now: .zero) == .wait)
  }

  @Test func aShardNeedsNoClaims() {
    var board = Board(cells: cells, needsClaims: false)
    board.see("a", .init(generation: 0, owner: "y"))
    #expect(board.next(now: .zero) == claim("a"))
  }

  /// Ten thousand cells, each asked for once: deciding must not look at all of them every time.
  @Test(.timeLimit(.minutes(1))) func decidingTakesNoTimeThatGrowsWithTheBoard() {
    let many = (0..<10_000).map { "tuning-a\($0 % 3)-p\($0 / 3)-s0" }
    var board = Board(cells: many)
    let clock = ContinuousClock()
    let spent = clock.measure {
      while case .take(let claim) = board.next(now: .zero) { board.see(done: [claim.cell]) }
    }
    #expect(spent < .seconds(2), "\(spent)")
  }
}
