import RunModel
import TensorKernels

/// A decoder with hand-written gradients; owns its activations and is used by one thread.
///
/// The batch is cut into at most `shardCount` shards whose gradients are added in a fixed order, so
/// results are bit-identical for any number of threads. After `init` nothing allocates memory.
package final class Transformer {
  package let configuration: TransformerConfiguration
  package let layout: TensorLayout
  /// Shares a batch of two or more sequences is cut into.
  package static let shardCount = 2

  private var kernels: Kernels
  private let offsets: TransformerOffsets
  private let packed: PackedWeights
  private let shards: [TransformerShard]
  private let shardGradients: TensorArena
  private let pool: WorkerPool
  private var work: TransformerShard.Work?
  private var batch = 0

  package init(
    _ configuration: TransformerConfiguration, threads: Int, level: KernelLevel = .current
  ) {
    self.configuration = configuration
    layout = configuration.layout
    offsets = TransformerOffsets(configuration)
    let kernels = Kernels(level, precision: configuration.model.precision)
    let packed = PackedWeights(configuration, kernels: kernels)
    let rotary = RotaryTables(configuration)
    self.kernels = kernels
    self.packed = packed
    shards = (0..<Self.shards(configuration)).map { _ in
      TransformerShard(configuration, kernels: kernels, packed: packed, rotary: rotary)
    }
    shardGradients = TensorArena(count: (shards.count - 1) * layout.count)
    pool = WorkerPool(threads: min(threads, shards.count))
  }

  private static func shards(_ configuration: TransformerConfiguration) -> Int {
    min(shardCount, configuration.model.batch)
  }

  /// Bytes that an instance holds: activations, panels of weights, gradients of further shards.
  package static func workingBytes(
    _ configuration: TransformerConfiguration, level: KernelLevel = .current
  ) -> Int {
    let shards = shards(configuration)
    let tables = configuration.model.context * configuration.headWidth
    let floats =
      shards * TransformerShard.count(configuration) + tables
      + (shards - 1) * configuration.layout.count
      + PackedWeights.count(configuration, kernels: Kernels(level))
    return floats * MemoryLayout<Float>.stride
  }

  /// Mean loss over all tokens; overwrites `gradients`.
  ///
  /// inputs, targets [batch, length], row-major, below the vocabulary; length up to the context.
  package func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, inputs: Span<Int32>,
    targets: Span<Int32>, batch: Int, length: Int
  ) -> Double {
    precondition(gradients.count == layout.count, "the gradients do not fit the layout")
    return gradients.withUnsafeMutableBufferPointer { gradients in
      run(parameters, gradients.baseAddress, inputs, targets, batch: batch, length: length)
    }
  }

  /// Mean loss over all tokens.
  package func loss(
    parameters: Span<Float>, inputs: Span<Int32>, targets: Span<Int32>, batch: Int, length: Int
  ) -> Double {
    run(parameters, nil, inputs, targets, batch: batch, length: length)
  }
}

extension Transformer {
  /// Calls `body` with operands rounded to `precision` instead of the model's own.
  package func computing<Result>(
    in precision: ModelConfiguration.Precision, _ body: () -> Result
  ) -> Result {
    let own = kernels.precision
    set(precision)
    defer { set(own) }
    return body()
  }

  private func set(_ precision: ModelConfiguration.Precision) {
    kernels.precision = precision
    packed.kernels.precision = precision
    for shard in shards { shard.kernels.precision = precision }
  }

  private func run(
    _ parameters: Span<Float>, _ gradients: UnsafeMutablePointer<Float>?, _ inputs: Span<Int32>,
    _ targets: Span<Int32>, batch: Int, length: Int
  ) -> Double {
    check(parameters, inputs, batch: batch, length: length)
    precondition(targets.count == inputs.count, "as many targets as inputs are needed")
    return parameters.withUnsafeBufferPointer { parameters in
      inputs.withUnsafeBufferPointer { inputs in
        targets.withUnsafeBufferPointer { targets in
          guard let weights = parameters.baseAddress, let input = inputs.baseAddress,
            let target = targets.baseAddress
          else { return 0 }
          work = TransformerShard.Work(
            parameters: TransformerTensors(UnsafeMutablePointer(mutating: weights), offsets),
            gradients: gradients.map { TransformerTensors($0, offsets) }, inputs: input,
            targets: target, length: length, scale: Float(1 / Double(batch * length)))
          self.batch = batch
          defer { work = nil }
          return runPhases() / Double(batch * length)
        }
      }
    }
  }

  private func check(_ parameters: Span<Float>, _ inputs: Span<Int32>, batch: Int, length: Int) {
    precondition(parameters.count == layout.count, "the parameters do not fit the layout")
    precondition(
      length >= 1 && length <= configuration.model.context && batch >= 1
        && inputs.count == batch * length,
      "inputs are [batch, length] with length up to the context")
  }

  /// Panels, then shards, then the sum of their gradients; each phase shared among the threads.
  private func runPhases() -> Double {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let active = min(shards.count, batch)
    pool.run(count: packed.parts, context: context) { Transformer.from($0).pack(part: $1) }
    pool.run(count: active, context: context) { Transformer.from($0).runShard($1) }
    if active > 1, work?.gradients != nil {
      pool.run(count: pool.threads, context: context) {
        Transformer.from($0).addGradients(part: $1)
      }
    }
    var loss = 0.0
    for index in 0..<active { loss += shards[index].lossSum }
    return loss
  }

  private static func from(_ context: UnsafeMutableRawPointer) -> Transformer {
    Unmanaged<Transformer>.fromOpaque(context).takeUnretainedValue()
  }

  private func pack(part: Int) {
    guard let work else { return }
    packed.pack(part: part, of: work.parameters)
  }

  private func runShard(_ index: Int) {
    guard var work else { return }
    let active = min(shards.count, batch)
    if index > 0, work.gradients != nil, let base = shardGradients.elements.baseAddress {
      work.gradients = TransformerTensors(base + (index - 1) * layout.count, offsets)
    }
    let start = index * batch / active
    shards[index].run(work, sequences: start..<(index + 1) * batch / active)
  }

  /// Element by element, so the cut into parts does not show in the result.
  private func addGradients(part: Int) {
    guard let gradients = work?.gradients, let others = shardGradients.elements.baseAddress else {
      return
    }
    let start = part * layout.count / pool.threads
    let end = (part + 1) * layout.count / pool.threads
    for index in 1..<min(shards.count, batch) {
      let other = others + (index - 1) * layout.count
      kernels.add(UnsafePointer(other + start), to: gradients.base + start, count: end - start)
    }
  }
}

extension Transformer {
  /// Logits of the token after `tokens` (at most the context), written to `logits` [V].
  package func logits(
    parameters: Span<Float>, tokens: Span<Int32>, into logits: inout MutableSpan<Float>
  ) {
    check(parameters, tokens, batch: 1, length: tokens.count)
    precondition(logits.count == configuration.vocabulary, "one logit per token is needed")
    parameters.withUnsafeBufferPointer { parameters in
      tokens.withUnsafeBufferPointer { tokens in
        logits.withUnsafeMutableBufferPointer { logits in
          guard let weights = parameters.baseAddress, let input = tokens.baseAddress,
            let out = logits.baseAddress
          else { return }
          let tensors = TransformerTensors(UnsafeMutablePointer(mutating: weights), offsets)
          for part in 0..<packed.parts { packed.pack(part: part, of: tensors) }
          shards[0].lastLogits(tensors, input, length: tokens.count, into: out)
        }
      }
    }
  }
}
