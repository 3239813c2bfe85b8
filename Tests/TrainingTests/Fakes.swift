import EventStream
import Optimizers
import RunModel
import TensorKernels
import Training
import Workloads

/// ½ Σ aᵢ (xᵢ − noise)² over three blocks, two of them maskable; the noise is the minibatch.
final class ToyWorkload: Workload {
  let layout: TensorLayout = ToySource.toyLayout

  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: .initialization)
    for i in parameters.indices { parameters[i] = Float(stream.normal()) }
  }

  private func target(_ i: Int, _ batch: BatchKey) -> Float {
    var stream = RandomStream(
      seed: batch.seed, purpose: batch.stream == .training ? .batching : .probes,
      substream: UInt64(batch.step * 100 + i))
    return Float(0.1 * stream.normal())
  }

  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch: BatchKey
  ) -> Double {
    for i in parameters.indices {
      gradients[i] = curvature(i) * (parameters[i] - target(i, batch))
    }
    return loss(parameters: parameters, batch: batch)
  }

  func loss(parameters: Span<Float>, batch: BatchKey) -> Double {
    var sum = 0.0
    for i in parameters.indices {
      let distance = Double(parameters[i] - target(i, batch))
      sum += 0.5 * Double(curvature(i)) * distance * distance
    }
    return sum
  }

  func evaluate(parameters: Span<Float>) -> Double {
    var sum = 0.0
    for i in parameters.indices {
      sum += 0.5 * Double(curvature(i) * parameters[i] * parameters[i])
    }
    return sum
  }

  private func curvature(_ i: Int) -> Float { 1 + Float(i % 5) }
}

struct ToySource: WorkloadSource {
  static let toyLayout = TensorLayout([
    BlockDescriptor(name: "first", shape: [2, 4], role: .attention, isMaskable: true),
    BlockDescriptor(name: "second", shape: [6], role: .mlp, isMaskable: true),
    BlockDescriptor(name: "third", shape: [3], role: .norm, isMaskable: false),
  ])

  let layout: TensorLayout = Self.toyLayout
  let tokensPerStep = 7
  let entropyFloor: Double? = 0
  let dataDescription = "a toy"
  let workingBytes = 0

  func makeWorkload(threads: Int) -> any Workload { ToyWorkload() }
}

/// Heavy-ball descent with a coin for every maskable block: small, but with memory to lose.
struct ToyOptimizer: ArmStepping {
  private var rate: Double
  private var mask: Double?
  private let layout: TensorLayout
  private let keeps: Bool
  private var momentum: [Float]
  private(set) var outcomes: [BlockOutcome]
  private(set) var stepFactor: Double

  init(_ specification: ArmSpecification, _ layout: TensorLayout) {
    rate = specification.number("lr")
    mask = specification.values["mask"]?.number
    keeps = specification.isMatched
    self.layout = layout
    momentum = [Float](repeating: 0, count: layout.count)
    outcomes = layout.entries.map { _ in BlockOutcome() }
    stepFactor = (1 - (mask ?? 0)) * (specification.values["s0"]?.number ?? 1)
  }

  var learningRate: Double { rate }
  var stateBytes: Int { momentum.count * 4 }

  mutating func step(
    parameters: inout MutableSpan<Float>, gradients: Span<Float>, context: StepContext
  ) {
    let coins = Coins(seed: context.seed)
    for i in momentum.indices { momentum[i] = 0.9 * momentum[i] + gradients[i] }
    var scaleSum = 0.0
    for (block, entry) in layout.entries.enumerated() {
      let isMasked = entry.isMaskable && mask != nil && !keeps
      let kept = !isMasked || coins.uniform(step: context.step, block: block) >= (mask ?? 0)
      outcomes[block].isMasked = isMasked
      outcomes[block].keptShare = kept ? 1 : 0
      let scale = isMasked ? 0.5 + 0.25 * Double((context.step + block) % 2) : 1
      outcomes[block].scale = isMasked ? Float(scale) : 1
      outcomes[block].alignment = isMasked ? 0.25 : .nan
      outcomes[block].updateNorm = kept ? 1 : 0
      if isMasked { scaleSum += scale }
      guard kept else { continue }
      let factor = entry.isMaskable ? context.matchedFactor * scale : 1
      let step = Float(rate * context.scheduleFactor * factor)
      for i in entry.range { parameters[i] -= step * momentum[i] }
    }
    if keeps { return }
    stepFactor = mask.map { (1 - $0) * scaleSum / 2 } ?? 1
  }

  mutating func set(_ key: String, to value: SettingValue) throws(RunError) {
    switch (key, value) {
    case ("lr", .number(let number)): rate = number
    case ("mask", .number(let number)): mask = number
    default: throw RunError(.usage, "no setting \(key)", remedy: "try again")
    }
  }

  func snapshot() -> OptimizerSnapshot {
    OptimizerSnapshot(
      tensors: [TensorSnapshot(name: "momentum", shape: [momentum.count], values: momentum)],
      scalars: ["stepFactor": stepFactor])
  }

  mutating func restore(_ snapshot: OptimizerSnapshot) throws(RunError) {
    guard let tensor = snapshot.tensors.first, tensor.values.count == momentum.count else {
      throw RunError(.input, "a strange snapshot", remedy: "try again")
    }
    momentum = tensor.values
    stepFactor = snapshot.scalars["stepFactor"] ?? 1
  }
}

func toyArm(_ text: String, lr: Double = 0.01, mask: Double? = nil, matched: Bool = false)
  -> ArmSpecification
{
  var values: [String: SettingValue] = ["lr": .number(lr)]
  if let mask {
    values["mask"] = .number(mask)
    values["s0"] = .number(0.5)
  }
  return ArmSpecification(
    text: text, base: "toy", wrapper: mask == nil ? nil : "magma", isMatched: matched,
    values: values, writtenKeys: ["lr"], momentum: nil)
}

func toyConfiguration(
  arms: [ArmSpecification]? = nil, steps: Int = 40, evaluateEvery: Int = 10, seeds: Int = 1,
  threads: Int = 2, seed: UInt64 = 3,
  clip: Double? = nil
) -> RunConfiguration {
  RunConfiguration(
    title: "toy", workload: "toy", steps: steps,
    schedule: ScheduleConfiguration(kind: .cosine, warmup: .steps(5)), clip: clip,
    evaluateEvery: evaluateEvery, seed: seed, seeds: seeds, threads: threads,
    arms: arms ?? [toyArm("toy"), toyArm("magma(toy)", mask: 0.5)])
}
