import RunModel

/// One hyperparameter set to one value.
package struct GridSetting: Codable, Sendable, Hashable {
  package var key: String
  package var value: Double

  package init(key: String, value: Double) {
    self.key = key
    self.value = value
  }
}

/// What a cell of a sweep is for.
package enum CellPhase: String, Codable, Sendable, CaseIterable {
  /// Looks for the best values, on tuning seeds.
  case tuning
  /// An arm at its best values on a seed never used for choosing them.
  case judging
  /// A judging cell run a second time, which must come out bit for bit the same (A/A).
  case repetition
}

/// One training run of a sweep: an arm at one point of the grid on one seed.
package struct StudyCell: Codable, Sendable, Hashable {
  package var phase: CellPhase
  /// The arm's number in the plan.
  package var arm: Int
  /// The point's number in the grid.
  package var point: Int
  package var seed: UInt64

  package init(phase: CellPhase, arm: Int, point: Int, seed: UInt64) {
    (self.phase, self.arm, self.point, self.seed) = (phase, arm, point, seed)
  }

  /// Stable across interruptions and machines: `tuning-a0-p3-s1`.
  package var id: String { "\(phase.rawValue)-a\(arm)-p\(point)-s\(seed)" }

  /// Reads an `id` back; nil for anything else.
  package init?(id: String) {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, let phase = CellPhase(rawValue: String(parts[0])),
      parts[1].hasPrefix("a"), let arm = Int(parts[1].dropFirst()),
      parts[2].hasPrefix("p"), let point = Int(parts[2].dropFirst()),
      parts[3].hasPrefix("s"), let seed = UInt64(parts[3].dropFirst())
    else { return nil }
    self.init(phase: phase, arm: arm, point: point, seed: seed)
  }
}
