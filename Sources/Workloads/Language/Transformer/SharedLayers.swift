import RealModule
import RunModel
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

  /// Of y = x·Wᵀ + b: dX = dY·W, dW (+)= dYᵀ·x, db += Σ dY; dY [M, out], x [M, in], W [out, in].
  func linearBackward(
    _ dY: Matrix, x: Matrix, weight: Matrix, dX: Matrix, dW: Matrix,
    dBias: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    kernels.multiply(dY, weight, into: dX)
    kernels.multiply(dY.transposed, x, into: dW, accumulate: pass.accumulates)
    if let dBias { kernels.addRows(of: dY, to: dBias) }
  }

  /// y [M, out] += b [out], where the projection has one.
  func addBias(_ bias: UnsafeMutablePointer<Float>?, to y: Matrix) {
    if let bias { kernels.addRow(UnsafePointer(bias), to: y) }
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
    for (i, frequency) in RotaryFrequencies.of(configuration.model).enumerated() {
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

/// The angles that a head's pairs turn by from one position to the next.
enum RotaryFrequencies {
  /// θ^(−2i/headWidth), then stretched as the model says.
  static func of(_ model: ModelConfiguration) -> [Float] {
    (0..<model.headWidth / 2).map { i in
      let exponent = Double(2 * i) / Double(model.headWidth)
      return scaled(Float(1 / Double.pow(model.ropeTheta, exponent)), model)
    }
  }

  /// llama3: with wavelength λ = 2π/frequency, slow ones (λ > context/low) are divided by the factor,
  /// fast ones (λ < context/high) kept, those between mixed by (context/λ − low)/(high − low).
  private static func scaled(_ frequency: Float, _ model: ModelConfiguration) -> Float {
    switch model.ropeScaling {
    case .none: return frequency
    case .linear: return frequency / Float(model.ropeFactor)
    case .llama3:
      let wavelength = 2 * Double.pi / Double(frequency)
      let context = Double(model.ropeContext)
      let slow = Double(frequency) / model.ropeFactor
      if wavelength > context / model.ropeLow { return Float(slow) }
      if wavelength < context / model.ropeHigh { return frequency }
      let share = (context / wavelength - model.ropeLow) / (model.ropeHigh - model.ropeLow)
      return Float((1 - share) * slow + share * Double(frequency))
    }
  }
}
