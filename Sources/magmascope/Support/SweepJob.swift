import Foundation
import Optimizers
import Presets
import RunModel
import Studies
import TensorKernels

/// How plans and directories of sweeps are made, headless and in the explorer alike.
enum SweepJob {
  static func plan(
    _ configuration: RunConfiguration, grids: [String], tuningSeeds: Int, judgingSeeds: Int
  ) throws -> SweepPlan {
    var axes: [GridAxis] = []
    for grid in grids { axes.append(try GridAxis(parsing: grid)) }
    return try SweepPlan(
      configuration: configuration, axes: axes, tuningSeeds: tuningSeeds,
      judgingSeeds: judgingSeeds, kernels: KernelLevel.current.rawValue,
      catalog: OptimizerRegistry.catalog)
  }

  /// The plan a directory was declared with, for this machine's kernels.
  static func storedPlan(in directory: URL) throws -> SweepPlan {
    var plan = try StoredSweep(reading: directory).plan
    plan.kernels = KernelLevel.current.rawValue
    return plan
  }

  static func open(
    _ directory: URL, _ plan: SweepPlan, isResuming: Bool
  ) throws -> (store: SweepStore, finished: [CellResult]) {
    if isResuming { return try SweepStore.resume(at: directory, plan: plan) }
    let text = try PresetWriter.yaml(plan.configuration)
    return (try SweepStore.create(at: directory, plan: plan, configurationText: text), [])
  }
}
