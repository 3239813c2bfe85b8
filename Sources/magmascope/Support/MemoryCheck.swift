import HostSystem
import RunModel
import Training
import Workloads

/// Whether a run fits, decided before any of it is made.
enum MemoryCheck {
  /// Most floats of state that any optimizer keeps for a weight, while it is being made.
  private static let mostStatePerWeight = 8

  /// - Throws: `RunError` (.usage) with both figures.
  static func check(
    _ configuration: RunConfiguration, source: any WorkloadSource
  ) throws(RunError) {
    let weights = source.layout.count * MemoryLayout<Float>.stride
    let copies = configuration.arms.count * max(1, configuration.seeds)
    // Weights, gradients and working memory; the optimizer's are asked of one that is made.
    try refuse((2 * weights + source.workingBytes) * copies, "this run")
    try refuse((2 + mostStatePerWeight) * weights + source.workingBytes, "an arm of this run")
    var total = 0
    for arm in configuration.arms { total += try ArmMemory.bytes(arm, source: source) }
    try refuse(total * max(1, configuration.seeds), "this run")
  }

  private static func refuse(_ bytes: Int, _ thing: String) throws(RunError) {
    try AvailableMemory.check(
      bytes, for: thing, place: "model",
      remedy: "choose a smaller model or batch, fewer arms or fewer seeds")
  }
}
