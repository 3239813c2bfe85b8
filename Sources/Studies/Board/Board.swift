import RunModel

/// The right to compute one cell.
package struct Claim: Sendable, Hashable {
  package var cell: String
  /// Counts the owners that the cell has had, from 0.
  package var generation: Int

  package init(cell: String, generation: Int) {
    (self.cell, self.generation) = (cell, generation)
  }
}

/// What a worker knows of the cells of a stage, and what it does next: pure decisions over what was
/// read, without a file or a clock.
package struct Board: Sendable {
  /// Owners after which a cell without a result is given up.
  package static let generations = 5

  /// Who has a cell: its latest claim.
  package struct Holding: Sendable, Hashable {
    package var generation: Int
    /// Nil where the owner was killed before it wrote its name.
    package var owner: String?

    package init(generation: Int, owner: String?) {
      (self.generation, self.owner) = (generation, owner)
    }
  }

  /// What `next` answers.
  package enum Move: Sendable, Hashable {
    case take(Claim)
    /// Five owners ended without a result.
    case giveUp(String)
    /// Nothing to take while others hold cells.
    case wait
    /// Every cell of the stage, or of the shard, has its result or was given up.
    case done
  }

  /// Cells to look at, the next one last.
  private var open: [String]
  /// Cells that others held when last looked at.
  private var held: [String] = []
  private var holdings: [String: Holding] = [:]
  private var done: Set<String> = []
  private var failed: Set<String> = []
  /// Owners seen dead; they never come back.
  private var dead: Set<String> = []
  /// Cells that had failed before and are tried again: as many owners more.
  private var retried: [String: Int] = [:]
  /// When a holding without a readable owner was first seen.
  private var namelessSince: [Claim: Duration] = [:]
  private let stale: Duration
  private let needsClaims: Bool

  /// - Parameters:
  ///   - cells: of the stage, in the order in which this worker looks at them.
  ///   - needsClaims: false for a shard, whose cells are nobody else's.
  package init(cells: [String], stale: Duration = .seconds(120), needsClaims: Bool = true) {
    open = cells.reversed()
    (self.stale, self.needsClaims) = (stale, needsClaims)
  }

  /// A worker's own order: the stage's, begun at a place that its name decides, so that workers do not
  /// all try the same cell.
  package static func order(_ cells: [String], for worker: String) -> [String] {
    guard !cells.isEmpty else { return [] }
    let hash = worker.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let start = Int(hash % UInt64(cells.count))
    return Array(cells[start...] + cells[..<start])
  }

  package mutating func see(done ids: some Sequence<String>) {
    done.formUnion(ids)
    held.removeAll(where: done.contains)
  }
  package mutating func see(failed ids: some Sequence<String>) { failed.formUnion(ids) }
  /// Tries a failed cell again, with owners after the latest one.
  package mutating func retry(_ id: String, after holding: Holding?) {
    retried[id] = (holding?.generation ?? -1) + 1
  }
  package mutating func see(dead owners: some Sequence<String>) { dead.formUnion(owners) }

  /// The latest claim of a cell; an older one than known says nothing.
  package mutating func see(_ id: String, _ holding: Holding) {
    guard holding.generation >= holdings[id]?.generation ?? -1 else { return }
    holdings[id] = holding
  }

  /// Somebody else has the claim that was tried for, or a later one.
  package mutating func lose(_ claim: Claim, to owner: String?) {
    see(claim.cell, Holding(generation: claim.generation, owner: owner))
    if !held.contains(claim.cell) { held.append(claim.cell) }
  }

  /// Owners of the cells that others hold: whose lives matter now.
  package var owners: Set<String> {
    Set(held.compactMap { done.contains($0) ? nil : holdings[$0]?.owner })
  }

  /// Cells that others hold, as far as known without a result.
  package var heldCells: [String] { held.filter { !done.contains($0) && !failed.contains($0) } }

  /// What to do next at `now` of the worker's own clock; each cell is looked at once until it is held by
  /// nobody any more.
  package mutating func next(now: Duration) -> Move {
    // What a dead owner left comes first: others may wait for it.
    if let orphan = held.first(where: isOrphan), let move = move(orphan, now) {
      held.removeAll { $0 == orphan }
      return move
    }
    while let id = open.popLast() {
      if done.contains(id) || failed.contains(id) { continue }
      if let move = move(id, now) { return move }
      held.append(id)
    }
    let still = heldCells
    for (place, id) in still.enumerated() {
      guard let move = move(id, now) else { continue }
      held = Array(still[..<place] + still[(place + 1)...])
      return move
    }
    held = still
    return held.isEmpty ? .done : .wait
  }

  private func isOrphan(_ id: String) -> Bool {
    !done.contains(id) && !failed.contains(id)
      && (holdings[id]?.owner.map(dead.contains) ?? false)
  }

  private mutating func move(_ id: String, _ now: Duration) -> Move? {
    guard needsClaims else { return .take(Claim(cell: id, generation: 0)) }
    guard let holding = holdings[id] else { return .take(Claim(cell: id, generation: 0)) }
    guard isFree(id, holding, now) else { return nil }
    let generation = holding.generation + 1
    return generation < Self.generations + (retried[id] ?? 0)
      ? .take(Claim(cell: id, generation: generation)) : .giveUp(id)
  }

  /// Whether the owner is dead; one without a name counts as dead once it was silent for long enough.
  private mutating func isFree(_ id: String, _ holding: Holding, _ now: Duration) -> Bool {
    if let owner = holding.owner { return dead.contains(owner) }
    let claim = Claim(cell: id, generation: holding.generation)
    let since = namelessSince[claim] ?? now
    namelessSince[claim] = since
    return now - since >= stale
  }
}
