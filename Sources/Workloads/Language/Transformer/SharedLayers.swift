import RealModule
import TensorKernels

/// What every layer is made of: the norm, and the gradient of a product with a weight.
extension TransformerShard {
  func normalize(
    _ x: Matrix, _ weight: UnsafeMutablePointer<Float>, into y: Matrix,
    _ deviation: UnsafeMutablePointer<Float>
  ) {
    kernels.rmsNorm(
      x, weight: UnsafePointer(weight), offset: configuration.normOffset,
      epsilon: configuration.normEpsilon, into: y, inverseDeviation: deviation)
  }

  /// Adds to dStream, which already holds what the residual path brings back.
  func normalizeBackward(
    _ dY: Matrix, x: Matrix, _ weight: UnsafeMutablePointer<Float>,
    _ deviation: UnsafeMutablePointer<Float>, dW: UnsafeMutablePointer<Float>
  ) {
    kernels.rmsNormBackward(
      dY, x: x, weight: UnsafePointer(weight), offset: configuration.normOffset,
      inverseDeviation: UnsafePointer(deviation), dX: buffers.dStream.first(x.rows), dW: dW)
  }

  /// Of y = x·Wᵀ: dX = dY·W, dW (+)= dYᵀ·x; dY [M, out], x [M, in], W [out, in].
  func linearBackward(
    _ dY: Matrix, x: Matrix, weight: Matrix, dX: Matrix, dW: Matrix, _ pass: Pass
  ) {
    kernels.multiply(dY, weight, into: dX)
    kernels.multiply(dY.transposed, x, into: dW, accumulate: pass.accumulates)
  }
}

/// cos and sin of position · base^(−2i/headWidth): [context, headWidth/2] each (Su et al., 2021).
///
/// Angles are rounded to single precision where Hugging Face rounds them.
final class RotaryTables {
  private let arena: TensorArena
  let cosines: UnsafePointer<Float>
  let sines: UnsafePointer<Float>

  init(_ configuration: TransformerConfiguration) {
    let (context, headWidth) = (configuration.model.context, configuration.headWidth)
    let half = headWidth / 2
    arena = TensorArena(count: 2 * context * half)
    guard let base = arena.elements.baseAddress else { preconditionFailure("an empty arena") }
    for i in 0..<half {
      let exponent = Double(2 * i) / Double(headWidth)
      let frequency = Float(1 / Double.pow(configuration.model.ropeTheta, exponent))
      for position in 0..<context {
        let angle = Double(Float(position) * frequency)
        base[position * half + i] = Float(Double.cos(angle))
        base[(context + position) * half + i] = Float(Double.sin(angle))
      }
    }
    cosines = UnsafePointer(base)
    sines = UnsafePointer(base + context * half)
  }
}
