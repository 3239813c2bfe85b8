import RunModel
import TensorKernels

/// Muon whose rows are brought to one size by a second moment of the orthogonalized momentum.
///
/// `O = NewtonSchulz(B)`, `v ← β₂·v + (1−β₂)·mean over columns of O²`, `Ô = O/(√v + ε)` row by row,
/// `Δ = 0.2·lr·√(rows·columns)·Ô/‖Ô‖` (Li et al., 2025). v is state and follows every gradient, also of
/// dropped blocks. Attention and MLP matrices; other blocks take AdamW steps at `auxlr`, as Muon's.
struct NorMuon: GradientTransformation {
  static let isElementwise = false
  static let decayStyle = DecayStyle.beforeStep
  static let descriptor = OptimizerDescriptor(
    name: "normuon", kind: .base,
    summary: "Muon with rows of one size, by a second moment of what it orthogonalized.",
    equation:
      "O = NewtonSchulz(B);  v ← β₂v + (1−β₂)·rowmean(O²);  Δ = .2·lr·√(mn)·Ô/‖Ô‖, Ô = O/√v",
    paper: "Li et al., 2025, arXiv:2510.05491",
    hyperparameters: [
      .learningRate(0.02),
      .number(
        "momentum", "share of the momentum that is kept", 0.95, 0...0.9999, scale: .retention),
      .flag("nesterov", "looks one step ahead along the momentum", false),
      .integer("steps", "Newton-Schulz iterations", 5, 1...20), .beta2(0.95), .epsilon(1e-8),
      .weightDecay(0, "share of the weights lost per step, times the rate"),
    ] + Muon.auxiliarySettings, stateBytesPerElement: 4, momentum: .buffer(key: "momentum"))

  private let layout: TensorLayout
  private let isSelected: [Bool]
  /// Where a block's rows begin in `squares`.
  private let places: [Int]
  private var muon: Muon
  private var second: Decay
  private var epsilon: Float
  private var squares: [Float]
  /// The block at hand: absorbed last.
  private var direction: [Float]

  init(layout: TensorLayout, settings: Settings) {
    self.layout = layout
    isSelected = layout.entries.map(\.isHiddenMatrix)
    var count = 0
    places = layout.entries.map { entry in
      defer { count += entry.isHiddenMatrix ? entry.matrixShape.rows : 0 }
      return count
    }
    squares = Array(repeating: 0, count: count)
    muon = Muon(layout: layout, settings: Self.muonSettings(settings))
    second = Decay(settings.number("beta2"))
    epsilon = Float(settings.number("eps"))
    let largest = layout.entries.filter(\.isHiddenMatrix).map(\.range.count).max() ?? 0
    direction = Array(repeating: 0, count: largest)
  }

  private static func muonSettings(_ settings: Settings) -> Settings {
    var settings = settings
    settings.values["scaling"] = .text("original")
    return settings
  }

  mutating func configure(_ settings: Settings) {
    muon.configure(Self.muonSettings(settings))
    second = Decay(settings.number("beta2"))
    epsilon = Float(settings.number("eps"))
  }

  func ownLearningRate(_ block: Int) -> Double? { muon.ownLearningRate(block) }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    muon.absorb(step, gradients: gradients, parameters: parameters)
    guard isSelected[step.block] else { return }
    muon.orthogonalize(step, gradients: gradients, into: &direction, at: 0)
    let (rows, columns) = layout.entries[step.block].matrixShape
    for row in 0..<rows {
      let mean = squaredNorm(direction, row * columns..<(row + 1) * columns) / Double(columns)
      let place = places[step.block] + row
      squares[place] = second.kept * squares[place] + second.fresh * Float(mean)
    }
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    guard isSelected[step.block] else {
      muon.displace(
        step, gradients: gradients, parameters: parameters, into: &displacement, at: offset)
      return
    }
    let (rows, columns) = layout.entries[step.block].matrixShape
    let count = step.range.count
    for row in 0..<rows {
      let factor = 1 / (squares[places[step.block] + row].squareRoot() + epsilon)
      for i in row * columns..<(row + 1) * columns {
        displacement[offset + i] = direction[i] * factor
      }
    }
    let norm = squaredNorm(displacement, offset..<offset + count).squareRoot()
    let size = norm > 0 ? 0.2 * step.rate * Double(count).squareRoot() / norm : 0
    Kernels().scale(&displacement, at: offset, count: count, by: Float(size))
  }

  mutating func forget(_ step: BlockStep) {
    muon.forget(step)
    guard isSelected[step.block] else { return }
    let rows = layout.entries[step.block].matrixShape.rows
    squares.clear(places[step.block]..<places[step.block] + rows)
  }

  func hasMomentum(_ block: Int) -> Bool { true }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    muon.copyMomentum(step, into: &target)
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    muon.alignment(step, gradients: gradients)
  }

  func momentumDecay(_ block: Int) -> Double { muon.momentumDecay(block) }

  var scratchCount: Int { muon.scratchCount + direction.count }

  var state: [StateBuffer] {
    get { muon.state + [StateBuffer(name: "row_squares", values: squares)] }
    set {
      muon.state = newValue
      squares = newValue.first { $0.name == "row_squares" }?.values ?? []
    }
  }
}
