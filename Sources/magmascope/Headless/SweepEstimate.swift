import EventStream
import Foundation
import RunModel
import Studies
import Training
import Workloads

/// What a sweep will take, from half a second of each arm on this machine.
struct SweepEstimate {
  /// What one cell of an arm takes.
  struct Cell: Sendable {
    var secondsPerStep: Double
    var secondsPerEvaluation: Double
    var bytes: Int
  }

  let plan: SweepPlan
  private(set) var cells: [Cell] = []
  let cores: Int

  init(_ plan: SweepPlan, seconds: Double = 0.5) throws {
    self.plan = plan
    cores = RunController.coreCount
    let source = try WorkloadRegistry.source(for: plan.configuration)
    for arm in plan.configuration.arms {
      let probes = try Self.measure(arm, source, threads: cores, seconds: seconds)
      var cell = Cell(
        secondsPerStep: probes.map(\.secondsPerStep).reduce(0, +) / Double(probes.count),
        secondsPerEvaluation: probes.map(\.secondsPerEvaluation).reduce(0, +)
          / Double(probes.count),
        bytes: try ArmMemory.bytes(arm, source: source))
      if arm.isMatched {
        // The followed arm is trained beside it.
        cell.secondsPerStep *= 2
        cell.secondsPerEvaluation *= 2
        cell.bytes *= 2
      }
      cells.append(cell)
    }
  }

  /// The arm on all cores at once, as in the sweep: cores share memory and heat.
  private static func measure(
    _ arm: ArmSpecification, _ source: any WorkloadSource, threads: Int, seconds: Double
  ) throws -> [StepCost] {
    let probes = Locked<[Result<StepCost, RunError>]>([])
    let ended = DispatchSemaphore(value: 0)
    for number in 0..<threads {
      try BackgroundThread.start("calibration-\(number)") {
        let probe = Result { () throws(RunError) in
          try StepCost(measuring: arm, source, seconds: seconds)
        }
        probes.withLock { $0.append(probe) }
        ended.signal()
      }
    }
    for _ in 0..<threads { ended.wait() }
    return try probes.withLock { $0 }.map { try $0.get() }
  }

  /// CPU seconds of one cell of each arm.
  private var secondsPerCell: [Double] {
    let run = plan.configuration
    let evaluations = Double((0...run.steps).count { run.evaluates(after: $0) })
    return cells.map {
      $0.secondsPerStep * Double(run.steps) + $0.secondsPerEvaluation * evaluations
    }
  }

  /// CPU seconds of all cells, as long as none is extended and no arm diverges.
  var cpuSeconds: Double {
    let judging = plan.judgingSeedCount + (plan.judgingSeedCount > 0 ? 1 : 0)
    let each = Double(plan.pointCount * plan.tuningSeedCount + judging)
    return secondsPerCell.reduce(0, +) * each
  }

  /// Seconds to the end on so many cores.
  func seconds(cores: Int) -> Double {
    let longest = secondsPerCell.max() ?? 0
    return max(cpuSeconds / Double(max(1, cores)), longest * (plan.judgingSeedCount > 0 ? 2 : 1))
  }

  var tokens: Double {
    Double(plan.expectedCells) * Double(plan.configuration.steps)
      * Double(max(1, plan.configuration.model.tokensPerStep))
  }

  /// Bytes with every core at work.
  var bytes: Int { (cells.map(\.bytes).max() ?? 0) * cores }

  /// One line for people.
  var text: String {
    let hours = cpuSeconds / 3600
    let isLanguage = plan.configuration.workload == "language"
    let amount = isLanguage ? String(format: "%.3g tokens, ", tokens) : ""
    return "estimate: \(amount)\(bytes / 1_000_000) MB, "
      + String(format: "%.3g CPU hours; ", hours)
      + "\(ProgressLine.duration(seconds(cores: cores))) on \(cores) cores here, "
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
