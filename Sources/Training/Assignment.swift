import RunModel

/// One arm of one seed: what a trainer trains, and where it stands among all of them.
package struct Assignment: Sendable, Hashable {
  /// Position among all arms of all seeds: seed by seed, the arms in their order.
  package var index: Int
  package var arm: Int
  package var seedIndex: Int
  package var seed: UInt64

  /// All arms of all seeds of a run.
  package static func all(of configuration: RunConfiguration) -> [Assignment] {
    let arms = configuration.arms.count
    return (0..<max(1, configuration.seeds)).flatMap { seedIndex in
      (0..<arms).map { arm in
        Assignment(
          index: seedIndex * arms + arm, arm: arm, seedIndex: seedIndex,
          seed: configuration.seed &+ UInt64(seedIndex))
      }
    }
  }

  /// Deals `assignments` to `threads` threads for good, shifted by one for every seed so that a
  /// costly arm does not always meet the same thread; never more than one apart in number.
  package static func deal(_ assignments: [Assignment], arms: Int, threads: Int) -> [[Assignment]] {
    let threads = max(1, min(threads, assignments.count))
    var hands = [[Assignment]](repeating: [], count: threads)
    for seedStart in stride(from: 0, to: assignments.count, by: arms) {
      let shortest = hands.indices.min { hands[$0].count < hands[$1].count } ?? 0
      let shift = arms.isMultiple(of: threads) ? seedStart / arms : shortest
      for arm in 0..<arms { hands[(arm + shift) % threads].append(assignments[seedStart + arm]) }
    }
    return hands
  }
}

extension RunConfiguration {
  /// For every arm, the arm whose scale it follows when it is a step-matched control.
  package var followedArms: [Int?] {
    arms.map { control in arms.firstIndex { $0.isFollowed(by: control) } }
  }
}
