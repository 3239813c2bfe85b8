import Optimizers
import RunModel
import TensorKernels
import Workloads

/// What an arm's buffers take: parameters, gradients, the workload's working memory, the optimizer.
package enum ArmMemory {
  /// Bytes of one arm of one seed, known before anything of the run is made.
  ///
  /// The optimizer is made and dropped: no formula is right for all of them.
  ///
  /// - Throws: what making the optimizer throws.
  package static func bytes(
    _ arm: ArmSpecification, source: any WorkloadSource
  ) throws(RunError) -> Int {
    let optimizer = try ArmOptimizer(arm, layout: source.layout)
    return bytes(optimizerBytes: optimizer.bufferBytes, source: source)
  }

  static func bytes(optimizerBytes: Int, source: any WorkloadSource) -> Int {
    2 * source.layout.count * MemoryLayout<Float>.stride + source.workingBytes + optimizerBytes
  }

  /// `memory: 18 MB of buffers (9.2 MB an arm, 2 arms of 1 seed)`, once for the whole run.
  package static func statement(
    _ configuration: RunConfiguration, source: any WorkloadSource
  ) throws(RunError) -> String {
    var arms: [Int] = []
    for arm in configuration.arms { arms.append(try bytes(arm, source: source)) }
    let (least, most) = (arms.min() ?? 0, arms.max() ?? 0)
    let each = text(least) == text(most) ? text(most) : "\(text(least)) to \(text(most))"
    let seeds = max(1, configuration.seeds)
    return "memory: \(text(arms.reduce(0, +) * seeds)) of buffers, \(each) an arm and seed "
      + "(arms \(arms.count), seeds \(seeds))"
  }

  private static func text(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000) / 100_000
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) MB" : "\((tenths + 5) / 10) MB"
  }
}
