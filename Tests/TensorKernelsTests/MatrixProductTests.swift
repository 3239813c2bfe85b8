import RunModel
import TensorKernels
import Testing

struct ProductShape: Sendable, CustomStringConvertible {
  var (m, n, k): (Int, Int, Int)
  var description: String { "\(m)x\(n)x\(k)" }

  static let all: [ProductShape] = [
    (1, 1, 1), (2, 3, 5), (7, 17, 9), (13, 31, 16), (14, 32, 64), (15, 33, 65), (29, 47, 300),
    (5, 88, 32), (96, 16, 31), (31, 48, 7), (3, 64, 513),
  ].map { ProductShape(m: $0.0, n: $0.1, k: $0.2) }
}

/// Every orientation, stride and mode of the product against plain loops in double precision.
@Suite struct MatrixProductTests {
  private let padding = 3

  private func run(
    _ shape: ProductShape, _ level: KernelLevel, aTransposed: Bool, bTransposed: Bool,
    accumulate: Bool, packed: Bool = false
  ) {
    for precision in ModelConfiguration.Precision.allCases {
      run(
        shape, Kernels(level, precision: precision), aTransposed: aTransposed,
        bTransposed: bTransposed, accumulate: accumulate, packed: packed)
    }
  }

  private func run(
    _ shape: ProductShape, _ kernels: Kernels, aTransposed: Bool, bTransposed: Bool,
    accumulate: Bool, packed: Bool
  ) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    let a = operand(m, k, transposed: aTransposed, seed: 1)
    let b = operand(k, n, transposed: bTransposed, seed: 2)
    let c = Buffer(count: m * (n + padding), seed: 3)
    let out = Matrix(c.base, rows: m, columns: n, rowStride: n + padding)
    let before = c.doubles
    let (left, right) = (
      operands(a.view, kernels.precision), operands(b.view, kernels.precision)
    )
    let expected = Naive.product(left, right)
    let sizes = Naive.product(left.map { $0.map(abs) }, right.map { $0.map(abs) })
    if packed {
      let panels = Buffer(
        [Float](repeating: .nan, count: kernels.packedCount(rows: k, columns: n)))
      let packedRight = PackedMatrix(source: b.view, panels: panels.base)
      kernels.pack(packedRight)
      kernels.multiply(a.view, packedRight, into: out, accumulate: accumulate)
      #expect(panels.isIntact)
    } else {
      kernels.multiply(a.view, b.view, into: out, accumulate: accumulate)
    }
    var wanted = before
    for i in 0..<m {
      for j in 0..<n {
        let place = i * (n + padding) + j
        wanted[place] = expected[i][j] + (accumulate ? before[place] : 0)
      }
    }
    #expect(c.isIntact)
    let values = c.values
    #expect(relativeError(values, wanted) < 1e-6)
    for i in 0..<m {
      for j in 0..<n {
        // Of float32 sums of k products: (k + 1)·2⁻²⁴·Σ|a·b|, and one rounding more for what was there.
        let place = i * (n + padding) + j
        let bound = Double(k + 2) * 0x1p-24 * (sizes[i][j] + abs(before[place]))
        #expect(abs(Double(values[place]) - wanted[place]) <= bound)
      }
    }
    for i in 0..<m {
      for j in n..<n + padding {
        #expect(c.doubles[i * (n + padding) + j] == before[i * (n + padding) + j])
      }
    }
  }

  private func operand(
    _ rows: Int, _ columns: Int, transposed: Bool, seed: UInt64
  ) -> (buffer: Buffer, view: Matrix) {
    let (stored, along) = transposed ? (columns, rows) : (rows, columns)
    let buffer = Buffer(count: stored * (along + padding), seed: seed)
    let view = Matrix(buffer.base, rows: stored, columns: along, rowStride: along + padding)
    return (buffer, transposed ? view.transposed : view)
  }

  private func operands(
    _ matrix: Matrix, _ precision: ModelConfiguration.Precision
  ) -> [[Double]] {
    (0..<matrix.rows).map { i in
      (0..<matrix.columns).map { j in
        let x = matrix[i, j]
        return Double(precision == .bf16 ? x.roundedToBF16 : x)
      }
    }
  }

  @Test(arguments: KernelLevel.available, ProductShape.all)
  func plainTimesPlain(_ level: KernelLevel, _ shape: ProductShape) {
    run(shape, level, aTransposed: false, bTransposed: false, accumulate: false)
    run(shape, level, aTransposed: false, bTransposed: false, accumulate: true)
  }

  @Test(arguments: KernelLevel.available, ProductShape.all)
  func plainTimesTransposed(_ level: KernelLevel, _ shape: ProductShape) {
    run(shape, level, aTransposed: false, bTransposed: true, accumulate: false)
    run(shape, level, aTransposed: false, bTransposed: true, accumulate: true)
  }

  @Test(arguments: KernelLevel.available, ProductShape.all)
  func transposedTimesPlain(_ level: KernelLevel, _ shape: ProductShape) {
    run(shape, level, aTransposed: true, bTransposed: false, accumulate: false)
    run(shape, level, aTransposed: true, bTransposed: false, accumulate: true)
  }

  @Test(arguments: KernelLevel.available, ProductShape.all)
  func packedRightHandSide(_ level: KernelLevel, _ shape: ProductShape) {
    run(shape, level, aTransposed: false, bTransposed: true, accumulate: false, packed: true)
    run(shape, level, aTransposed: false, bTransposed: false, accumulate: true, packed: true)
  }

  @Test(arguments: KernelLevel.available)
  func anEmptySumIsZero(_ level: KernelLevel) {
    for precision in ModelConfiguration.Precision.allCases {
      let c = Buffer([1, 2, 3, 4])
      let empty = Buffer([])
      Kernels(level, precision: precision).multiply(
        empty.matrix(2, 0), empty.matrix(0, 2), into: c.matrix(2, 2))
      #expect(c.values == [0, 0, 0, 0])
    }
  }
}
