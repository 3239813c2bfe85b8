import RunModel

/// `probes.jsonl` in the hands of the run's owner: readings by step, one for every place.
///
/// Readings of the newest step are appended; those of a step that is past are written between the
/// others, aside and then renamed, so that readers see the old or the new file.
struct ProbeFile {
  private let directory: RunDirectory
  /// What the file holds; a reading of a place that is known is the same again.
  private var places: Set<ProbePlace>
  private var newestStep: Int
  /// Whether the file ends with the last whole reading, and not in one that a kill cut off.
  private var isWhole: Bool

  init(_ directory: RunDirectory) throws(RunError) {
    self.directory = directory
    let known = try directory.readProbes()
    places = Set(known.map(\.place))
    newestStep = known.map(\.step).max() ?? 0
    isWhole = try directory.areProbesWhole()
  }

  /// Adds the readings whose place is not known yet.
  mutating func enter(_ readings: [ProbeReading]) throws(RunError) {
    var found = places
    let new = readings.filter { found.insert($0.place).inserted }
    guard let first = new.map(\.step).min(), let last = new.map(\.step).max() else { return }
    if isWhole, first >= newestStep {
      var file = try LineFile(directory.probesPath)
      try file.append(try Self.text(Self.ordered(new)))
      try file.sync()
    } else {
      let all = Self.ordered(try directory.readProbes() + new)
      try DurableFile.replace(directory.probesPath, with: Array(try Self.text(all).utf8))
    }
    (places, newestStep, isWhole) = (found, max(newestStep, last), true)
  }

  /// By step; readings of a step in the order they came in.
  private static func ordered(_ readings: [ProbeReading]) -> [ProbeReading] {
    readings.enumerated()
      .sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }.map(\.element)
  }

  private static func text(_ readings: [ProbeReading]) throws(RunError) -> String {
    var text = ""
    for reading in readings { text += try RunDirectory.line(reading) }
    return text
  }
}
