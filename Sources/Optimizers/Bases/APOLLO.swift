import RunModel
import TensorKernels

/// Adam's step sizes estimated in a random low-rank picture of the gradient, one per channel.
///
/// `R = PG` (P random, rank x rows, redrawn every `gap` steps), Adam's direction R̃ of R,
/// `s_j = ‖R̃_j‖/‖R_j‖`, `Δ = lr·√factor·G·diag(s)`, its norm growing at most 1 % a step (Zhu et al.,
/// 2025). Channels run along the longer side. `form=projected` scales R and projects it back instead,
/// as the `pytorch_optimizer` package does. Attention and MLP matrices; other blocks take Adam steps.
struct APOLLO: GradientTransformation {
  static let isElementwise = false
  static let decayStyle = DecayStyle.afterStep
  static let descriptor = OptimizerDescriptor(
    name: "apollo", kind: .base,
    summary: "Channel-wise step sizes from Adam in a random low-rank projection.",
    equation: "R = PG;  s_j = ‖Adam(R)_j‖/‖R_j‖;  Δ = lr·√factor·G·diag(s)",
    paper: "Zhu et al., 2025, arXiv:2412.05270",
    hyperparameters: [
      .learningRate(0.01), .beta1(0.9), .beta2(0.999), .epsilon(1e-6),
      .integer("rank", "rows of the projection; 0: a quarter of the shorter side", 0, 0...100_000),
      .integer("gap", "steps between new projections", 200, 1...1_000_000),
      .number("factor", "the step is multiplied by its root", 1, 0...1e6, scale: .logarithmic),
      .choice(
        "channels", "one size per channel, or one per tensor", "channel", ["channel", "tensor"]),
      .choice(
        "form", "paper: scale the gradient; projected: scale its projection and take that back",
        "paper", ["paper", "projected"]),
      .weightDecay(0, "share of the weights lost per step, times the rate"),
    ], stateBytesPerElement: 2)

  private let layout: TensorLayout
  private let parts: BlockParts
  private var moments: AdamMoments
  private var places: [Projection.Place]
  private var projection: Projection
  /// Norm of each block's last scaled gradient, 0 before the first.
  private var norms: [Float]
  private var lowMoments: AdamMoments
  /// The block at hand: its scaled gradient, and what keeps the norm from growing.
  private var scaled: [Float]
  private var limited = 1.0
  private var scale: Double
  private let perChannel: Bool
  private let isProjected: Bool

  init(layout: TensorLayout, settings: Settings) {
    self.layout = layout
    parts = BlockParts(layout) {
      $0.isHiddenMatrix && min($0.matrixShape.rows, $0.matrixShape.columns) > 1
    }
    moments = AdamMoments(count: parts.otherCount, settings: settings)
    places = Projection.places(
      layout, parts.isSelected, rank: settings.integer("rank"))
    projection = Projection(places, gap: settings.integer("gap"))
    lowMoments = AdamMoments(count: places.last?.end ?? 0, settings: settings)
    norms = Array(repeating: 0, count: layout.entries.count)
    let largest = places.map { $0.rows * $0.columns }.max() ?? 0
    isProjected = settings.text("form") == "projected"
    scaled = Array(repeating: 0, count: isProjected ? 0 : largest)
    scale = settings.number("factor")
    perChannel = settings.text("channels") == "channel"
  }

  mutating func configure(_ settings: Settings) {
    moments.configure(settings)
    lowMoments.configure(settings)
    scale = settings.number("factor")
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    guard parts.isSelected[step.block] else {
      moments.absorb(parts.shifted(step), gradients: gradients, parameters: parameters)
      return
    }
    let place = places[step.block]
    projection.prepare(step, place)
    projection.project(gradients.extracting(step.range), place)
    lowMoments.absorbFirst(projection.low, count: place.count, at: place.start)
    lowMoments.absorbSecond(projection.low, count: place.count, at: place.start)
    scaleGradient(gradients.extracting(step.range), place, step.block)
  }

  /// The gradient (or its picture) at the size of the channels' Adam steps; part of the state, as the
  /// norms are compared from step to step whether or not the step is then made.
  private mutating func scaleGradient(_ g: Span<Float>, _ place: Projection.Place, _ block: Int) {
    projection.measureChannels(lowMoments, place, perChannel: perChannel)
    if isProjected {
      limited = limit(projection.scaleLow(place), block)
    } else {
      projection.scale(g, place, into: &scaled, at: 0)
      limited = limit(squaredNorm(scaled, 0..<g.count).squareRoot(), block)
    }
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let correction = moments.second.bias(step.update).squareRoot() / moments.first.bias(step.update)
    let rate = step.rate * correction
    guard parts.isSelected[step.block] else {
      let step = parts.shifted(step)
      Kernels().divideByRoots(
        moments.mean.span.extracting(step.place), moments.square.span.extracting(step.place),
        rate: Float(rate), epsilon: moments.epsilon, into: &displacement, at: offset)
      return
    }
    let size = rate * limited * scale.squareRoot()
    if isProjected {
      projection.back(places[step.block], into: &displacement, at: offset)
      multiply(&displacement, offset, step.range.count, by: size * scale)
    } else {
      Kernels().scale(
        scaled.span.extracting(0..<step.range.count), by: Float(size), into: &displacement,
        at: offset)
    }
  }

  /// The factor that keeps the norm from growing by more than 1 % a step.
  private mutating func limit(_ norm: Double, _ block: Int) -> Double {
    var factor = 1.0
    if norms[block] > 0 {
      factor = 1.01 / max(norm / (Double(norms[block]) + 1e-8), 1.01)
    }
    norms[block] = Float(norm * factor)
    return factor
  }

  private func multiply(_ x: inout [Float], _ offset: Int, _ count: Int, by factor: Double) {
    Kernels().scale(&x, at: offset, count: count, by: Float(factor))
  }

  mutating func forget(_ step: BlockStep) {
    guard parts.isSelected[step.block] else {
      moments.forget(parts.shifted(step).place)
      return
    }
    lowMoments.forget(places[step.block].range)
    norms[step.block] = 0
  }

  func hasMomentum(_ block: Int) -> Bool { !parts.isSelected[block] }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    moments.copyMomentum(parts.shifted(step).place, into: &target)
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    moments.alignment(parts.shifted(step), gradients: gradients)
  }

  func momentumDecay(_ block: Int) -> Double { moments.first.beta }

  var scratchCount: Int { projection.count + scaled.count }

  var state: [StateBuffer] {
    get {
      moments.state
        + lowMoments.state.map {
          StateBuffer(name: "projected_" + $0.name, values: $0.values)
        } + [StateBuffer(name: "scaled_norm", values: norms)]
    }
    set {
      moments.state = newValue
      lowMoments.state = newValue.compactMap { buffer in
        guard buffer.name.hasPrefix("projected_") else { return nil }
        return StateBuffer(
          name: String(buffer.name.dropFirst("projected_".count)), values: buffer.values)
      }
      norms = newValue.first { $0.name == "scaled_norm" }?.values ?? []
      projection.forget()
    }
  }
}
