import Foundation
import RunModel

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
    guard FileManager.default.fileExists(atPath: probesPath) else { return [] }
    return try read(ProbeReading.self, from: probesPath)
  }

  private func read<Value: Decodable>(
    _ type: Value.Type, from file: String
  ) throws(RunError) -> [Value] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var values: [Value] = []
    for (number, line) in try lines(of: file).enumerated() {
      do {
        values.append(try decoder.decode(type, from: Data(line.utf8)))
      } catch {
        throw FileError.bad(
          "\(file):\(number + 1)", "is not a record of a run", "remove the line")
      }
    }
    return values
  }

  /// The complete lines of a file: what follows the last newline was being written when it ended.
  private func lines(of file: String) throws(RunError) -> [String] {
    let text = String(decoding: try DurableFile.read(file, as: .records), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.removeLast()
    return lines.filter { !$0.isEmpty }
  }

  /// Takes the records back to the state of `checkpoint`, from where the run goes on: evaluations
  /// after it, closing lines and later changes go.
  package func rewind(to checkpoint: CheckpointSet) throws(RunError) {
    let decoder = JSONDecoder()
    let kept = try lines(of: metricsPath).filter { line in
      guard let record = try? decoder.decode(EvaluationRecord.self, from: Data(line.utf8)) else {
        return false
      }
      return record.step <= checkpoint.step && record.final != true
    }
    try DurableFile.replace(metricsPath, with: Array(kept.map { $0 + "\n" }.joined().utf8))
    let readings = try readProbes().filter { $0.step <= checkpoint.step }
    if !readings.isEmpty {
      var text = ""
      for reading in readings { text += try Self.line(reading) }
      try DurableFile.replace(probesPath, with: Array(text.utf8))
    }
    var journal = ""
    for entry in checkpoint.journal { journal += try Self.line(entry) }
    try DurableFile.replace(journalPath, with: Array(journal.utf8))
  }

  /// An entry as a line of the journal.
  static func line(_ entry: JournalEntry) throws(RunError) -> String {
    try line(of: entry, "the \(entry.kind.rawValue) of step \(entry.step)")
  }

  /// A probe's reading as a line of `probes.jsonl`.
  static func line(_ reading: ProbeReading) throws(RunError) -> String {
    try line(of: reading, "the reading of \(reading.kind.rawValue)")
  }

  private static func line(of value: some Encodable, _ name: String) throws(RunError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw RunError(.failure, "cannot write \(name): \(error)")
    }
  }
}
