/// Names an arm of a run for good: given once, never reused.
///
/// Letter, colour and place in a list are looked up from it. The arms a run is configured with take
/// their places as numbers, arms that join later the numbers after them.
package struct ArmID: Sendable, Hashable, Comparable, BitwiseCopyable {
  package let number: Int

  package init(_ number: Int) { self.number = number }

  package static func < (one: ArmID, other: ArmID) -> Bool { one.number < other.number }
}

extension ArmID: Codable {
  package init(from decoder: any Decoder) throws {
    number = try decoder.singleValueContainer().decode(Int.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}

extension ArmID: CustomStringConvertible {
  package var description: String { "arm \(number)" }
}

/// An arm as it joins a run: who it is, how it is shown, how it is set at its first step.
package struct RunArm: Sendable, Codable, Hashable {
  package let id: ArmID
  package let lane: Lane
  package let specification: ArmSpecification

  package init(id: ArmID, lane: Lane, specification: ArmSpecification) {
    self.id = id
    self.lane = lane
    self.specification = specification
  }
}

extension RunConfiguration {
  /// The arms the run begins with.
  package var roster: [RunArm] {
    zip(lanes, arms).enumerated().map { place, pair in
      RunArm(id: ArmID(place), lane: pair.0, specification: pair.1)
    }
  }

  /// The seeds of the run, by value: `seed ..< seed + seeds`.
  package var seedValues: [UInt64] {
    (0..<max(1, seeds)).map { seed &+ UInt64($0) }
  }
}

extension [RunArm] {
  package subscript(id id: ArmID) -> RunArm? { first { $0.id == id } }

  /// The arm that a step-matched control follows; nil for other arms, and where it is not there.
  package func followed(by control: RunArm) -> RunArm? {
    first { $0.specification.isFollowed(by: control.specification) }
  }
}
