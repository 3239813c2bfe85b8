import RunModel

/// One arm of one seed: what a trainer trains, and where it stands among all of them.
package struct Seat: Sendable, Hashable {
  /// Position among all seats of the run: seed by seed, the arms in their order.
  package var index: Int
  package var arm: ArmID
  package var seed: UInt64

  /// A seat for every arm of every seed.
  package static func all(_ arms: [RunArm], seeds: [UInt64]) -> [Seat] {
    seeds.enumerated().flatMap { place, seed in
      arms.enumerated().map { index, arm in
        Seat(index: place * arms.count + index, arm: arm.id, seed: seed)
      }
    }
  }

  /// Deals `seats` to `threads` threads for good, shifted by one for every seed so that a costly arm
  /// does not always meet the same thread; never more than one apart in number.
  package static func deal(_ seats: [Seat], arms: Int, threads: Int) -> [[Seat]] {
    let threads = max(1, min(threads, seats.count))
    var hands = [[Seat]](repeating: [], count: threads)
    for seedStart in stride(from: 0, to: seats.count, by: arms) {
      let shortest = hands.indices.min { hands[$0].count < hands[$1].count } ?? 0
      let shift = arms.isMultiple(of: threads) ? seedStart / arms : shortest
      for arm in 0..<arms { hands[(arm + shift) % threads].append(seats[seedStart + arm]) }
    }
    return hands
  }
}
