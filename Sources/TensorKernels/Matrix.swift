/// A view of floats in somebody's arena as rows and columns; either stride may be 1.
///
/// The one place where tensor code touches raw memory: the owner of the arena keeps it alive.
package struct Matrix {
  package let base: UnsafeMutablePointer<Float>
  package let rows: Int
  package let columns: Int
  package let rowStride: Int
  package let columnStride: Int

  package init(
    _ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowStride: Int? = nil,
    columnStride: Int = 1
  ) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride ?? columns
    self.columnStride = columnStride
  }

  package var transposed: Matrix {
    Matrix(base, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
  }

  /// The first rows: what a short batch uses of a buffer made for a full one.
  package func first(_ count: Int) -> Matrix {
    precondition(count <= rows, "\(count) rows of a matrix of \(rows)")
    return Matrix(
      base, rows: count, columns: columns, rowStride: rowStride, columnStride: columnStride)
  }

  package func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows outside the matrix")
    return Matrix(
      base + range.lowerBound * rowStride, rows: range.count, columns: columns,
      rowStride: rowStride, columnStride: columnStride)
  }

  package func columns(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns outside the matrix")
    return Matrix(
      base + range.lowerBound * columnStride, rows: rows, columns: range.count,
      rowStride: rowStride, columnStride: columnStride)
  }

  package var count: Int { rows * columns }

  /// Whether the elements follow one another without gaps, row by row.
  package var isContiguous: Bool { columnStride == 1 && (rowStride == columns || rows <= 1) }

  package subscript(row: Int, column: Int) -> Float {
    get { base[row * rowStride + column * columnStride] }
    nonmutating set { base[row * rowStride + column * columnStride] = newValue }
  }

  /// Copies all elements of an equally shaped contiguous matrix.
  package func copy(from other: Matrix) {
    precondition(isContiguous && other.isContiguous && count == other.count, "shapes differ")
    base.update(from: other.base, count: count)
  }

  package func clear() {
    precondition(isContiguous, "only contiguous matrices are cleared")
    base.update(repeating: 0, count: count)
  }
}

/// The right-hand side of a product laid out in panels, for a weight used many times in one step.
package struct PackedMatrix {
  package let source: Matrix
  package let panels: UnsafeMutablePointer<Float>

  package init(source: Matrix, panels: UnsafeMutablePointer<Float>) {
    self.source = source
    self.panels = panels
  }
}
