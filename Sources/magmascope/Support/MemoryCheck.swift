import HostSystem
import RunModel
import Studies
import Training
import Workloads

/// Whether a run or a sweep fits, decided before any of it is made.
enum MemoryCheck {
  /// Most floats of state that any optimizer keeps for a weight, while it is being made.
  private static let mostStatePerWeight = 8

  /// The source of a run that fits; before that is known, no model to be fine-tuned is trained either.
  ///
  /// - Throws: also what reading the data throws.
  static func source(for configuration: RunConfiguration) throws(RunError) -> any WorkloadSource {
    let draft = try WorkloadRegistry.draft(for: configuration)
    try check(configuration, source: draft)
    return try draft.trained()
  }

  /// The source of a sweep of which so many cells of any arm fit at a time; nothing is trained yet.
  static func draft(of plan: SweepPlan, jobs: Int = 1) throws(RunError) -> any WorkloadSource {
    let draft = try WorkloadRegistry.draft(for: plan.configuration)
    try check(plan, jobs: jobs, source: draft)
    return draft
  }

  /// - Parameter jobs: cells that are trained at a time.
  /// - Throws: `RunError` (.usage) with both figures.
  static func check(
    _ plan: SweepPlan, jobs: Int, source: any WorkloadSource
  ) throws(RunError) {
    for arm in plan.configuration.arms.indices {
      // As many seeds of one run take what as many cells take.
      var run = plan.run(of: StudyCell(phase: .tuning, arm: arm, point: 0, seed: 0))
      run.seeds = jobs
      try check(
        run, source: source, thing: jobs == 1 ? "a cell" : "\(jobs) cells at a time",
        remedy: "choose a smaller model or batch" + (jobs == 1 ? "" : ", or fewer --jobs"))
    }
  }

  /// - Throws: `RunError` (.usage) with both figures.
  static func check(
    _ configuration: RunConfiguration, source: any WorkloadSource, thing: String = "this run",
    remedy: String = "choose a smaller model or batch, fewer arms or fewer seeds"
  ) throws(RunError) {
    func refuse(_ bytes: Int, _ thing: String) throws(RunError) {
      try AvailableMemory.check(bytes, for: thing, place: "model", remedy: remedy)
    }
    let weights = source.layout.count * MemoryLayout<Float>.stride
    let copies = configuration.arms.count * max(1, configuration.seeds)
    // Weights, gradients and working memory; the optimizer's are asked of one that is made.
    try refuse((2 * weights + source.workingBytes) * copies, thing)
    try refuse((2 + mostStatePerWeight) * weights + source.workingBytes, "an arm of \(thing)")
    var total = 0
    for arm in configuration.arms { total += try ArmMemory.bytes(arm, source: source) }
    try refuse(total * max(1, configuration.seeds), thing)
  }
}
