import CKernels
import RunModel

/// Kernels over the rows of activations; all matrices are contiguous unless said otherwise.
extension Kernels {
  /// `y = x · rstd · (offset + w)`, `rstd = 1/√(mean(x²) + ε)` row by row (Zhang & Sennrich, 2019).
  ///
  /// x, y [M, C], w [C], rstd [M]; Llama's offset is 0, Gemma's 1.
  package func rmsNorm(
    _ x: Matrix, weight: UnsafePointer<Float>, offset: Float, epsilon: Float, into y: Matrix,
    inverseDeviation: UnsafeMutablePointer<Float>
  ) {
    precondition(x.isContiguous && y.isContiguous && x.count == y.count, "shapes differ")
    table.pointee.rmsNormForward(
      x.rows, x.columns, x.base, weight, offset, epsilon, y.base, inverseDeviation)
  }

  /// Adds the gradients of `rmsNorm`: dX [M, C] and dW [C] from dY [M, C].
  package func rmsNormBackward(
    _ dY: Matrix, x: Matrix, weight: UnsafePointer<Float>, offset: Float,
    inverseDeviation: UnsafePointer<Float>, dX: Matrix, dW: UnsafeMutablePointer<Float>
  ) {
    precondition(dY.isContiguous && x.isContiguous && dX.isContiguous, "rows must be contiguous")
    precondition(dY.count == x.count && dX.count == x.count, "shapes differ")
    table.pointee.rmsNormBackward(
      x.rows, x.columns, dY.base, x.base, weight, offset, inverseDeviation, dX.base, dW)
  }

  /// Rotates `heads` heads at the start of each row in place (Su et al., 2021; rotate-half).
  ///
  /// x [sequences·length, ≥ heads·headWidth]; tables [length, headWidth/2]; `inverse` is the
  /// transpose, which carries gradients back.
  package func rotate(
    _ x: Matrix, length: Int, heads: Int, headWidth: Int, cosines: UnsafePointer<Float>,
    sines: UnsafePointer<Float>, inverse: Bool = false
  ) {
    precondition(x.rows.isMultiple(of: length) && heads * headWidth <= x.columns, "shapes differ")
    table.pointee.rotate(
      x.rows / length, length, heads, headWidth, x.base, x.rowStride, cosines, sines,
      inverse ? -1 : 1)
  }

  /// `out = φ(gate) · up`, φ = `activation` (Shazeer, 2020).
  ///
  /// gateUp [M, 2F] as gate | up, out [M, F].
  package func gate(_ gateUp: Matrix, into out: Matrix, _ activation: ModelConfiguration.Activation)
  {
    precondition(gateUp.count == 2 * out.count && gateUp.isContiguous, "shapes differ")
    table.pointee.gatedForward(
      out.rows, out.columns, gateUp.base, out.base, Self.code(activation))
  }

  /// The gradient of `gate`, written to `dGateUp`, which may be `gateUp` itself.
  package func gateBackward(
    _ dOut: Matrix, gateUp: Matrix, dGateUp: Matrix, _ activation: ModelConfiguration.Activation
  ) {
    precondition(gateUp.count == 2 * dOut.count && dGateUp.count == gateUp.count, "shapes differ")
    table.pointee.gatedBackward(
      dOut.rows, dOut.columns, gateUp.base, dOut.base, dGateUp.base, Self.code(activation))
  }

  private static func code(_ activation: ModelConfiguration.Activation) -> Int32 {
    switch activation {
    case .silu: MGS_SILU
    case .gelu: MGS_GELU
    case .geluTanh: MGS_GELU_TANH
    }
  }

  /// `y[i] += x` for every row y[i] of `y`: x [C].
  package func addRow(_ x: UnsafePointer<Float>, to y: Matrix) {
    precondition(y.isContiguous, "rows must be contiguous")
    for row in 0..<y.rows { add(x, to: y.base + row * y.rowStride, count: y.columns) }
  }

  /// `y += Σ x[i]` over the rows of `x`, in their order: y [C].
  package func addRows(of x: Matrix, to y: UnsafeMutablePointer<Float>) {
    precondition(x.isContiguous, "rows must be contiguous")
    for row in 0..<x.rows { add(x.base + row * x.rowStride, to: y, count: x.columns) }
  }

  /// Sum over rows of `-log softmax(logits)[target]`.
  ///
  /// logits [M, V], targets [M]. With `gradientScale` the logits are replaced by their gradient
  /// times it; otherwise their content is lost. `softcap` > 0 first maps z to cap·tanh(z/cap).
  package func crossEntropy(
    _ logits: Matrix, targets: UnsafePointer<Int32>, softcap: Float = 0,
    gradientScale: Float? = nil
  ) -> Double {
    table.pointee.crossEntropy(
      logits.rows, logits.columns, logits.base, logits.rowStride, targets, softcap,
      gradientScale ?? 0)
  }

  /// `out[i] = scale · table[indices[i]]`: out [M, C], table [V, C].
  package func gather(
    _ table: UnsafePointer<Float>, indices: UnsafePointer<Int32>, scale: Float, into out: Matrix
  ) {
    self.table.pointee.gather(out.rows, out.columns, table, indices, scale, out.base)
  }

  /// `table[indices[i]] += scale · x[i]`, in the order of the rows.
  package func scatterAdd(
    _ x: Matrix, indices: UnsafePointer<Int32>, scale: Float,
    into table: UnsafeMutablePointer<Float>
  ) {
    self.table.pointee.scatterAdd(x.rows, x.columns, x.base, indices, scale, table)
  }

  /// `y += x`.
  package func add(
    _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int
  ) {
    table.pointee.add(count, x, y)
  }

  /// `z ← cap·tanh(z/cap)` element by element (Gemma 2's soft cap).
  package func cap(_ values: Matrix, _ cap: Float) {
    precondition(values.isContiguous, "rows must be contiguous")
    for i in 0..<values.count { values.base[i] /= cap }
    table.pointee.hyperbolicTangent(values.count, values.base, values.base)
    for i in 0..<values.count { values.base[i] *= cap }
  }

  package func exponential(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
    apply(table.pointee.exponential, x, into: &y)
  }

  package func hyperbolicTangent(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
    apply(table.pointee.hyperbolicTangent, x, into: &y)
  }

  /// `y` = `x` rounded to bfloat16 as the operands of products are.
  package func roundToBF16(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
    apply(table.pointee.roundToBF16, x, into: &y)
  }

  private func apply(
    _ kernel: @convention(c) (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    _ x: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    precondition(x.count == y.count, "shapes differ")
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        guard let source = x.baseAddress, let target = y.baseAddress else { return }
        kernel(x.count, source, target)
      }
    }
  }
}
