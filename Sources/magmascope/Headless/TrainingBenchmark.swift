import EventStream
import Foundation
import Optimizers
import RunModel
import TensorKernels
import Training
import Workloads

/// Measures the engine itself: the same controller, workload and optimizers as every run.
struct TrainingBenchmark {
  var model: ModelConfiguration
  var arms: Int
  var threads: Int?
  var seconds: Double

  struct Report: Encodable {
    var model: String
    var arms: Int
    var threads: Int
    /// All arms together.
    var tokensPerSecond: Double
    /// One step of all arms.
    var msPerStep: Double
    /// Share of the fused multiply-add peak of the cores used.
    var peakShare: Double
    var peakGFLOPs: Double
    var kernels: String
    var processor: String
    /// Milliseconds a step of one arm on one thread.
    var phases: [String: Double]
  }

  func measure() throws -> Report {
    let cores = threads ?? RunController.coreCount
    let peak = Machine.peakOperationsPerSecond()
    let configuration = try configuration()
    let stepsPerSecond = try rate(of: configuration)
    let tokens = Double(model.tokensPerStep * arms) * stepsPerSecond
    let operations = Double(model.floatingPointOperationsPerToken(vocabulary: 256))
    return Report(
      model: model.size?.rawValue ?? "custom", arms: arms, threads: cores,
      tokensPerSecond: tokens, msPerStep: 1000 / stepsPerSecond,
      peakShare: tokens * operations / (peak * Double(cores)), peakGFLOPs: peak / 1e9,
      kernels: KernelLevel.current.name(model.precision), processor: Machine.processorName,
      phases: try phases(configuration))
  }

  private func configuration() throws -> RunConfiguration {
    let grammar = ArmGrammar(catalog: OptimizerRegistry.catalog)
    let pair = try [grammar.parse("adam"), grammar.parse("magma(adam)")]
    let budget = 1_000_000
    return RunConfiguration(
      title: "benchmark", model: model, steps: budget, evaluateEvery: budget, threads: threads,
      arms: (0..<arms).map { pair[$0 % 2] })
  }

  /// Lock-step rounds a second over `seconds`, after a tenth of that to warm up.
  private func rate(of configuration: RunConfiguration) throws -> Double {
    let source = try WorkloadRegistry.source(for: configuration)
    let steps = RowMailbox(blockCount: source.layout.blocks.count)
    let controller = RunController(
      configuration: configuration, source: source, channels: RunChannels(rows: steps),
      options: RunOptions(takesFinalSnapshot: false))
    controller.start()
    defer {
      controller.stop()
      controller.waitUntilFinished()
    }
    let first = latestStep(steps, after: max(0.3, seconds / 10), atLeast: 2)
    let last = latestStep(steps, after: seconds, atLeast: first.step + 1)
    return Double(last.step - first.step) / (last.wallSeconds - first.wallSeconds)
  }

  /// The newest figures once `seconds` have passed and step `minimum` is done.
  private func latestStep(
    _ mailbox: RowMailbox, after seconds: Double, atLeast minimum: Int
  ) -> StepRow {
    var latest = StepRow(arm: ArmID(0), seed: 0, step: 0)
    var drained = mailbox.empty
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline || latest.step < minimum {
      Thread.sleep(forTimeInterval: 0.01)
      mailbox.drain(into: &drained)
      if let last = drained.steps.last(where: { $0.arm == ArmID(0) }) { latest = last }
    }
    return latest
  }

  /// Medians over repeated calls on this thread, by its own CPU clock.
  private func phases(_ configuration: RunConfiguration) throws -> [String: Double] {
    let source = try WorkloadRegistry.source(for: configuration)
    let workload = source.makeWorkload(threads: 1)
    let parameters = TensorArena(count: workload.layout.count)
    let gradients = TensorArena(count: workload.layout.count)
    var weights = parameters.elements.mutableSpan
    workload.initialize(&weights, seed: 0)
    var step = 0
    let forward = median {
      step += 1
      _ = workload.loss(parameters: parameters.elements.span, batch: BatchKey(seed: 0, step: step))
    }
    let both = median {
      step += 1
      var gradient = gradients.elements.mutableSpan
      _ = workload.lossAndGradient(
        parameters: parameters.elements.span, gradients: &gradient,
        batch: BatchKey(seed: 0, step: step))
    }
    let base = try optimizerTime("adam", parameters, gradients, workload.layout)
    let masked = try optimizerTime("magma(adam)", parameters, gradients, workload.layout)
    return [
      "forward": forward, "backward": both - forward, "optimizer": base, "masking": masked - base,
    ]
  }

  private func optimizerTime(
    _ arm: String, _ parameters: borrowing TensorArena, _ gradients: borrowing TensorArena,
    _ layout: TensorLayout
  ) throws -> Double {
    let specification = try ArmGrammar(catalog: OptimizerRegistry.catalog).parse(arm)
    var optimizer = try ArmOptimizer(specification, layout: layout)
    var step = 0
    let (weights, gradient) = (parameters.elements, gradients.elements)
    return median {
      step += 1
      var span = weights.mutableSpan
      optimizer.step(
        parameters: &span, gradients: gradient.span,
        context: StepContext(step: step, scheduleFactor: 1e-6))
    }
  }

  /// Median milliseconds of the thread's CPU time for one call of `body`.
  private func median(_ body: () -> Void) -> Double {
    body()
    var samples: [Double] = []
    let deadline = Date(timeIntervalSinceNow: min(1, seconds / 4))
    while samples.count < 5 || (Date() < deadline && samples.count < 200) {
      let start = Machine.threadSeconds()
      body()
      samples.append(Machine.threadSeconds() - start)
    }
    return samples.sorted()[samples.count / 2] * 1000
  }
}
