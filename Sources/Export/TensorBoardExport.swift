import RunModel

/// Evaluation records as TensorBoard runs: one directory per arm and seed, one event file in each.
package enum TensorBoardExport {
  package struct File: Sendable, Equatable {
    /// Relative to the export's directory, such as `m-magma-adam-lr=1e-3/seed-0/events.out...`.
    package var path: String
    package var bytes: [UInt8]
  }

  /// The files of `records`, in the order in which arms first appear, with the figures of single
  /// steps where they are given.
  ///
  /// `startSeconds` since 1970 is when the run began; records lie their `wallSeconds` after it.
  /// Closing records repeat an evaluation and are left out.
  package static func files(
    _ records: [EvaluationRecord], steps: [StepRow] = [], of roster: [RunArm] = [],
    startSeconds: Double, host: String
  ) -> [File] {
    var directories: [String] = []
    var events: [String: TensorBoardEvents] = [:]
    func add(
      _ lane: String, _ arm: String, _ seed: UInt64, step: Int, wallSeconds: Double,
      _ scalars: [(tag: String, value: Double)]
    ) {
      let directory = pathComponent("\(lane)-\(arm)") + "/seed-\(seed)"
      if events[directory] == nil { directories.append(directory) }
      events[directory, default: TensorBoardEvents(wallTime: startSeconds)].add(
        step: step, wallTime: startSeconds + wallSeconds, scalars: scalars)
    }
    for record in records where record.final != true {
      add(
        record.lane, record.arm, record.seed, step: record.step, wallSeconds: record.wallSeconds,
        scalars(record))
    }
    for row in steps {
      guard let lane = roster[id: row.arm]?.lane else { continue }
      add(
        lane.letter, lane.name, row.seed, step: row.step, wallSeconds: row.wallSeconds,
        StepColumns.scalars(of: row))
    }
    let seconds = Int(exactly: startSeconds.rounded(.down)) ?? 0
    let name = TensorBoardEvents.fileName(startSeconds: seconds, host: host)
    return directories.compactMap { directory in
      events[directory].map { File(path: directory + "/" + name, bytes: $0.bytes) }
    }
  }

  private static func scalars(_ record: EvaluationRecord) -> [(tag: String, value: Double)] {
    let candidates: [(String, Double?)] = [
      ("loss/train", record.trainLoss), ("loss/validation", record.validationLoss),
      ("learning rate/set", record.learningRate),
      ("learning rate/effective", record.effectiveLearningRate),
      ("masking/mask rate", record.maskRate), ("masking/alignment", record.alignment),
      ("masking/scale", record.scale), ("cost/CPU seconds", record.cpuSeconds),
      ("cost/tokens", Double(record.tokens)),
    ]
    return candidates.compactMap { tag, value in
      guard let value, value.isFinite else { return nil }
      return (tag, value)
    }
  }

  /// A name without what shells and TensorBoard's own address lists take for something else:
  /// `magma(adam):lr=1e-3#2` becomes `magma-adam-lr=1e-3-2`.
  private static func pathComponent(_ name: String) -> String {
    let plain = name.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "=._-+".contains(character))
        ? character : "-"
    }
    let text = String(plain.prefix(200)).split(separator: "-", omittingEmptySubsequences: true)
      .joined(separator: "-")
    // Records may come from anywhere, and lead nowhere else.
    if text.isEmpty { return "_" }
    return text.hasPrefix(".") ? "_" + text.dropFirst() : text
  }
}
