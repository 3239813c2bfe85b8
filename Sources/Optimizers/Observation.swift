/// Where an optimizer measures an alignment that its own steps do not need.
package enum Observation: Sendable, Hashable {
  case everywhere
  /// Where a mask is at work, not elsewhere.
  case masked
  case nowhere

  func looks(atMasked isMasked: Bool) -> Bool {
    switch self {
    case .everywhere: true
    case .masked: isMasked
    case .nowhere: false
    }
  }
}

extension ArmOptimizer {
  /// The momentum that a block's alignment is measured with, as it stands; empty where there is none.
  package func momentum(of block: Int) -> [Float] {
    let step = blockStep(block, StepContext(step: 0))
    var values = [Float](repeating: 0, count: step.range.count)
    if own.contains(block) {
      own.copy(step, into: &values)
    } else if observed.contains(block) {
      observed.copy(step, into: &values)
    } else if base.hasMomentum(block) {
      base.copyMomentum(step, into: &values)
    } else {
      return []
    }
    return values
  }
}
