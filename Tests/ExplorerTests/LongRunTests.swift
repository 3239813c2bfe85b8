import EventStream
import Explorer
import Foundation
import History
import RunModel
import RunStore
import TerminalUI
import Testing

/// Figures of a run of a hundred thousand steps, written by the recorder; asked for with
/// MAGMASCOPE_LONG_RUN=1, because they take a minute and mean something on an idle machine only.
@Suite struct LongRunTests {
  private static let isWanted = ProcessInfo.processInfo.environment["MAGMASCOPE_LONG_RUN"] != nil
  private static let steps = 100_000

  @Test(.enabled(if: isWanted))
  func aStepLongPastIsShownInAFrame() throws {
    let path =
      NSTemporaryDirectory() + "magmascope-long-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let configuration = try Fake.configuration(steps: Self.steps)
    let run = try OwnedRun.create(at: path, configuration: "title: long\n")
    try record(configuration, in: run)
    let before = Self.residentMegabytes
    var state = try opened(run.directory, configuration)
    let reading = Self.residentMegabytes - before
    var random = SplitMix64(state: 1)
    var times: [Double] = []
    for _ in 0..<60 {
      let step = Int(random.next() % UInt64(Self.steps))
      times.append(try time { try show(step, &state) })
    }
    let backwards = try (1...60).map { _ in
      try time {
        press(&state, ",")
        _ = view(state, size: Size(width: 120, height: 40))
      }
    }
    times.sort()
    print(
      "history of \(Self.steps) steps: \(reading) MB; jump median \(times[30]) ms, worst "
        + "\(times[59]) ms; a step back worst \(backwards.max() ?? 0) ms; resident "
        + "\(Self.residentMegabytes) MB")
    #expect(reading < 150)
    run.end()
  }

  private func record(_ configuration: RunConfiguration, in run: OwnedRun) throws {
    let recorder = try Recorder(
      run, configuration: configuration,
      stamp: RunStamp(version: "0", commit: "0", kernelLevel: "test", cpu: "test"),
      line: { "\($0.step)\n" })
    recorder.record(.started(Fake.summary(configuration)))
    for start in stride(from: 1, through: Self.steps, by: 1_000) {
      let rows = Fake.batch(configuration, steps: start...start + 999).rows
      for place in rows.steps.indices {
        recorder.record(rows.steps[place], blocks: Array(rows.blocks(ofRow: place)))
      }
    }
    if let trouble = recorder.close() { throw trouble }
  }

  private func opened(
    _ directory: RunDirectory, _ configuration: RunConfiguration
  ) throws -> ExplorerState {
    var state = try Fake.state()
    let events = Fake.batch(configuration, steps: 1...1).events
    let shown = ShownRun(
      directory: directory.path, configuration: configuration, events: events,
      archive: try RecordedRows(directory), phase: .paused, isWatched: false)
    _ = reduce(&state, .opened(run: state.runNumber, shown))
    return state
  }

  private func show(_ step: Int, _ state: inout ExplorerState) throws {
    press(&state, ":goto \(step)")
    _ = reduce(&state, .key(.enter))
    #expect(state.shownStep == step)
    _ = view(state, size: Size(width: 120, height: 40))
  }

  /// Milliseconds that `body` takes.
  private func time(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return start.duration(to: .now) / .milliseconds(1)
  }

  /// Anonymous memory of this process.
  private static var residentMegabytes: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
  }
}
