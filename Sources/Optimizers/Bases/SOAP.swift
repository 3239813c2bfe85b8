import RunModel
import TensorKernels

/// Adam in the slowly turning eigenbasis of Shampoo's preconditioner.
///
/// `L ← βL + (1−β)GGᵀ`, `R ← βR + (1−β)GᵀG`; `G' = Q_LᵀGQ_R`, Adam's second moment of G', first moment
/// of G; `Δ = lr·Q_L(M'/(√V + ε))Q_Rᵀ`, decay after the step (Vyas et al., 2024). The bases follow by
/// one power iteration and QR every `every` steps; the first step only sets them up.
/// Vectors take Adam steps; sides longer than `maxdim` keep the identity.
struct SOAP: GradientTransformation {
  static let isElementwise = false
  static let decayStyle = DecayStyle.afterStep
  static let descriptor = OptimizerDescriptor(
    name: "soap", kind: .base,
    summary: "Adam in the eigenbasis of Shampoo; the first step only prepares.",
    equation: "G' = Q_LᵀGQ_R;  v ← β₂v + (1−β₂)G'²;  Δ = lr·Q_L(m'/(√v̂ + ε))Q_Rᵀ",
    paper: "Vyas et al., 2024, arXiv:2409.11321",
    hyperparameters: [
      .learningRate(3e-3), .beta1(0.95), .beta2(0.95), .epsilon(1e-8),
      .number(
        "betaShampoo", "share of the preconditioner that is kept", 0.95, 0...0.99999,
        scale: .retention),
      .integer("every", "steps between turns of the bases", 10, 1...100_000),
      .integer("maxdim", "longest side that is preconditioned", 10_000, 1...1_000_000),
      .weightDecay(0.01, "share of the weights lost per step, times the rate"),
    ], stateBytesPerElement: 24, momentum: .buffer(key: "beta1"), expensiveStepKey: "every")

  private let layout: TensorLayout
  private var moments: AdamMoments
  private var shampoo: Decay
  private var every: Int
  private var sides: [EigenSides]
  private var work: SOAPWorkspace

  init(layout: TensorLayout, settings: Settings) {
    self.layout = layout
    moments = AdamMoments(count: layout.count, settings: settings)
    shampoo = Decay(settings.number("betaShampoo"))
    every = settings.integer("every")
    let longest = settings.integer("maxdim")
    sides = layout.entries.map { entry in
      let (rows, columns) = entry.matrixShape
      let isMatrix = entry.shape.count > 1
      return EigenSides(
        left: EigenBasis(isMatrix && rows <= longest ? rows : 0),
        right: EigenBasis(isMatrix && columns <= longest ? columns : 0))
    }
    work = SOAPWorkspace(layout: layout)
  }

  mutating func configure(_ settings: Settings) {
    moments.configure(settings)
    shampoo = Decay(settings.number("betaShampoo"))
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    let block = step.block
    let g = gradients.extracting(step.range)
    let (rows, columns) = layout.entries[block].matrixShape
    guard step.update > 1 else {
      absorbPreconditioner(g, block, rows, columns)
      sides[block].left.decompose()
      sides[block].right.decompose()
      return
    }
    // The bases turn after every `every`-th real step; done here, before they are next looked at.
    let done = step.update - 2
    if done > 0, done.isMultiple(of: every) { turn(block, step.range, rows, columns) }
    work.load(g)
    work.rotate(sides[block], rows, columns, forward: true)
    moments.absorbFirst(g, at: step.range.lowerBound)
    moments.absorbSecond(work.matrix, count: g.count, at: step.range.lowerBound)
    absorbPreconditioner(g, block, rows, columns)
  }

  private mutating func absorbPreconditioner(
    _ g: Span<Float>, _ block: Int, _ rows: Int, _ columns: Int
  ) {
    sides[block].left.absorb(g, rows, columns, isLeft: true, shampoo)
    sides[block].right.absorb(g, rows, columns, isLeft: false, shampoo)
  }

  private mutating func turn(_ block: Int, _ range: Range<Int>, _ rows: Int, _ columns: Int) {
    if let order = sides[block].left.turn() {
      moments.permuteSquares(range, rows, columns, rows: order)
    }
    if let order = sides[block].right.turn() {
      moments.permuteSquares(range, rows, columns, columns: order)
    }
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let count = step.range.count
    guard step.update > 1 else {
      for i in offset..<offset + count { displacement[i] = 0 }
      return
    }
    let (rows, columns) = layout.entries[step.block].matrixShape
    work.load(moments.mean, step.range)
    work.rotate(sides[step.block], rows, columns, forward: true)
    work.divide(byRootsOf: moments.square, step.range, epsilon: moments.epsilon)
    work.rotate(sides[step.block], rows, columns, forward: false)
    let update = step.update - 1
    let correction = moments.second.bias(update).squareRoot() / moments.first.bias(update)
    let rate = Float(step.rate * correction)
    Kernels().scale(
      work.matrix.span.extracting(0..<count), by: rate, into: &displacement, at: offset)
  }

  func decays(_ update: Int) -> Bool { update > 1 }

  mutating func forget(_ step: BlockStep) {
    moments.forget(step.range)
    let old = sides[step.block]
    sides[step.block] = EigenSides(
      left: EigenBasis(old.left.side), right: EigenBasis(old.right.side))
  }

  func hasMomentum(_ block: Int) -> Bool { true }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    moments.copyMomentum(step.place, into: &target)
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    moments.alignment(step, gradients: gradients)
  }

  func momentumDecay(_ block: Int) -> Double { moments.first.beta }

  var scratchCount: Int {
    work.count + sides.reduce(0) { $0 + $1.left.scratchCount + $1.right.scratchCount }
  }

  var state: [StateBuffer] {
    get {
      moments.state + [
        StateBuffer(
          name: "preconditioner",
          values: sides.flatMap { $0.left.statistics + $0.right.statistics }),
        StateBuffer(name: "basis", values: sides.flatMap { $0.left.vectors + $0.right.vectors }),
      ]
    }
    set {
      moments.state = newValue
      let statistics = newValue.first { $0.name == "preconditioner" }?.values ?? []
      let vectors = newValue.first { $0.name == "basis" }?.values ?? []
      var place = 0
      for index in sides.indices {
        sides[index].left.restore(statistics, vectors, &place)
        sides[index].right.restore(statistics, vectors, &place)
      }
    }
  }
}
