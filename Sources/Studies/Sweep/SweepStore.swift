import Foundation
import RunModel

/// The directory of a sweep: what was declared, and every finished cell.
///
/// - `sweep.yaml`: the plan (in YAML's flow style, which is JSON as well);
/// - `run.yaml`: the configuration all cells share, a preset;
/// - `cells.jsonl`: one line per finished cell, appended and synced one by one, so that a kill at any
///   moment loses the running cells and nothing else; in plan order once all are finished;
/// - `times.jsonl`: what the cells cost, kept apart because no two runs take the same time.
package final class SweepStore {
  package static let planName = "sweep.yaml"
  package static let cellsName = "cells.jsonl"
  package static let timesName = "times.jsonl"
  package static let configurationName = "run.yaml"

  package let directory: URL
  private let cells: FileHandle
  private let times: FileHandle

  /// Begins a sweep in a new or empty directory.
  package static func create(
    at directory: URL, plan: SweepPlan, configurationText: String
  ) throws -> SweepStore {
    let files = FileManager.default
    guard isFree(directory) else {
      throw RunError(
        .usage, "the directory is not empty", place: directory.path,
        remedy: StoredSweep.isSweep(directory)
          ? "give --resume to go on with the sweep in it, or another --out" : "give another --out")
    }
    return try storing("cannot begin the sweep", directory) {
      let parent = directory.deletingLastPathComponent()
      let draft = parent.appendingPathComponent(
        "." + directory.lastPathComponent + draftSuffix)
      try files.createDirectory(at: parent, withIntermediateDirectories: true)
      // Left by a kill.
      try? files.removeItem(at: draft)
      try files.createDirectory(at: draft, withIntermediateDirectories: false)
      try write(configurationText, to: draft.appendingPathComponent(configurationName))
      try write("", to: draft.appendingPathComponent(cellsName))
      try write("", to: draft.appendingPathComponent(timesName))
      try write(planText(plan), to: draft.appendingPathComponent(planName))
      // Takes the place of an empty directory; a kill before it leaves none with this name.
      guard rename(draft.path, directory.path) == 0 else {
        throw CocoaError(.fileWriteUnknown)
      }
      return try SweepStore(opening: directory)
    }
  }

  /// Marks a directory that is still being filled.
  package static let draftSuffix = ".begun"

  /// Whether there is nothing at `directory` yet, or nothing in it.
  package static func isFree(_ directory: URL) -> Bool {
    let files = FileManager.default
    guard files.fileExists(atPath: directory.path) else { return true }
    return (try? files.contentsOfDirectory(atPath: directory.path))?.isEmpty ?? false
  }

  /// Goes on with the sweep in `directory`.
  ///
  /// - Returns: the store and its finished cells; a torn last line counts as never written.
  /// - Throws: `RunError` when there is no sweep, or another one than `plan`.
  package static func resume(
    at directory: URL, plan: SweepPlan
  ) throws -> (store: SweepStore, finished: [CellResult]) {
    let stored = try StoredSweep(reading: directory)
    if let difference = difference(stored.plan, plan) {
      throw RunError(
        .usage, "the sweep there was declared with another \(difference)", place: directory.path,
        remedy: "give the same selection and grid, or another --out")
    }
    return try storing("cannot go on with the sweep", directory) {
      // Rewriting whole lines drops a torn one, which an append would otherwise run into.
      try write(lines(stored.cells), to: directory.appendingPathComponent(cellsName))
      try write(lines(stored.times), to: directory.appendingPathComponent(timesName))
      return (try SweepStore(opening: directory), stored.cells)
    }
  }

  private init(opening directory: URL) throws {
    self.directory = directory
    cells = try FileHandle(
      forWritingTo: directory.appendingPathComponent(Self.cellsName))
    times = try FileHandle(
      forWritingTo: directory.appendingPathComponent(Self.timesName))
    try cells.seekToEnd()
    try times.seekToEnd()
  }

  /// Keeps a finished cell for good: when this returns, it is on the disk.
  package func append(_ result: CellResult, times cost: CellTimes) throws {
    try Self.storing("cannot keep cell \(result.id)", directory) {
      try times.write(contentsOf: Data(Self.lines([cost]).utf8))
      try cells.write(contentsOf: Data(Self.lines([result]).utf8))
      try times.synchronize()
      try cells.synchronize()
    }
  }

  /// Puts the cells into the order of the plan, which no interruption can change.
  package func finish(order: [StudyCell]) throws {
    let stored = try StoredSweep(reading: directory)
    let ids = order.map(\.id)
    let results = ids.compactMap { id in stored.cells.first { $0.id == id } }
    let costs = ids.compactMap { id in stored.times.first { $0.id == id } }
    try Self.storing("cannot finish the sweep", directory) {
      try Self.write(
        Self.lines(results), to: directory.appendingPathComponent(Self.cellsName))
      try Self.write(Self.lines(costs), to: directory.appendingPathComponent(Self.timesName))
    }
  }
}

extension SweepStore {
  static func planText(_ plan: SweepPlan) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(plan), as: UTF8.self) + "\n"
  }

  static func lines(_ values: [some Encodable]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try values.reduce(into: "") {
      $0 += String(decoding: try encoder.encode($1), as: UTF8.self) + "\n"
    }
  }

  /// Replaces a file as a whole: a reader sees the old or the new one.
  private static func write(_ text: String, to url: URL) throws {
    try Data(text.utf8).write(to: url, options: .atomic)
    let handle = try FileHandle(forWritingTo: url)
    try handle.synchronize()
    try handle.close()
  }

  private static func storing<Result>(
    _ problem: String, _ directory: URL, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as RunError {
      throw error
    } catch {
      throw RunError(
        .failure, "\(problem) (\(error.localizedDescription))", place: directory.path,
        remedy: "check the disk and the permissions, then go on with --resume")
    }
  }

  /// What differs between two plans, in a word; nil when they are the same.
  private static func difference(_ stored: SweepPlan, _ wanted: SweepPlan) -> String? {
    if stored == wanted { return nil }
    let (old, new) = (stored.configuration, wanted.configuration)
    let checks: [(String, Bool)] = [
      ("grid", stored.axes == wanted.axes), ("list of arms", old.arms == new.arms),
      ("number of tuning seeds", stored.tuningSeedCount == wanted.tuningSeedCount),
      ("number of judging seeds", stored.judgingSeedCount == wanted.judgingSeedCount),
      ("kernel choice (\(stored.kernels))", stored.kernels == wanted.kernels),
      ("first seed", old.seed == new.seed), ("number of steps", old.steps == new.steps),
      ("model", old.model == new.model), ("workload", old.workload == new.workload),
      ("text", old.data == new.data),
    ]
    return checks.first { !$0.1 }?.0 ?? "configuration"
  }
}
