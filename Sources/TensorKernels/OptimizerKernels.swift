import CKernels

/// `a·b`, `|a|²` and `|b|²` of two equally long vectors, taken in one pass.
package struct TripleReduction: Sendable, Equatable {
  package var dot: Double
  package var firstSquared: Double
  package var secondSquared: Double

  /// The cosine of the angle between them; 0 when one is zero.
  package var cosine: Double {
    let norms = (firstSquared * secondSquared).squareRoot()
    return norms > 0 ? dot / norms : 0
  }
}

/// The constants of one Adam step (Kingma & Ba, 2015; AdamW: Loshchilov & Hutter, 2019).
package struct AdamConstants: Sendable {
  var values = mgs_adam()

  /// `step` counts from 1; complements are taken in double before they are rounded.
  package init(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int,
    coupledDecay: Double = 0, decoupledDecay: Double = 0
  ) {
    var (power1, power2) = (1.0, 1.0)
    for _ in 0..<step {
      power1 *= beta1
      power2 *= beta2
    }
    values.beta1 = Float(beta1)
    values.oneMinusBeta1 = Float(1 - beta1)
    values.beta2 = Float(beta2)
    values.oneMinusBeta2 = Float(1 - beta2)
    values.epsilon = Float(epsilon)
    values.stepSize = Float(learningRate / (1 - power1))
    values.inverseRootCorrection = Float(1 / (1 - power2).squareRoot())
    values.coupledDecay = Float(coupledDecay)
    values.parameterFactor = Float(1 - learningRate * decoupledDecay)
  }
}

/// Passes over one block that an optimizer may use where its arithmetic is exactly this.
extension Kernels {
  /// Both squared norms and the dot product in one pass, in an order fixed for the level.
  package func reduce(_ a: Span<Float>, _ b: Span<Float>) -> TripleReduction {
    precondition(a.count == b.count, "the vectors differ in length")
    return a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        guard let first = a.baseAddress, let second = b.baseAddress else {
          return reduction { _ in }
        }
        return reduction { table.pointee.tripleReduction(a.count, first, second, $0) }
      }
    }
  }

  /// `m ← decay·m + (1 − decay)·g`, and the reduction of (m, g) with the new m.
  package func updateMomentum(
    _ moment: inout MutableSpan<Float>, gradients: Span<Float>, decay: Double
  ) -> TripleReduction {
    precondition(moment.count == gradients.count, "the vectors differ in length")
    return moment.withUnsafeMutableBufferPointer { m in
      gradients.withUnsafeBufferPointer { g in
        guard let moment = m.baseAddress, let gradient = g.baseAddress else {
          return reduction { _ in }
        }
        return reduction {
          table.pointee.momentumReduction(
            g.count, Float(decay), Float(1 - decay), gradient, moment, $0)
        }
      }
    }
  }

  /// One Adam step: moments, then `p ← factor·p − scale·step·m̂/(√v̂ + ε)`.
  ///
  /// `updatesFirstMoment` false when `updateMomentum` already did; `writes` false for a dropped
  /// block, whose moments move and whose parameters stay.
  package func adam(
    _ constants: AdamConstants, parameters: inout MutableSpan<Float>, gradients: Span<Float>,
    firstMoment: inout MutableSpan<Float>, secondMoment: inout MutableSpan<Float>,
    scale: Float = 1, updatesFirstMoment: Bool = true, writes: Bool = true
  ) {
    let count = gradients.count
    precondition(
      parameters.count == count && firstMoment.count == count && secondMoment.count == count,
      "the vectors differ in length")
    var values = constants.values
    gradients.withUnsafeBufferPointer { g in
      parameters.withUnsafeMutableBufferPointer { p in
        firstMoment.withUnsafeMutableBufferPointer { m in
          secondMoment.withUnsafeMutableBufferPointer { v in
            guard let gradient = g.baseAddress, let parameter = p.baseAddress,
              let first = m.baseAddress, let second = v.baseAddress
            else { return }
            table.pointee.adam(
              count, &values, gradient, first, second, parameter, scale,
              updatesFirstMoment ? 1 : 0, writes ? 1 : 0)
          }
        }
      }
    }
  }

  private func reduction(_ body: (UnsafeMutablePointer<Double>) -> Void) -> TripleReduction {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { results in
      results.initialize(repeating: 0)
      guard let base = results.baseAddress else {
        return TripleReduction(dot: 0, firstSquared: 0, secondSquared: 0)
      }
      body(base)
      return TripleReduction(dot: base[0], firstSquared: base[1], secondSquared: base[2])
    }
  }
}
