import TensorKernels

/// How a displacement enters the parameters: `θ ← keep·θ − scale·Δ`.
///
/// Inside the mask, decay is part of Δ: `θ − s·(Δ + λθ)`; outside it acts whatever the coin says.
struct WriteRule {
  /// Factor on θ, and on Δ.
  let parameterFactor: Float
  private(set) var displacementFactor: Float
  /// Decay that a dropped element is spared, for masks finer than the tensor.
  let spared: Float

  init(scale: Double, shrink: Double, style: DecayStyle, decaysOutside: Bool) {
    let inner = style == .afterStep ? scale * (1 - shrink) : scale
    displacementFactor = Float(inner)
    parameterFactor = Float(1 - (decaysOutside ? shrink : scale * shrink))
    spared = decaysOutside ? 0 : 1 - parameterFactor
  }

  /// The rule with the displacement (not its decay) multiplied by `scale`.
  func scalingDisplacement(by scale: Double) -> WriteRule {
    var rule = self
    rule.displacementFactor = Float(Double(displacementFactor) * scale)
    return rule
  }

  /// Writes one stretch; returns ‖Δθ‖² when it `measures`, else 0.
  func apply(
    _ displacement: Span<Float>, to parameters: inout MutableSpan<Float>, at range: Range<Int>,
    measures: Bool
  ) -> Double {
    let (kernels, keep, factor) = (Kernels(), parameterFactor, displacementFactor)
    guard measures else {
      kernels.write(displacement, keep: keep, factor: factor, to: &parameters, at: range)
      return 0
    }
    return kernels.writeMeasured(
      displacement, keep: keep, factor: factor, to: &parameters, at: range)
  }

  /// The same where `kept` (0 or 1 per element) decides.
  func apply(
    _ displacement: Span<Float>, kept: Span<Float>, to parameters: inout MutableSpan<Float>,
    at range: Range<Int>
  ) -> Double {
    Kernels().write(
      displacement, kept: kept, keep: parameterFactor, spared: spared, factor: displacementFactor,
      to: &parameters, at: range)
  }

  /// What remains of a dropped block: decay when it stands outside the mask.
  func shrinkOnly(_ parameters: inout MutableSpan<Float>, at range: Range<Int>) -> Double {
    guard parameterFactor != 1 else { return 0 }
    return Kernels().shrink(&parameters, at: range, keep: parameterFactor)
  }
}
