import Foundation
import RunModel

/// The line files of a run: one JSON object a line, the newest last.
extension RunDirectory {
  /// All records of `metrics.jsonl`; a line cut short by a kill is left out, other damage is an error.
  package func readMetrics() throws(RunError) -> [EvaluationRecord] {
    try read(EvaluationRecord.self, from: metricsPath)
  }

  /// All entries of `journal.jsonl`.
  package func readJournal() throws(RunError) -> [JournalEntry] {
    try read(JournalEntry.self, from: journalPath)
  }

  /// All readings of `probes.jsonl`; none where nothing was probed.
  package func readProbes() throws(RunError) -> [ProbeReading] {
    try read(ProbeReading.self, from: probesPath)
  }

  /// Whether `probes.jsonl` ends with a whole line, and not in one that was being written.
  func areProbesWhole() throws(RunError) -> Bool {
    guard FileManager.default.fileExists(atPath: probesPath) else { return true }
    let last = try DurableFile.read(probesPath, as: .records).last
    return last.map { $0 == UInt8(ascii: "\n") } ?? true
  }

  /// The letters of the arms, in order, of a run whose `run.yaml` does not say them: those its
  /// evaluations have, else its directories. nil where neither knows: the run begins anew.
  ///
  /// The first format chose letters by other rules than today's: Muon beside Magma(Muon) was `m`.
  package func recordedLetters(of configuration: RunConfiguration) throws(RunError) -> [String]? {
    let records = try readMetrics()
    let names = Lane.assign(to: configuration.arms).map(\.name)
    let fromRecords = names.map { name in records.first { $0.arm == name }?.lane }
    if let letters = Self.whole(fromRecords) { return letters }
    var directories =
      ((try? FileManager.default.contentsOfDirectory(atPath: armsPath)) ?? []).sorted()
    let fromFiles = configuration.arms.map { arm -> String? in
      let place = directories.firstIndex {
        $0.hasSuffix("-" + arm.fileName) && !$0.hasPrefix("-")
          && $0.dropLast(arm.fileName.count + 1).allSatisfy(\.isLetter)
      }
      return place.map { String(directories.remove(at: $0).dropLast(arm.fileName.count + 1)) }
    }
    return Self.whole(fromFiles)
  }

  /// The letters when every arm has one of its own.
  private static func whole(_ letters: [String?]) -> [String]? {
    let known = letters.compactMap(\.self)
    return Set(known).count == letters.count && !known.isEmpty ? known : nil
  }

  private func read<Value: Decodable>(
    _ type: Value.Type, from file: String
  ) throws(RunError) -> [Value] {
    let decoder = RecordCoding.decoder
    var values: [Value] = []
    for (number, line) in try Self.lines(of: file) {
      do {
        values.append(try decoder.decode(type, from: Data(line.utf8)))
      } catch {
        throw FileError.bad("\(file):\(number)", "is not a record of a run", "remove the line")
      }
    }
    return values
  }

  /// The complete lines of a file with their numbers; none of a file that is not there.
  ///
  /// What follows the last newline was being written when the writer ended.
  private static func lines(of file: String) throws(RunError) -> [(number: Int, text: String)] {
    guard FileManager.default.fileExists(atPath: file) else { return [] }
    let text = String(decoding: try DurableFile.read(file, as: .records), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return lines.enumerated().compactMap { index, line in
      line.isEmpty ? nil : (index + 1, String(line))
    }
  }
}

/// How records are divided at a step: what belongs to the run up to it, and what came after.
struct RecordsAtStep {
  var before: [String] = []
  var after: [String] = []

  private init() {}

  /// The lines of `metrics.jsonl`: a closing line belongs to what came after.
  static func metrics(of run: RunDirectory, at step: Int) throws(RunError) -> RecordsAtStep {
    try divided(run.metricsPath, EvaluationRecord.self) { $0.step <= step && $0.final != true }
  }

  static func probes(of run: RunDirectory, at step: Int) throws(RunError) -> RecordsAtStep {
    try divided(run.probesPath, ProbeReading.self) { $0.step <= step }
  }

  /// The lines of `journal.jsonl`. What changes the training belongs to the run when its checkpoint
  /// knows it: a change that was made while the run paused at `step` is of the step after.
  static func journal(
    of run: RunDirectory, at checkpoint: CheckpointSet?
  ) throws(RunError) -> RecordsAtStep {
    var known = checkpoint?.journal ?? []
    var result = try divided(run.journalPath, JournalEntry.self) { entry in
      if let place = known.firstIndex(of: entry) {
        known.remove(at: place)
        return true
      }
      return !entry.changesTraining && entry.kind != .end && entry.step <= checkpoint?.step ?? -1
    }
    // What a kill kept from the journal, but not from the checkpoint.
    for entry in known { result.before.append(String(try RunDirectory.line(entry).dropLast())) }
    return result
  }

  private static func divided<Value: Decodable>(
    _ file: String, _ type: Value.Type, _ belongs: (Value) -> Bool
  ) throws(RunError) -> RecordsAtStep {
    var result = RecordsAtStep()
    guard FileManager.default.fileExists(atPath: file) else { return result }
    let decoder = RecordCoding.decoder
    let text = String(decoding: try DurableFile.read(file, as: .records), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    for line in lines where !line.isEmpty {
      guard let value = try? decoder.decode(type, from: Data(line.utf8)) else { continue }
      if belongs(value) {
        result.before.append(String(line))
      } else {
        result.after.append(String(line))
      }
    }
    return result
  }

  static func write(_ lines: [String], to file: String) throws(RunError) {
    try DurableFile.replace(file, with: Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// The journal entries among lines.
  static func entries(_ lines: [String]) -> [JournalEntry] {
    lines.compactMap { try? RecordCoding.decoder.decode(JournalEntry.self, from: Data($0.utf8)) }
  }
}

extension JournalEntry {
  /// Whether the entry is part of what a checkpoint knows.
  fileprivate var changesTraining: Bool {
    switch kind {
    case .change, .join, .leave, .replace, .extend: true
    case .mark, .pause, .resume, .diverged, .fork, .end: false
    }
  }
}

extension RunDirectory {
  /// An entry as a line of the journal.
  static func line(_ entry: JournalEntry) throws(RunError) -> String {
    let bytes = try RecordCoding.encode(entry, "the \(entry.kind.rawValue) of step \(entry.step)")
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A probe's reading as a line of `probes.jsonl`.
  static func line(_ reading: ProbeReading) throws(RunError) -> String {
    let bytes = try RecordCoding.encode(reading, "the reading of \(reading.kind.rawValue)")
    return String(decoding: bytes, as: UTF8.self)
  }
}
