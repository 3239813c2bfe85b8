import TensorKernels

/// Small dense matrix products for the bases that look at a block as a matrix.
enum Dense {
  /// `C ← keep·C + scale·op(A)·op(B)`, C rows x columns at `offset` of `target`, all row-major.
  ///
  /// A is rows x inner (inner x rows when transposed), B inner x columns (columns x inner); scale
  /// is not 0.
  static func product(
    _ a: Span<Float>, _ b: Span<Float>, transposesA: Bool = false, transposesB: Bool = false,
    rows: Int, inner: Int, columns: Int, into target: inout [Float], at offset: Int = 0,
    keep: Float = 0, scale: Float = 1
  ) {
    precondition(
      a.count >= rows * inner && b.count >= inner * columns
        && target.count >= offset + rows * columns, "the matrices do not fit")
    let (kernels, count) = (Kernels(), rows * columns)
    if keep != 0, keep != scale {
      kernels.scale(&target, at: offset, count: count, by: keep / scale)
    }
    target.withUnsafeMutableBufferPointer { c in
      guard let c = c.baseAddress else { return }
      let target = Matrix(c + offset, rows: rows, columns: columns)
      multiply(
        kernels, a, b, transposesA, transposesB, inner: inner, into: target, accumulate: keep != 0)
    }
    if scale != 1 { kernels.scale(&target, at: offset, count: count, by: scale) }
  }

  private static func multiply(
    _ kernels: Kernels, _ a: Span<Float>, _ b: Span<Float>, _ transposesA: Bool,
    _ transposesB: Bool, inner: Int, into c: Matrix, accumulate: Bool
  ) {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        guard let a = a.baseAddress, let b = b.baseAddress else { return }
        let first = operand(a, rows: c.rows, columns: inner, isTransposed: transposesA)
        let second = operand(b, rows: inner, columns: c.columns, isTransposed: transposesB)
        kernels.multiply(first, second, into: c, accumulate: accumulate)
      }
    }
  }

  /// A view that products only read, rows x columns after any transposition.
  private static func operand(
    _ base: UnsafePointer<Float>, rows: Int, columns: Int, isTransposed: Bool
  ) -> Matrix {
    let base = UnsafeMutablePointer(mutating: base)
    guard isTransposed else { return Matrix(base, rows: rows, columns: columns) }
    return Matrix(base, rows: columns, columns: rows).transposed
  }

  /// The same for factors held in arrays.
  static func product(
    _ a: [Float], _ b: [Float], transposesA: Bool = false, transposesB: Bool = false,
    rows: Int, inner: Int, columns: Int, into target: inout [Float], at offset: Int = 0,
    keep: Float = 0, scale: Float = 1
  ) {
    product(
      a.span, b.span, transposesA: transposesA, transposesB: transposesB, rows: rows,
      inner: inner, columns: columns, into: &target, at: offset, keep: keep, scale: scale)
  }
}
