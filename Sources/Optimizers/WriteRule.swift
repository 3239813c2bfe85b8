import TensorKernels

/// How a displacement enters the parameters: `θ ← keep·θ − scale·Δ`.
///
/// Inside the mask, decay is part of Δ: `θ − s·(Δ + λθ)`; outside it acts whatever the coin says;
/// cautious, it acts where it agrees with the unmasked Δ: `θ − λ[Δ·θ ≥ 0]θ` (Chen et al., 2025).
struct WriteRule {
  private var factors: WriteFactors
  /// Share of the weights that decays where it agrees with the displacement.
  private let agreeing: Float

  init(scale: Double, shrink: Double, style: DecayStyle, decay: MaskSettings.Decay) {
    switch decay {
    case .inside:
      let keep = Float(1 - scale * shrink)
      factors = WriteFactors(
        keep: keep, factor: Float(Self.inner(scale, shrink, style)),
        lost: Float(scale * shrink), spared: 1 - keep)
      agreeing = 0
    case .outside:
      factors = WriteFactors(
        keep: Float(1 - shrink), factor: Float(Self.inner(scale, shrink, style)))
      agreeing = 0
    case .cautious:
      factors = WriteFactors(factor: Float(scale))
      agreeing = Float(shrink)
    }
  }

  /// The factor on Δ where the decay of the same step acts on it as well.
  private static func inner(_ scale: Double, _ shrink: Double, _ style: DecayStyle) -> Double {
    style == .afterStep ? scale * (1 - shrink) : scale
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
    shrinkAgreeing(displacement, &parameters, range)
    return Kernels().write(displacement, factors, to: &parameters, at: range)
  }

  /// The same where `kept` (0 or 1 per element) decides.
  func apply(
    _ displacement: Span<Float>, kept: Span<Float>, to parameters: inout MutableSpan<Float>,
    at range: Range<Int>
  ) -> Double {
    shrinkAgreeing(displacement, &parameters, range)
    return Kernels().write(displacement, kept: kept, factors, to: &parameters, at: range)
  }

  /// Whether a dropped block's displacement has to be known for its decay.
  var looksAtDropped: Bool { agreeing != 0 }

  /// What remains of a dropped block whose decay is cautious.
  func shrinkAgreeing(
    _ displacement: Span<Float>, _ parameters: inout MutableSpan<Float>, _ range: Range<Int>
  ) {
    guard agreeing != 0 else { return }
    Kernels().shrinkAgreeing(displacement, share: agreeing, of: &parameters, at: range)
  }

  /// What remains of a dropped block whose decay stands outside the mask.
  func shrinkOnly(_ parameters: inout MutableSpan<Float>, at range: Range<Int>) {
    guard factors.keep != 1 else { return }
    Kernels().shrink(&parameters, at: range, keep: factors.keep)
  }
}
