import RealModule

/// How likely a block's update is dropped in a given step.
///
/// `linear` and `cosine` move from `mask` to `maskEnd` over the run. Two adaptive policies are ours:
/// `alignment`: `mask + gain·(null − c)`, with c the block's averaged cosine up to the step before
/// (so the coin never looks at this step's gradient) and `null = √(1−β²)` its value for pure noise;
/// `depth`: `mask·(1 + gain·(d − ½))`, d running from 0 at the first masked block to 1 at the last.
/// Both are kept within 0 … 0.95.
struct MaskPolicy {
  static let highest = 0.95

  var settings: MaskSettings

  /// Survival probability 1 − mask.
  func keep(step: Int, totalSteps: Int, depth: Double, averageCosine: Double, null: Double)
    -> Double
  {
    1 - mask(step, totalSteps, depth, averageCosine, null)
  }

  private func mask(
    _ step: Int, _ totalSteps: Int, _ depth: Double, _ cosine: Double, _ null: Double
  ) -> Double {
    let (mask, gain) = (settings.mask, settings.maskGain)
    switch settings.policy {
    case .constant: return mask
    case .linear: return mask + (settings.maskEnd - mask) * progress(step, totalSteps)
    case .cosine:
      let share = 0.5 * (1 - Double.cos(.pi * progress(step, totalSteps)))
      return mask + (settings.maskEnd - mask) * share
    case .alignment: return bounded(mask + gain * (null - cosine))
    case .depth: return bounded(mask * (1 + gain * (depth - 0.5)))
    }
  }

  private func progress(_ step: Int, _ totalSteps: Int) -> Double {
    let length = settings.maskSteps > 0 ? settings.maskSteps : totalSteps
    guard length > 0 else { return 0 }
    return min(1, Double(step) / Double(length))
  }

  private func bounded(_ mask: Double) -> Double { max(0, min(Self.highest, mask)) }
}

/// `sigmoid(cos/τ)`
func alignmentScore(_ cosine: Double, tau: Double) -> Double { 1 / (1 + Double.exp(-cosine / tau)) }
