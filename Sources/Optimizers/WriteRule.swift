import TensorKernels

/// How a displacement enters the parameters: `θ ← keep·θ − scale·Δ`.
///
/// Inside the mask, decay is part of Δ: `θ − s·(Δ + λθ)`; outside it acts whatever the coin says.
struct WriteRule {
  private var factors: WriteFactors

  init(scale: Double, shrink: Double, style: DecayStyle, decaysOutside: Bool) {
    let inner = style == .afterStep ? scale * (1 - shrink) : scale
    let keep = Float(1 - (decaysOutside ? shrink : scale * shrink))
    factors = WriteFactors(
      keep: keep, factor: Float(inner), lost: decaysOutside ? 0 : Float(scale * shrink),
      spared: decaysOutside ? 0 : 1 - keep)
  }

  /// The rule with the displacement (not its decay) multiplied by `scale`.
  func scalingDisplacement(by scale: Double) -> WriteRule {
    var rule = self
    rule.factors.factor = Float(Double(factors.factor) * scale)
    return rule
  }

  /// Writes one stretch; returns the squared norm of what was asked for.
  func apply(
    _ displacement: Span<Float>, to parameters: inout MutableSpan<Float>, at range: Range<Int>
  ) -> Double {
    Kernels().write(displacement, factors, to: &parameters, at: range)
  }

  /// The same where `kept` (0 or 1 per element) decides.
  func apply(
    _ displacement: Span<Float>, kept: Span<Float>, to parameters: inout MutableSpan<Float>,
    at range: Range<Int>
  ) -> Double {
    Kernels().write(displacement, kept: kept, factors, to: &parameters, at: range)
  }

  /// What remains of a dropped block: decay when it stands outside the mask.
  func shrinkOnly(_ parameters: inout MutableSpan<Float>, at range: Range<Int>) {
    guard factors.keep != 1 else { return }
    Kernels().shrink(&parameters, at: range, keep: factors.keep)
  }
}
