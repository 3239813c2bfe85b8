import CKernels
import RunModel

/// The kernels of one level: the seam between tensor code and instruction sets.
package struct Kernels {
  package let level: KernelLevel
  /// What `multiply` and attention round the operands of their products to.
  package var precision: ModelConfiguration.Precision
  let table: UnsafePointer<mgs_kernels>

  package init(
    _ level: KernelLevel = .current, precision: ModelConfiguration.Precision = .fp32
  ) {
    (self.level, self.precision) = (level, precision)
    table = mgs_kernels_at(level.tableIndex)
  }
}

extension Kernels {
  /// `c = a·b`, or `c += a·b`; transposed operands are views (`Matrix.transposed`).
  ///
  /// a [M, K], b [K, N], c [M, N] with contiguous rows; in bf16 a and b are rounded, the sums are not.
  /// O(M·N·K).
  package func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, accumulate: Bool = false) {
    check(a, rows: b.rows, columns: b.columns, into: c)
    guard level != .reference else {
      return multiplyByReference(a, b, into: c, accumulate: accumulate)
    }
    var arguments = product(a, into: c, accumulate: accumulate)
    arguments.b = UnsafePointer(b.base)
    (arguments.bRow, arguments.bColumn) = (b.rowStride, b.columnStride)
    table.pointee.product(&arguments)
  }

  /// The same product with a right-hand side that `pack` laid out.
  package func multiply(_ a: Matrix, _ b: PackedMatrix, into c: Matrix, accumulate: Bool = false) {
    check(a, rows: b.source.rows, columns: b.source.columns, into: c)
    guard level != .reference else {
      return multiplyByReference(a, b.source, into: c, accumulate: accumulate)
    }
    var arguments = product(a, into: c, accumulate: accumulate)
    arguments.b = UnsafePointer(b.panels)
    (arguments.bRow, arguments.bColumn, arguments.packed) = (1, 1, 1)
    table.pointee.product(&arguments)
  }

  /// Lays `b` out in its panels; they hold `packedCount` floats.
  package func pack(_ b: PackedMatrix) {
    guard level != .reference else { return }
    let source = b.source
    table.pointee.pack(
      source.columns, source.rows, source.base, source.rowStride, source.columnStride,
      roundsOperands, b.panels)
  }

  /// Floats that the panels of a [rows, columns] right-hand side take.
  package func packedCount(rows: Int, columns: Int) -> Int {
    table.pointee.packedCount(columns, rows)
  }

  private func check(_ a: Matrix, rows: Int, columns: Int, into c: Matrix) {
    precondition(
      a.columns == rows && c.rows == a.rows && c.columns == columns,
      "a product needs [M, K]·[K, N] → [M, N]")
    precondition(
      (a.columnStride == 1 || a.rowStride == 1) && c.columnStride == 1,
      "one stride of each operand must be 1")
  }

  private func product(_ a: Matrix, into c: Matrix, accumulate: Bool) -> mgs_product {
    mgs_product(
      m: c.rows, n: c.columns, k: a.columns,
      a: UnsafePointer(a.base), aRow: a.rowStride, aColumn: a.columnStride,
      b: UnsafePointer(a.base), bRow: 1, bColumn: 1,
      c: c.base, cRow: c.rowStride, accumulate: accumulate ? 1 : 0, packed: 0,
      bf16: roundsOperands)
  }

  var roundsOperands: Int32 {
    switch precision {
    case .fp32: 0
    case .bf16: 1
    }
  }

  /// Plain loops in the textbook order: slow, obvious, and what the tests compare with.
  private func multiplyByReference(_ a: Matrix, _ b: Matrix, into c: Matrix, accumulate: Bool) {
    for i in 0..<c.rows {
      for j in 0..<c.columns {
        var total: Float = accumulate ? c[i, j] : 0
        for k in 0..<a.columns { total += operand(a[i, k]) * operand(b[k, j]) }
        c[i, j] = total
      }
    }
  }

  private func operand(_ x: Float) -> Float {
    switch precision {
    case .fp32: x
    case .bf16: x.roundedToBF16
    }
  }
}

extension Float {
  /// The nearest bfloat16, of two equally near the one whose last bit is 0; NaN stays NaN.
  package var roundedToBF16: Float {
    guard !isNaN else { return self }
    let (kept, dropped) = (bitPattern & 0xffff_0000, bitPattern & 0xffff)
    let isOdd = kept & 0x1_0000 != 0
    let goesUp = dropped > 0x8000 || dropped == 0x8000 && isOdd
    return Float(bitPattern: goesUp ? kept + 0x1_0000 : kept)
  }
}
