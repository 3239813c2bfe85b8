import RunModel
import TensorKernels

/// The part of one step that concerns one block, or one stretch of a block.
struct BlockStep {
  /// Index in the layout, and the stretch of the arena to work on.
  var block: Int
  var range: Range<Int>
  /// 1-based count of the updates this block's moments have seen, this one included.
  var update: Int
  /// Learning rate of this block in this step, all factors included.
  var rate: Double
  /// Weight decay to add to the gradient (coupled L2); 0 for decoupled bases.
  var coupledDecay: Float
  /// Seed of the run, for bases that draw random projections.
  var seed: UInt64
  /// What the place in the arena exceeds the place in the moments by, where only some blocks have
  /// them.
  var shift = 0

  /// The stretch in the moments.
  var place: Range<Int> { range.lowerBound - shift..<range.upperBound - shift }
}

/// How a base optimizer applies its weight decay.
enum DecayStyle: Sendable {
  /// Part of the gradient: `g ← g + wd·θ`.
  case coupled
  /// `θ ← (1 − lr·wd)·θ`, then the step.
  case beforeStep
  /// The step, then `θ ← (1 − lr·wd)·θ`.
  case afterStep
}

/// A base optimizer: turns gradients into displacements, block by block, in place.
///
/// `absorb` lets the moments take in a gradient and is called on every step, also when the block is
/// masked; `displace` computes the whole displacement Δ (learning rate included) and is called only
/// when it will be used. One existential call per stretch of a block, never per element.
protocol GradientTransformation: Sendable {
  /// Whether stretches of a block can be absorbed and displaced independently of one another.
  static var isElementwise: Bool { get }
  static var decayStyle: DecayStyle { get }

  init(layout: TensorLayout, settings: Settings)

  /// Takes over changed settings; called between steps.
  mutating func configure(_ settings: Settings)

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>)

  /// Writes Δ of `step.range` to `displacement`, from index `offset` on.
  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int)

  /// Makes the moments of a whole block fresh, as before its first update.
  mutating func forget(_ step: BlockStep)

  /// Whether the base keeps, for this block, a first moment in the gradient's coordinates.
  func hasMomentum(_ block: Int) -> Bool

  /// Writes the momentum of a stretch to the beginning of `target`; needs `hasMomentum`.
  func copyMomentum(_ step: BlockStep, into target: inout [Float])

  /// The sums that cos(momentum, gradient) is made of, over a stretch; needs `hasMomentum`.
  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums

  /// How much of its past the momentum keeps: the β of the alignment's null `√(1−β²)`.
  func momentumDecay(_ block: Int) -> Double

  /// A learning rate of the block's own, for blocks that another rule than the base's moves.
  func ownLearningRate(_ block: Int) -> Double?

  /// Whether the weights decay with a block's `update`-th update; false where that only prepares.
  func decays(_ update: Int) -> Bool

  /// Every buffer of state, named; set with buffers of the same names and sizes.
  var state: [StateBuffer] { get set }

  /// Floats of buffers that hold nothing between steps.
  var scratchCount: Int { get }
}

extension GradientTransformation {
  func ownLearningRate(_ block: Int) -> Double? { nil }
  func decays(_ update: Int) -> Bool { true }
  var scratchCount: Int { 0 }
}

extension [Float] {
  mutating func take(_ values: Span<Float>) { for i in values.indices { self[i] = values[i] } }

  mutating func clear(_ range: Range<Int>) { for i in range { self[i] = 0 } }
}

/// One named buffer of optimizer state, as checkpoints hold it.
struct StateBuffer {
  var name: String
  var values: [Float]
}
