import Foundation
import RunModel
import RunStore
import Statistics
import Studies
import TensorKernels
import Training

/// This process at work on a sweep, until it is complete or the process has to leave.
struct SweepHands {
  /// Left with cells open: come again (EX_TEMPFAIL).
  static let leftOpen: Int32 = 75

  private let directory: URL
  private let plan: SweepPlan
  private let settings: SweepWorker.Settings
  private let deadline: Duration?
  private let signals: SignalWatcher
  private let training: CellTraining

  init(
    _ directory: URL, _ plan: SweepPlan, _ options: WorkOptions, jobs: Int?,
    signals: SignalWatcher
  ) throws {
    (self.directory, self.plan, self.signals) = (directory, plan, signals)
    let environment = ProcessInfo.processInfo.environment
    var settings = SweepWorker.Settings()
    settings.jobs = try check(jobs, "--jobs", 1...4096) ?? RunController.coreCount
    settings.shard = try options.shard.map { text in
      try Shard(text, environment: environment)
    }
    settings.stale = .seconds(try check(options.stale, "--stale", 0.1...1e6) ?? 120)
    settings.beat = .seconds(try check(options.beat, "--beat", 0.05...3600) ?? 10)
    settings.retriesFailed = options.retryFailed
    settings.details = WorkerDetails(
      job: SlurmTask(environment)?.name, cpu: Machine.processorName)
    self.settings = settings
    deadline = try options.until.map { .seconds(try TimeText.seconds($0, flag: "--until")) }
    training = try CellTraining(plan, jobs: settings.jobs)
  }

  /// - Throws: `InterruptedRun` with the exit code of a signal, or 75 when cells are left.
  func work() throws {
    let start = monotonicTime()
    let (deadline, signals) = (deadline, signals)
    let mustLeave: @Sendable () -> Bool = {
      signals.exitCode != nil || signals.isTimeNearlyUp
        || deadline.map { monotonicTime() - start >= $0 } ?? false
    }
    var progress = SweepProgress(BoardFolder(directory))
    let worker = SweepWorker(
      BoardFolder(directory), plan: plan, settings: settings,
      wish: { mustLeave() ? .stop : .go },
      runCell: { [training] work in try training.train(work) })
    signals.hold()
    let outcome: SweepWorker.Outcome
    do {
      defer { progress.finish() }
      outcome = try worker.run { progress.tell($0) }
    }
    switch outcome {
    case .complete: return
    case .failed(let cells):
      throw RunError(
        .failure, "\(cells.count) cells ended all their owners, first \(cells.first ?? "")",
        place: directory.path, remedy: "see failed/ there; sweep work --retry-failed tries again")
    case .left:
      if let code = signals.exitCode { throw InterruptedRun(exitCode: code) }
      if signals.isTimeNearlyUp, SlurmTask(ProcessInfo.processInfo.environment)?.requeue() == true {
        throw InterruptedRun(exitCode: 0)
      }
      throw InterruptedRun(exitCode: Self.leftOpen)
    }
  }
}

/// Durations as people write them.
enum TimeText {
  /// `90`, `90s`, `55m`, `2h`, in seconds.
  static func seconds(_ text: String, flag: String) throws(RunError) -> Double {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0,
      number * (unit ?? 1) < 1e9
    else {
      throw RunError(
        .usage, "'\(text)' is no time", place: flag, remedy: "write for example 90s, 55m or 2h")
    }
    return number * (unit ?? 1)
  }
}

/// This process as a task of Slurm.
struct SlurmTask {
  /// `8_3`, or the job's number where it is no array: the array's own number would mean all its tasks.
  let name: String
  private let restarts: Int
  /// Requeues after which a task that never gets far enough is left alone.
  private static let mostRestarts = 1000

  init?(_ environment: [String: String]) {
    guard let job = environment["SLURM_JOB_ID"] else { return nil }
    if let array = environment["SLURM_ARRAY_JOB_ID"], let task = environment["SLURM_ARRAY_TASK_ID"]
    {
      name = "\(array)_\(task)"
    } else {
      name = job
    }
    restarts = environment["SLURM_RESTART_COUNT"].flatMap(Int.init) ?? 0
  }

  /// Puts exactly this task back into the queue; false when Slurm will not, or does not answer.
  func requeue() -> Bool {
    guard restarts < Self.mostRestarts else { return false }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["scontrol", "requeue", name]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      Diagnostics.say("scontrol requeue \(name) cannot be run: \(error.localizedDescription)")
      return false
    }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

/// The outcome of a finished sweep on standard output.
struct SweepOutcome {
  private let stored: StoredSweep

  init(_ directory: URL) throws { stored = try StoredSweep(reading: directory) }

  func write(_ format: SweepFormat, margin: Margin) throws {
    let findings = SweepFindings(stored)
    try StandardOutput().write(
      try findings.document(
        format, margin: margin, stateBytes: OptimizerMemory.bytes(in: stored.plan.configuration)))
    if findings.bestPoints.allSatisfy({ $0 == nil }) {
      throw RunError(.failure, "every cell diverged", remedy: "lower the grid, or give --clip 1")
    }
  }
}
