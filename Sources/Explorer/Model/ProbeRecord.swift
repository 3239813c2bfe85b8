import RunModel

/// The readings of a run's probes: the latest of every kind and arm, and how they went.
package struct ProbeRecord {
  /// The newest reading last.
  package private(set) var latest: [ProbeReading] = []
  private var tracks: [Track] = []

  /// The readings of one kind of one arm over the steps, without their curves.
  private struct Track {
    var kind: ProbeKind
    var arm: ArmID
    var readings: [ProbeReading] = []
  }

  /// Readings kept of a kind and arm; a full track forgets every other one.
  static let capacity = 512

  package init() {}

  package mutating func take(_ reading: ProbeReading) {
    latest.removeAll { $0.kind == reading.kind && $0.arm == reading.arm }
    latest.append(reading)
    var plain = reading
    plain.curve = []
    let place = place(of: reading)
    tracks[place].readings.append(plain)
    guard tracks[place].readings.count > Self.capacity else { return }
    tracks[place].readings = tracks[place].readings.enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
  }

  private mutating func place(of reading: ProbeReading) -> Int {
    if let place = tracks.firstIndex(where: { $0.kind == reading.kind && $0.arm == reading.arm }) {
      return place
    }
    tracks.append(Track(kind: reading.kind, arm: reading.arm))
    return tracks.count - 1
  }

  package func latest(_ kind: ProbeKind, arm: ArmID) -> ProbeReading? {
    latest.first { $0.kind == kind && $0.arm == arm }
  }

  /// The readings in the order they were taken.
  package func history(_ kind: ProbeKind, arm: ArmID) -> [ProbeReading] {
    tracks.first { $0.kind == kind && $0.arm == arm }?.readings ?? []
  }
}
