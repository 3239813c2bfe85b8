import EventStream
import Optimizers
import RunModel
import TensorKernels
import Training
import Workloads

/// What steps and evaluations of an arm take on one core of this machine, in CPU seconds.
struct StepCost: Sendable {
  /// What the first step takes beyond a usual one: bases are set up, caches filled.
  let secondsToBegin: Double
  let secondsPerStep: Double
  let secondsPerEvaluation: Double

  /// The longest interval between expensive steps that is waited for in full.
  private static let longestInterval = 10

  /// Trains the arm for so many seconds, and at least until one of its expensive steps has been seen.
  ///
  /// A control costs what its base costs; the arm it follows is counted apart.
  init(
    measuring arm: ArmSpecification, of run: RunConfiguration, _ source: any WorkloadSource,
    seconds: Double
  ) throws(RunError) {
    let key = OptimizerRegistry.catalog.base(arm.base)?.expensiveStepKey
    let stated = max(1, key.map { Int(arm.number($0)) } ?? 1)
    let interval = min(stated, Self.longestInterval)
    var run = run
    run.arms = [key.map { arm.setting($0, to: .number(Double(interval))) } ?? arm]
    // At rates that grow from nothing, no arm diverges: one that has ended would cost nothing.
    run.steps = 1_000_000_000
    run.schedule = ScheduleConfiguration(warmup: .steps(run.steps))
    let course = RunCourse(run)
    let trainer = try ArmTrainer(
      seat: Seat.all(course.roster, seeds: [run.seed])[0], course: course,
      source: source, threads: 1, channels: RunChannels(), clock: RunClock(), options: RunOptions())
    func clock(_ body: () -> Void) -> Double {
      let start = Machine.threadSeconds()
      body()
      return Machine.threadSeconds() - start
    }
    _ = trainer.evaluate(step: 0, wallSeconds: 0)
    secondsPerEvaluation = clock { _ = trainer.evaluate(step: 0, wallSeconds: 0) }
    var step = 0
    func cost() -> Double {
      step += 1
      return clock { trainer.train(step: step) }
    }
    let first = cost() + cost()
    // Whole intervals, so that every one has its expensive step; the median is a usual one.
    var costs: [Double] = []
    var spent = 0.0
    repeat {
      for _ in 0..<interval {
        costs.append(cost())
        spent += costs[costs.count - 1]
      }
    } while spent < seconds && step < 100_000
    let usual = costs.sorted()[costs.count / 2]
    let excess = (spent - usual * Double(costs.count)) * Double(interval) / Double(costs.count)
    secondsPerStep = usual + excess / Double(stated)
    secondsToBegin = max(0, first - 2 * secondsPerStep)
  }

  /// Of one run of the arm to its end.
  func seconds(of run: RunConfiguration) -> Double {
    let evaluations = (0...run.steps).count { run.evaluates(after: $0) }
    return (run.steps > 0 ? secondsToBegin : 0) + secondsPerStep * Double(run.steps)
      + secondsPerEvaluation * Double(evaluations)
  }
}
