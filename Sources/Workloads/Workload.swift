import RunModel
import TensorKernels

/// Which minibatch: a pure function of (stream, seed, step), so every arm sees the same one.
package struct BatchKey: Sendable, Hashable {
  package enum Stream: Sendable, Hashable {
    case training
    /// Batches of their own for probes, so that probing never touches the training order.
    case probe
  }

  package var stream: Stream
  package var seed: UInt64
  /// 1-based step of training, or any index for a probe.
  package var step: Int

  package init(_ stream: Stream = .training, seed: UInt64, step: Int) {
    self.stream = stream
    self.seed = seed
    self.step = step
  }

  /// The random numbers that a batch is drawn with; training and probes never share any.
  var randomStream: RandomStream {
    RandomStream(
      seed: seed, purpose: stream == .training ? .batching : .probes,
      substream: UInt64(truncatingIfNeeded: step))
  }
}

/// A problem to train on; the trainer, optimizers, probes and screens know only this.
///
/// An instance owns its activations and is used by one thread; make one per arm from its source.
/// Everything is deterministic: the same parameters and key give the same bits for any `threads`.
package protocol Workload: AnyObject {
  var layout: TensorLayout { get }

  /// Writes the weights at step 0, a function of `seed` alone (stream `.initialization`).
  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64)

  /// Mean loss of the batch; overwrites `gradients` with its gradient. Never allocates after warm-up.
  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch: BatchKey
  ) -> Double

  /// Mean loss of the batch, accumulated in double precision.
  func loss(parameters: Span<Float>, batch: BatchKey) -> Double

  /// The held-out loss: the same windows or points for every arm and every evaluation.
  func evaluate(parameters: Span<Float>) -> Double

  /// The held-out loss on what the weights of step 0 were trained on; nil where that is not known.
  func evaluateBase(parameters: Span<Float>) -> Double?

  /// Calls `body` with products in float32, whatever training rounds their operands to: differences
  /// of losses and gradients near one another are made of what rounding takes away.
  func measuring<Result>(_ body: () -> Result) -> Result

  /// Text or figures to show beside the curves, such as a sample; nil where there is nothing.
  func sample(
    parameters: Span<Float>, prompt: String, tokens: Int, temperature: Double, seed: UInt64
  )
    -> String?
}

extension Workload {
  package func evaluateBase(parameters: Span<Float>) -> Double? { nil }

  package func measuring<Result>(_ body: () -> Result) -> Result { body() }

  package func sample(
    parameters: Span<Float>, prompt: String, tokens: Int, temperature: Double, seed: UInt64
  ) -> String? { nil }
}

/// The shareable, immutable part of a workload (texts, vocabularies, matrices), made once per run.
package protocol WorkloadSource: Sendable {
  var layout: TensorLayout { get }
  /// Tokens (or samples) a step consumes.
  var tokensPerStep: Int { get }
  /// The lowest loss any model can reach on the held-out set, where it is known.
  var entropyFloor: Double? { get }
  /// The same for what the weights of step 0 were trained on.
  var baseFloor: Double? { get }
  /// One line for headers and records.
  var dataDescription: String { get }
  /// `TextPrint` of the text, where it came from a file.
  var textPrint: String? { get }
  /// Bytes of activations and other working memory of one instance.
  var workingBytes: Int { get }

  /// A plane through the minimum to draw trajectories on; nil where the loss is no bowl.
  var shownPlane: EigenPlane? { get }

  /// The same source for another seed: what it drew for itself is drawn again from `seed`.
  ///
  /// A run of several seeds asks once for each, so that a seed among several is that seed alone.
  func seeded(_ seed: UInt64) -> any WorkloadSource

  /// The source with what takes training to prepare: the model that is fine-tuned. Blocks, data and costs
  /// are known before.
  func trained() throws(RunError) -> Self

  /// A workload for one arm, computing with at most `threads` threads.
  func makeWorkload(threads: Int) -> any Workload
}

extension WorkloadSource {
  package var baseFloor: Double? { nil }
  package var textPrint: String? { nil }
  package var shownPlane: EigenPlane? { nil }

  /// Itself, for sources that need no training.
  package func trained() throws(RunError) -> Self { self }

  /// Itself, for sources that draw nothing from the seed.
  package func seeded(_ seed: UInt64) -> any WorkloadSource { self }
}
