import EventStream
import Foundation
import HostSystem
import Presets
import RunModel
import RunStore
import Studies

/// Keeps a long cell as far as it is, in a directory of this claim's own, and finds what an earlier owner
/// of the cell left.
///
/// Every owner writes only its own directory, so that one that was suspended and goes on spoils nothing.
final class CellCheckpoint: RunRecorder {
  /// A cell that has not run this long is computed again sooner than it is kept.
  static let least = Duration.seconds(5)
  static let interval = Duration.seconds(60)

  private struct State: Sendable {
    var records: [EvaluationRecord] = []
    var isMade = false
    var owned: OwnedRun?
  }

  private let work: CellWork
  private let begun = monotonicTime()
  private let state = Locked(State())

  init(_ work: CellWork) { self.work = work }

  func record(_ event: RunEvent) {
    switch event {
    case .evaluated(_, let record), .armFinished(_, let record):
      state.withLock { $0.records.append(record) }
    case .started, .journaled, .probed, .refused, .finished, .failed: return
    }
  }

  let wantsRows = false
  func record(_ step: StepRow, blocks: [BlockRow]) {}

  /// Writes the checkpoint on the training thread: a cell has but one, and goes on from here.
  func record(_ checkpoint: CheckpointSet) {
    guard checkpoint.step > 0, checkpoint.step < work.configuration.steps,
      monotonicTime() - begun >= Self.least
    else { return }
    do {
      try write(checkpoint)
    } catch {
      Diagnostics.say("cell \(work.cell.id) is not kept on the way: \(error)")
    }
  }

  private var path: String { work.partial(ofGeneration: work.claim.generation) }

  private func write(_ checkpoint: CheckpointSet) throws {
    let (records, known) = state.withLock { ($0.records, $0.owned) }
    let owned = try known ?? take()
    try Data(JSONLinesFile.text(records).utf8).write(
      to: URL(fileURLWithPath: path + "/" + Self.recordsName), options: .atomic)
    let begun = work.configuration.begun
    try owned.write(checkpoint, of: begun, stamp: .current(begun))
    state.withLock { ($0.isMade, $0.owned) = (true, owned) }
  }

  /// The directory, new or as an earlier owner of the cell left it.
  private func take() throws -> OwnedRun {
    if FileManager.default.fileExists(atPath: path + "/run.yaml") { return try .take(path) }
    return try .create(
      at: path, configuration: try PresetWriter.yaml(work.configuration.begun))
  }

  /// The cell has its result: nobody needs what was kept on the way.
  func remove() {
    guard state.withLock(\.isMade) || work.claim.generation > 0 else { return }
    state.withLock(\.owned)?.end()
    for generation in 0...work.claim.generation {
      try? FileManager.default.removeItem(atPath: work.partial(ofGeneration: generation))
    }
  }
}

extension CellCheckpoint {
  private static let recordsName = "records.jsonl"

  /// Where the cell's latest owner got to: a step boundary and the records up to it.
  struct Beginning {
    var checkpoint: CheckpointSet
    var records: [EvaluationRecord]
  }

  /// What there is to go on from; nil when the cell begins at its first step.
  func beginning() -> Beginning? {
    for generation in (0...work.claim.generation).reversed() {
      let source = work.partial(ofGeneration: generation)
      guard FileManager.default.fileExists(atPath: source + "/run.yaml") else { continue }
      if let found = try? adopt(source) { return found }
    }
    return nil
  }

  /// Takes a copy of an earlier owner's directory, so that nothing of it is touched.
  private func adopt(_ source: String) throws -> Beginning {
    if source != path {
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: source, toPath: path)
    }
    guard
      let checkpoint = try RunDirectory.open(at: path).readCheckpoint(of: work.configuration.begun)
    else {
      throw RunError(
        .input, "has no checkpoint", place: path, remedy: "the cell is computed from its start")
    }
    let decoder = JSONDecoder()
    let lines = try ForeignFile.read(path + "/" + Self.recordsName, as: .records)
    let records = try lines.split(separator: 0x0A)
      .map { try decoder.decode(EvaluationRecord.self, from: Data($0)) }
      .filter { $0.step <= checkpoint.step }
    state.withLock { ($0.records, $0.isMade) = (records, true) }
    return Beginning(checkpoint: checkpoint, records: records)
  }
}
