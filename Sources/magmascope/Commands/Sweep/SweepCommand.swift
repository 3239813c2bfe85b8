import ArgumentParser
import Foundation
import Presets
import RunModel
import Studies

/// `magmascope sweep`: tunes every arm on equal grids, then judges them on fresh seeds.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Tunes every arm on equal grids, then judges each at its best on fresh seeds.",
    discussion: """
      The directory is the whole state: any number of processes may work on it at any time, on any \
      number of hosts that share it (sweep work), and looking never writes (sweep status, watch). \
      Without a verb the sweep is planned, or joined if it is there already, and worked on here.

      Seeds --seed and following choose the values, the ones after them judge. A matched arm is \
      trained beside the arm it follows, at the same values. A killed worker's cell is taken over.
      """,
    subcommands: [
      SweepStartCommand.self, SweepPlanCommand.self, SweepWorkCommand.self,
      SweepStatusCommand.self, SweepScriptCommand.self,
    ],
    defaultSubcommand: SweepStartCommand.self)
}

/// What declares a sweep; the same for `sweep` and `sweep plan`.
struct SweepOptions: ParsableArguments {
  @OptionGroup var selection: SelectionOptions

  @Option(
    name: .customLong("grid"),
    help: """
      KEY=LOW..HIGH:COUNT[:log|linear], for example lr=1e-4..1e-1:7; for one arm alone with its \
      letter before: m:tau=0.5..4:4.
      """)
  var grids: [String] = []

  @Option(help: "Seeds that choose the values.")
  var tuningSeeds = 3

  @Option(help: "Fresh seeds that judge the arms at their best; 0 stops after tuning.")
  var judgingSeeds = 8

  @Option(help: "Points that an arm whose best lies at the edge may be given outward.")
  var extend = 0

  @Flag(help: "Add no matched controls; the verdict then says that it may be the step size.")
  var noControl = false

  @Option(help: "Directory of the sweep.")
  var out: String

  /// Whether nothing is declared: the plan is then the directory's.
  var isEmpty: Bool { grids.isEmpty && selection.isEmptyButThreads }

  func plan() throws -> SweepPlan {
    try SweepJob.plan(
      try selection.configuration(
        library: PresetLibrary(environment: ProcessInfo.processInfo.environment)),
      .init(
        grids: grids, tuningSeeds: tuningSeeds, judgingSeeds: judgingSeeds, extending: extend,
        hasControl: !noControl))
  }
}

/// How a process works on a sweep; the same for `sweep` and `sweep work`.
struct WorkOptions: ParsableArguments {
  @Option(help: "Cells at a time (default: one a core).")
  var jobs: Int?

  @Option(
    help: "Work on share I of N alone, I from 0, without claims; auto: the Slurm array's task.")
  var shard: String?

  @Option(
    help: "Leave after this long, for example 55m; cells under way are kept as far as they are.")
  var until: String?

  @Flag(help: "Try cells again that ended all their owners.")
  var retryFailed = false

  @Option(
    help: ArgumentHelp("Seconds after which a silent owner counts as dead.", visibility: .hidden))
  var stale = 120.0

  @Option(help: ArgumentHelp("Seconds between beats.", visibility: .hidden))
  var beat = 10.0
}

/// Plans or joins a sweep and works on it here.
struct SweepStartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "here", abstract: "Plans the sweep, or joins it, and works on it (the default).",
    shouldDisplay: false)

  @OptionGroup var options: SweepOptions
  @OptionGroup var work: WorkOptions

  @Flag(help: "Take the plan from the directory where no grid is given; join it otherwise.")
  var resume = false

  @Flag(help: "Leave the calibration, and with it the estimate, out.")
  var noEstimate = false

  @Option(help: "Form of the outcome: plain, jsonl or csv.")
  var format: SweepFormat = .plain

  @Option(help: StudyFiles.marginHelp)
  var margin: Double?

  func run() throws {
    let margin = try StudyFiles.checkedMargin(margin)
    let directory = StudyFiles.directory(options.out)
    let signals = SignalWatcher(isHolding: false, alsoTimeNearlyUp: true)
    let plan: SweepPlan
    if resume, options.isEmpty {
      plan = try SweepJob.stored(in: directory)
    } else {
      let declared = try options.plan()
      _ = try MemoryCheck.draft(of: declared)
      let isNew = !StoredSweep.isSweep(directory)
      plan = try SweepJob.begin(directory, declared)
      if isNew, !noEstimate {
        let estimate = try SweepEstimate(plan, jobs: work.jobs ?? options.selection.threads)
        StandardError.line("\(plan.cellWords); \(estimate.text)")
      }
    }
    let hands = try SweepHands(
      directory, plan, work, jobs: work.jobs ?? options.selection.threads, signals: signals)
    try hands.work()
    try SweepOutcome(directory).write(format, margin: margin)
  }
}

/// `sweep plan`: only writes the plan, with the estimate.
struct SweepPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Writes the plan, and says what it will take.")

  @OptionGroup var options: SweepOptions

  @Flag(help: "Leave the calibration, and with it the estimate, out.")
  var noEstimate = false

  func run() throws {
    let plan = try options.plan()
    let estimate = noEstimate ? nil : try SweepEstimate(plan)
    let directory = StudyFiles.directory(options.out)
    _ = try SweepJob.begin(directory, plan)
    try StandardOutput().write(
      "plan \(plan.hash) in \(directory.path): \(plan.cellWords)\n"
        + (estimate.map { $0.text + "\n" } ?? ""))
  }
}

/// `sweep work`: one more worker on a sweep that is there.
struct SweepWorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work",
    abstract: "Works on a sweep beside any number of others, here or on other hosts.",
    discussion: """
      Exit codes: 0 the sweep is complete; 75 it is left with cells open (--until, a share that is \
      done, a signal that the time is nearly up); 1 cells ended all their owners (--retry-failed); \
      129, 130, 143 after HUP, INT, TERM.
      """)

  @Argument(help: "Directory of the sweep.")
  var directory: String

  @OptionGroup var work: WorkOptions

  func run() throws {
    let signals = SignalWatcher(isHolding: false, alsoTimeNearlyUp: true)
    let directory = StudyFiles.directory(directory)
    let plan = try SweepJob.stored(in: directory)
    try SweepHands(directory, plan, work, jobs: work.jobs, signals: signals).work()
  }
}

/// `sweep status`: how a sweep stands.
struct SweepStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Says how a sweep stands and who works on it; writes nothing.",
    discussion: """
      JSON: cells {total, done, running, failed, abandoned}, phase tuning, judging or complete, \
      workers [{host, pid, cell, step, steps, job}], secondsLeft.
      """)

  @Argument(help: "Directory of the sweep.")
  var directory: String

  @Flag(help: "As JSON.")
  var json = false

  @Option(help: StudyFiles.marginHelp)
  var margin: Double?

  func run() throws {
    let margin = try StudyFiles.checkedMargin(margin)
    let directory = StudyFiles.directory(directory)
    guard let plan = try BoardFolder(directory).readPlan() else {
      throw RunError(
        .input, "there is no sweep here", place: directory.path,
        remedy: "give a directory that sweep --out wrote")
    }
    var watch = SweepWatch(BoardFolder(directory), plan: plan)
    let status = watch.look()
    if json { return try StandardOutput().write(try status.json()) }
    var text = status.text(of: plan)
    if status.phase == .complete {
      text +=
        "\n"
        + SweepFindings(try StoredSweep(reading: directory))
        .comparison([], margin: margin).verdictText
    }
    try StandardOutput().write(text)
  }
}

extension SweepFormat: ExpressibleByArgument {}
