import Optimizers
import Probes
import RunModel
import TensorKernels
import Workloads

/// A small training run that can be probed between its steps.
struct Run {
  let workload: any Workload
  var optimizer: ArmOptimizer
  var parameters: [Float]
  var step = 0
  var losses: [Double] = []

  init(_ source: any WorkloadSource, arm: String) throws {
    workload = source.makeWorkload(threads: 1)
    optimizer = try ArmOptimizer(OptimizerRegistry.arm(arm), layout: source.layout)
    var start = [Float](repeating: 0, count: source.layout.count)
    var span = start.mutableSpan
    workload.initialize(&span, seed: 0)
    parameters = start
  }

  mutating func advance(_ steps: Int) {
    var weights = parameters
    var gradients = [Float](repeating: 0, count: weights.count)
    for _ in 0..<steps {
      step += 1
      var gradientSpan = gradients.mutableSpan
      let loss = workload.lossAndGradient(
        parameters: weights.span, gradients: &gradientSpan, batch: BatchKey(seed: 0, step: step))
      losses.append(loss)
      var span = weights.mutableSpan
      optimizer.step(
        parameters: &span, gradients: gradientSpan.span, context: StepContext(step: step))
    }
    parameters = weights
  }

  var probed: ProbedArm {
    ProbedArm(workload: workload, parameters: parameters.span, arm: ArmID(0), step: step, seed: 0)
  }

  var proposal: ProposedStep {
    ProposedStep(
      of: optimizer, on: workload, parameters: parameters.span,
      batch: BatchKey(seed: 0, step: step + 1), clip: nil, context: StepContext(step: step + 1))
  }

  static func quadratic(_ arm: String, rows: Int = 3) throws -> Run {
    try Run(QuadraticSource(arrangement: .mixed, start: 1, rows: rows, seed: 4), arm: arm)
  }

  static func language(_ arm: String, size: ModelSize = .nano) throws -> Run {
    let configuration = RunConfiguration(
      title: "", model: ModelConfiguration(size: size), arms: [])
    return try Run(LanguageSource(configuration, cache: .none), arm: arm)
  }
}

extension ProbeReading {
  func figure(_ name: String) -> Double {
    figures.first { $0.name == name }?.value ?? .nan
  }
}
