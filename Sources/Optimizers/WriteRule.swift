import RealModule

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
    precondition(displacement.count >= range.count, "the displacement does not fit")
    precondition(range.upperBound <= parameters.count, "the stretch lies outside the arena")
    let (start, keep, factor) = (range.lowerBound, parameterFactor, displacementFactor)
    guard measures else {
      for i in range {
        parameters[unchecked: i] =
          keep * parameters[unchecked: i] - factor * displacement[unchecked: i - start]
      }
      return 0
    }
    var moved: Float = 0
    for i in range {
      let old = parameters[unchecked: i]
      let new = keep * old - factor * displacement[unchecked: i - start]
      parameters[unchecked: i] = new
      moved = Relaxed.multiplyAdd(new - old, new - old, moved)
    }
    return Double(moved)
  }

  /// The same where `kept` (0 or 1 per element) decides.
  func apply(
    _ displacement: Span<Float>, kept: Span<Float>, to parameters: inout MutableSpan<Float>,
    at range: Range<Int>
  ) -> Double {
    precondition(
      displacement.count >= range.count && kept.count >= range.count, "the mask does not fit")
    precondition(range.upperBound <= parameters.count, "the stretch lies outside the arena")
    let (start, keep, factor) = (range.lowerBound, parameterFactor, displacementFactor)
    let spared = spared
    var moved: Float = 0
    for i in range {
      let (old, m) = (parameters[unchecked: i], kept[unchecked: i - start])
      let new = (keep + (1 - m) * spared) * old - m * factor * displacement[unchecked: i - start]
      parameters[unchecked: i] = new
      moved = Relaxed.multiplyAdd(new - old, new - old, moved)
    }
    return Double(moved)
  }

  /// What remains of a dropped block: decay when it stands outside the mask.
  func shrinkOnly(_ parameters: inout MutableSpan<Float>, at range: Range<Int>) -> Double {
    guard parameterFactor != 1 else { return 0 }
    precondition(range.upperBound <= parameters.count, "the stretch lies outside the arena")
    let keep = parameterFactor
    var moved: Float = 0
    for i in range {
      let old = parameters[unchecked: i]
      parameters[unchecked: i] = keep * old
      moved = Relaxed.multiplyAdd(keep * old - old, keep * old - old, moved)
    }
    return Double(moved)
  }
}
