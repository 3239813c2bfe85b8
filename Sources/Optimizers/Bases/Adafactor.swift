import RunModel
import TensorKernels

/// Second moments kept as one row and one column average a matrix; steps relative to the weights.
///
/// `R ← R + ρ(mean_cols G² − R)`, `C` likewise over rows, `ρ = t^decay`; `V = R·C/mean(R)`,
/// `U = G/√V`, `Δ = max(eps2, rms θ)·min(lr, 1/√t)·U/max(1, rms U/clip)` (Shazeer & Stern, 2018),
/// as PyTorch's class: no first moment, decoupled decay. Vectors keep the full second moment.
struct Adafactor: GradientTransformation {
  static let isElementwise = false
  static let decayStyle = DecayStyle.beforeStep
  static let descriptor = OptimizerDescriptor(
    name: "adafactor", kind: .base,
    summary: "Adaptive steps from row and column averages: memory of a vector, not a matrix.",
    equation:
      "V = R·C/mean(R);  U = G/√V;  Δ = max(eps2, rms θ)·min(lr, 1/√t)·U/max(1, rms U/clip)",
    paper: "Shazeer & Stern, 2018, arXiv:1804.04235",
    hyperparameters: [
      .learningRate(0.01),
      .number("beta2Decay", "exponent of the averages' step ρ = t^decay", -0.8, -5...0),
      .number("eps1", "floor under the second moment", 1.1920929e-7, 0...1, scale: .logarithmic),
      .number("eps2", "floor under the weights' scale", 1e-3, 0...1, scale: .logarithmic),
      .number("clip", "largest root mean square of a block's step", 1, 1e-6...1e6),
      .weightDecay(0, "share of the weights lost per step, times the rate"),
    ], stateBytesPerElement: 0.06)

  private let layout: TensorLayout
  private let places: [Place]
  private var averages: [Float]
  private var exponent: Double
  private var floors: (variance: Double, scale: Double)
  private var clip: Double

  /// Where a block's averages lie: rows then columns, or one per element for vectors.
  private struct Place: Sendable {
    var start: Int
    var rows: Int
    var columns: Int
    var isFactored: Bool
  }

  init(layout: TensorLayout, settings: Settings) {
    self.layout = layout
    var count = 0
    places = layout.entries.map { entry in
      let (rows, columns) = entry.matrixShape
      let isFactored = entry.shape.count > 1
      defer { count += isFactored ? rows + columns : entry.range.count }
      return Place(start: count, rows: rows, columns: columns, isFactored: isFactored)
    }
    averages = Array(repeating: 0, count: count)
    exponent = settings.number("beta2Decay")
    floors = (settings.number("eps1"), settings.number("eps2"))
    clip = settings.number("clip")
  }

  mutating func configure(_ settings: Settings) {
    exponent = settings.number("beta2Decay")
    floors = (settings.number("eps1"), settings.number("eps2"))
    clip = settings.number("clip")
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    let (place, fresh) = (places[step.block], Float(realPower(Double(step.update), exponent)))
    let g = gradients.extracting(step.range)
    guard place.isFactored else {
      for i in g.indices {
        averages[place.start + i] += fresh * (g[i] * g[i] - averages[place.start + i])
      }
      return
    }
    for row in 0..<place.rows {
      let values = g.extracting(row * place.columns..<(row + 1) * place.columns)
      let mean = Float(squaredNorm(values) / Double(place.columns))
      averages[place.start + row] += fresh * (mean - averages[place.start + row])
    }
    absorbColumns(g, place, fresh)
  }

  private mutating func absorbColumns(_ g: Span<Float>, _ place: Place, _ fresh: Float) {
    let start = place.start + place.rows
    let share = fresh / Float(place.rows)
    for column in 0..<place.columns { averages[start + column] *= 1 - fresh }
    for row in 0..<place.rows {
      for column in 0..<place.columns {
        let value = g[row * place.columns + column]
        averages[start + column] += share * value * value
      }
    }
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let (place, g) = (places[step.block], gradients.extracting(step.range))
    normalize(g, place, into: &displacement, at: offset)
    let count = Double(max(1, g.count))
    let size = squaredNorm(displacement.span.extracting(offset..<offset + g.count)) / count
    let weights = squaredNorm(parameters.extracting(step.range)) / count
    let rate = min(step.rate, 1 / Double(step.update).squareRoot())
    let relative = max(floors.scale, weights.squareRoot()) * rate
    let factor = Float(relative / max(1, size.squareRoot() / clip))
    for i in offset..<offset + g.count { displacement[i] *= factor }
  }

  private func normalize(
    _ g: Span<Float>, _ place: Place, into target: inout [Float], at offset: Int
  ) {
    let floor = Float(floors.variance * floors.variance)
    guard place.isFactored else {
      for i in g.indices {
        target[offset + i] = g[i] / max(averages[place.start + i], floor).squareRoot()
      }
      return
    }
    let columns = place.start + place.rows
    var total = 0.0
    for row in 0..<place.rows { total += Double(averages[place.start + row]) }
    let mean = Float(max(total / Double(place.rows), floors.variance))
    for row in 0..<place.rows {
      let rowAverage = averages[place.start + row]
      for column in 0..<place.columns {
        let i = row * place.columns + column
        let variance = rowAverage * averages[columns + column] / mean
        target[offset + i] = g[i] / max(variance, floor).squareRoot()
      }
    }
  }

  mutating func forget(_ step: BlockStep) {
    let place = places[step.block]
    averages.clear(
      place.start..<place.start + (place.isFactored ? place.rows + place.columns : step.range.count)
    )
  }

  func hasMomentum(_ block: Int) -> Bool { false }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {}

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums { AlignmentSums() }

  func momentumDecay(_ block: Int) -> Double { 0 }

  var state: [StateBuffer] {
    get { [StateBuffer(name: "second_moment", values: averages)] }
    set { averages = newValue.first?.values ?? [] }
  }
}
