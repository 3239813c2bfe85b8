import RealModule

/// Small dense matrix products for the bases that look at a block as a matrix.
enum Dense {
  /// `C ← keep·C + scale·op(A)·op(B)`, C rows x columns at `offset` of `target`, all row-major.
  ///
  /// A is rows x inner (inner x rows when transposed), B inner x columns (columns x inner).
  static func product(
    _ a: Span<Float>, _ b: Span<Float>, transposesA: Bool = false, transposesB: Bool = false,
    rows: Int, inner: Int, columns: Int, into target: inout [Float], at offset: Int = 0,
    keep: Float = 0, scale: Float = 1
  ) {
    precondition(
      a.count >= rows * inner && b.count >= inner * columns
        && target.count >= offset + rows * columns, "the matrices do not fit")
    for row in 0..<rows {
      let start = offset + row * columns
      rescale(&target, from: start, count: columns, by: keep)
      if transposesB {
        precondition(!transposesA, "both factors transposed is never needed")
        addDots(a, row * inner, b, inner, columns, &target, start, scale)
      } else {
        for k in 0..<inner {
          let factor = scale * (transposesA ? a[k * rows + row] : a[row * inner + k])
          addRow(b, k * columns, columns, &target, start, factor)
        }
      }
    }
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

  private static func rescale(_ c: inout [Float], from start: Int, count: Int, by keep: Float) {
    guard keep != 1 else { return }
    var c = c.mutableSpan
    for j in start..<start + count { c[unchecked: j] = keep == 0 ? 0 : keep * c[unchecked: j] }
  }

  private static func addRow(
    _ b: Span<Float>, _ from: Int, _ columns: Int, _ c: inout [Float], _ start: Int, _ factor: Float
  ) {
    var c = c.mutableSpan
    for j in 0..<columns { c[unchecked: start + j] += factor * b[unchecked: from + j] }
  }

  private static func addDots(
    _ a: Span<Float>, _ from: Int, _ b: Span<Float>, _ inner: Int, _ columns: Int,
    _ c: inout [Float], _ start: Int, _ scale: Float
  ) {
    for j in 0..<columns {
      var sum: Float = 0
      for k in 0..<inner {
        sum = Relaxed.multiplyAdd(a[unchecked: from + k], b[unchecked: j * inner + k], sum)
      }
      c[start + j] += scale * sum
    }
  }
}
