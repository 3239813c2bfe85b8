import Foundation
import Optimizers
import Presets
import RunModel
import Statistics
import Studies
import TensorKernels
import Workloads

/// How plans and directories of sweeps are made and opened, headless and in the explorer alike.
enum SweepJob {
  /// What is declared of a sweep besides its runs.
  struct Declaration {
    var grids: [String]
    var tuningSeeds = 3
    var judgingSeeds = 8
    var extending = 0
    var hasControl = true
  }

  static func plan(
    _ configuration: RunConfiguration, _ declaration: Declaration
  ) throws -> SweepPlan {
    var axes: [GridAxis] = []
    for grid in declaration.grids { axes.append(try GridAxis(parsing: grid)) }
    let whole = declaration.hasControl ? configuration.addingControls() : configuration
    var plan = try SweepPlan(
      configuration: try settled(whole), axes: axes, tuningSeeds: declaration.tuningSeeds,
      judgingSeeds: declaration.judgingSeeds, extending: declaration.extending,
      isControlDeclined: !declaration.hasControl && !configuration.missingControls.isEmpty,
      kernels: KernelLevel.current.name(configuration.model.precision),
      resultsVersion: OptimizerRegistry.resultsVersion(of: whole.arms),
      catalog: OptimizerRegistry.catalog)
    plan.textPrint = try textPrint(of: plan.configuration)
    return plan
  }

  /// Data by a path that holds from every directory.
  private static func settled(_ configuration: RunConfiguration) throws -> RunConfiguration {
    guard case .file(let path) = configuration.data else { return configuration }
    guard path != "-" else {
      throw RunError(
        .usage, "standard input cannot be read again for every cell", place: "--text",
        remedy: "save the text and give its path")
    }
    var configuration = configuration
    configuration.data = .file(URL(fileURLWithPath: path).standardizedFileURL.path)
    return configuration
  }

  /// Size and fingerprint of the text, so that every worker trains on the same one.
  private static func textPrint(of configuration: RunConfiguration) throws -> String? {
    guard case .file(let path) = configuration.data else { return nil }
    return TextPrint.of(try InputFile.read(path, as: .text))
  }

  /// The plan of a directory, checked and completed as flags are, for this machine.
  ///
  /// - Throws: `RunError(.input)` where there is none or it makes no sense; `.usage` when this process
  ///   would compute other numbers than the plan's.
  static func stored(in directory: URL) throws -> SweepPlan {
    let plan = try readable(in: directory)
    var own = plan
    own.kernels = KernelLevel.current.name(plan.configuration.model.precision)
    own.resultsVersion = OptimizerRegistry.resultsVersion(of: plan.configuration.arms)
    if plan.textPrint != nil { own.textPrint = try textPrint(of: plan.configuration) }
    if let difference = own.difference(from: plan) {
      throw RunError(
        .usage, "cannot join: the sweep is of another \(difference)", place: directory.path,
        remedy: "work on it where they are the same")
    }
    return plan
  }

  /// The plan of a directory, for whoever only looks.
  static func readable(in directory: URL) throws -> SweepPlan {
    guard let read = try BoardFolder(directory).readPlan() else {
      throw RunError(
        .input, "there is no sweep here", place: directory.path,
        remedy: "give a directory that sweep --out wrote")
    }
    return try completed(read, in: directory)
  }

  /// A plan from a file takes the checks and the defaults that flags take: its configuration goes through
  /// the preset's reader.
  static func completed(_ plan: SweepPlan, in directory: URL) throws(RunError) -> SweepPlan {
    var plan = plan
    let place = directory.appendingPathComponent(BoardFolder.planName).path
    do throws(RunError) {
      let builder = ConfigurationBuilder(
        catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
      let fields = try PresetReader(file: place).read(try PresetWriter.yaml(plan.configuration))
      plan.configuration = try settledOrInput(try builder.build(fields, category: .input))
      plan.configuration.seeds = 1
      plan.configuration.threads = nil
      try plan.check(OptimizerRegistry.catalog)
    } catch {
      throw RunError(
        .input, "the plan is not whole: \(error.message)", place: place, remedy: error.remedy)
    }
    return plan
  }

  private static func settledOrInput(
    _ configuration: RunConfiguration
  ) throws(RunError) -> RunConfiguration {
    guard case .file(let path) = configuration.data else { return configuration }
    var configuration = configuration
    configuration.data = .file(URL(fileURLWithPath: path).standardizedFileURL.path)
    return configuration
  }

  /// Begins the sweep, or joins the one of the same plan that is there; returns the plan to work by.
  static func begin(_ directory: URL, _ plan: SweepPlan) throws -> SweepPlan {
    let answer = try BoardFolder(directory).begin(
      plan, configurationText: try PresetWriter.yaml(plan.configuration), program: program
    ) { stored throws(RunError) in try completed(stored, in: directory) }
    switch answer {
    case .begun: return plan
    case .joined(let stored): return stored
    }
  }

  private static var program: SweepProgram {
    SweepProgram(
      version: Magmascope.version, commit: PresetLibrary.buildCommit, cpu: Machine.processorName)
  }
}
