import EventStream
import Explorer
import Export
import Foundation
import Presets
import RunModel
import RunStore
import TerminalUI

/// Saving and exporting: files are written on other threads, their ends told through `stored`.
extension BackgroundRunner {
  /// Asks for a snapshot; it is written when it arrives.
  func save() {
    guard let live else { return stored.post(.failed("nothing has run yet")) }
    recorded.isSaveWanted = true
    if recorded.isFinished {
      keepCheckpoints(of: live)
    } else {
      live.controller.requestCheckpoint()
    }
  }

  /// Takes arriving snapshots, and writes the newest when one is wanted.
  func keepCheckpoints(of live: Live) {
    var arrived: [CheckpointSet] = []
    live.channels.checkpoints?.drain(into: &arrived)
    if let last = arrived.last { recorded.checkpoint = last }
    guard recorded.isSaveWanted, !arrived.isEmpty || recorded.isFinished,
      let run = SavedRun(recorded)
    else { return }
    recorded.isSaveWanted = false
    let (stored, wake) = (stored, wake)
    Thread.detachNewThread {
      stored.post(run.writtenResult())
      wake()
    }
  }

  /// Stops the run and writes it while the caller waits; returns what became of it.
  func saveBeforeLeaving() -> String? {
    guard let live else { return nil }
    live.controller.stop()
    live.controller.waitUntilFinished()
    _ = drain()
    guard let run = SavedRun(recorded) else { return nil }
    switch run.writtenResult() {
    case .saved(let path), .exported(let path): return "the run is kept in \(path)"
    case .failed(let reason): return "the run could not be kept: \(reason)"
    }
  }

  func export(_ kind: ExportKind, screen: Frame) {
    let export = RunExport(kind: kind, recorded: recorded, screen: screen.buffer.plainText())
    let (stored, wake) = (stored, wake)
    Thread.detachNewThread {
      stored.post(export.writtenResult())
      wake()
    }
  }
}

/// A run at a step boundary, ready to be written as a run directory.
struct SavedRun: Sendable {
  private let configuration: RunConfiguration
  private let records: [EvaluationRecord]
  private let readings: [ProbeReading]
  private let checkpoint: CheckpointSet

  /// nil before the first snapshot.
  init?(_ recorded: RecordedRun) {
    guard let configuration = recorded.summary?.configuration,
      let checkpoint = recorded.checkpoint
    else { return nil }
    self.configuration = configuration
    self.checkpoint = checkpoint
    records = recorded.records
    readings = recorded.readings
  }

  func writtenResult() -> StoreResult {
    do {
      return .saved(path: try write())
    } catch {
      return .failed(error.description)
    }
  }

  private func write() throws(RunError) -> String {
    let path = RunShelf(path: UserDirectories.runs)
      .newPath(time: UserDirectories.timeStamp(), title: configuration.title)
    let run = try OwnedRun.create(
      at: path, configuration: try PresetWriter.yaml(configuration.begun))
    defer { run.end() }
    try run.write(checkpoint, of: configuration.begun, stamp: .current)
    let recorder = try Recorder(
      run, configuration: configuration.begun, stamp: .current,
      line: { RecordFormat.jsonl.line($0) })
    for (index, record) in records.enumerated() where record.final != true {
      recorder.record(.evaluated(arm: ArmID(index), record))
    }
    for entry in checkpoint.journal { recorder.record(.journaled(entry)) }
    for reading in readings { recorder.record(.probed(reading)) }
    for (index, record) in records.enumerated() where record.final == true {
      recorder.record(.armFinished(arm: ArmID(index), record))
    }
    if let error = recorder.close() { throw error }
    return path
  }
}
