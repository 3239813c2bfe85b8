import EventStream
import Foundation
import RunModel
import Studies
import Training
import Workloads

/// What a sweep will take, from half a second of each arm on this machine.
struct SweepEstimate {
  let plan: SweepPlan
  let cores: Int
  /// What claiming and publishing a cell takes at most on a local disk.
  private static let secondsOfBookkeeping = 1e-3
  /// CPU seconds of one cell of each arm.
  private var secondsPerCell: [Double] = []
  /// Bytes with every core at work.
  private(set) var bytes = 0

  /// - Parameter jobs: cells at a time here; nil: one a core, or one where no more fit.
  /// - Throws: `RunError` (.usage) where not even one fits.
  init(_ plan: SweepPlan, jobs: Int? = nil, seconds: Double = 0.5) throws {
    self.plan = plan
    let source = try MemoryCheck.draft(of: plan)
    let wanted = min(jobs ?? .max, RunController.coreCount)
    let fits = (try? MemoryCheck.check(plan, jobs: wanted, source: source)) != nil
    cores = fits ? wanted : 1
    for arm in plan.configuration.arms {
      let costs = try Self.measure(
        arm, of: plan.configuration, source, threads: cores, seconds: seconds)
      let mean = costs.map { $0.seconds(of: plan.configuration) }.reduce(0, +) / Double(costs.count)
      // The followed arm is trained beside a control.
      let trained = arm.isMatched ? 2 : 1
      secondsPerCell.append(mean * Double(trained) + Self.secondsOfBookkeeping)
      bytes = max(bytes, try ArmMemory.bytes(arm, source: source) * trained * cores)
    }
  }

  /// The arm on all cores at once, as in the sweep: cores share memory and heat.
  private static func measure(
    _ arm: ArmSpecification, of run: RunConfiguration, _ source: any WorkloadSource, threads: Int,
    seconds: Double
  ) throws -> [StepCost] {
    let probes = Locked<[Result<StepCost, RunError>]>([])
    let ended = DispatchSemaphore(value: 0)
    for number in 0..<threads {
      try BackgroundThread.start("calibration-\(number)") {
        let probe = Result { () throws(RunError) in
          try StepCost(measuring: arm, of: run, source, seconds: seconds)
        }
        probes.withLock { $0.append(probe) }
        ended.signal()
      }
    }
    for _ in 0..<threads { ended.wait() }
    return try probes.withLock { $0 }.map { try $0.get() }
  }

  /// Cells of each arm in the order they are worked on: those that tune, then those that judge.
  private var stages: [[Int]] {
    let judging = plan.judgingSeedCount + (plan.judgingSeedCount > 0 ? 1 : 0)
    return [plan.pointCount * plan.tuningSeedCount, judging]
      .map { count in secondsPerCell.indices.flatMap { [Int](repeating: $0, count: count) } }
  }

  /// CPU seconds of all cells, as long as none is extended and no arm diverges.
  var cpuSeconds: Double { stages.joined().map { secondsPerCell[$0] }.reduce(0, +) }

  /// Seconds to the end on so many cores, each taking the next cell when it has done one.
  ///
  /// Judging waits for all that tunes.
  func seconds(cores: Int) -> Double {
    stages.map { cells in
      var ends = [Double](repeating: 0, count: max(1, cores))
      for arm in cells {
        let first = ends.indices.min { ends[$0] < ends[$1] } ?? 0
        ends[first] += secondsPerCell[arm]
      }
      return ends.max() ?? 0
    }.reduce(0, +)
  }

  var tokens: Double {
    Double(plan.expectedCells) * Double(plan.configuration.steps)
      * Double(max(1, plan.configuration.model.tokensPerStep))
  }

  /// One line for people.
  var text: String {
    let hours = cpuSeconds / 3600
    let isLanguage = plan.configuration.descriptor.isLanguage
    let amount = isLanguage ? String(format: "%.3g tokens, ", tokens) : ""
    return "estimate: \(amount)\(bytes / 1_000_000) MB, "
      + String(format: "%.3g CPU hours; ", hours)
      + "\(ProgressLine.duration(seconds(cores: cores))) on \(cores == 1 ? "1 core" : "\(cores) cores") here, "
      + "\(ProgressLine.duration(seconds(cores: 8))) on 8, "
      + "\(ProgressLine.duration(seconds(cores: 40))) on 40 such cores"
  }
}

extension SweepPlan {
  /// `45 tuning + 24 judging + 3 repeat runs`.
  var cellWords: String {
    let arms = configuration.arms.count
    let tuning = "\(arms * pointCount * tuningSeedCount) tuning"
    guard judgingSeedCount > 0 else { return tuning + " runs" }
    return "\(tuning) + \(arms * judgingSeedCount) judging + \(arms) repeat runs"
  }
}

extension SweepStatus {
  /// How the sweep stands, for people.
  func text(of plan: SweepPlan) -> String {
    var text =
      "\(phase.rawValue): \(cells.done) of \(cells.total) cells done, "
      + "\(cells.running) running"
    if cells.abandoned > 0 { text += ", \(cells.abandoned) left by dead workers" }
    if cells.failed > 0 { text += ", \(cells.failed) failed" }
    if let secondsLeft, phase != .complete {
      text += ", about \(ProgressLine.duration(secondsLeft)) left"
    }
    text += "\n"
    for worker in workers {
      let step = worker.step.map { ", step \($0) of \(worker.steps ?? 0)" } ?? ""
      let job = worker.job.map { " (job \($0))" } ?? ""
      text += "  pid \(worker.pid) on \(worker.host)\(job): \(worker.cell ?? "waiting")\(step)\n"
    }
    return text
  }
}
