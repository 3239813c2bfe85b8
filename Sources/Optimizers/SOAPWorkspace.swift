import TensorKernels

/// Scratch matrices for turning one block into its eigenbasis and back.
struct SOAPWorkspace: Sendable {
  var matrix: [Float]
  private var other: [Float]

  init(layout: TensorLayout) {
    let largest = layout.entries.map(\.range.count).max() ?? 0
    matrix = Array(repeating: 0, count: largest)
    other = matrix
  }

  var count: Int { matrix.count + other.count }

  mutating func load(_ values: Span<Float>) {
    for i in values.indices { matrix[i] = values[i] }
  }

  mutating func load(_ values: [Float], _ range: Range<Int>) {
    for i in range { matrix[i - range.lowerBound] = values[i] }
  }

  /// `X ← X/(√V + ε)`
  mutating func divide(byRootsOf squares: [Float], _ range: Range<Int>, epsilon: Float) {
    for i in range { matrix[i - range.lowerBound] /= squares[i].squareRoot() + epsilon }
  }

  /// `X ← Q_LᵀXQ_R` forward, `X ← Q_LXQ_Rᵀ` backward; the bases hold their vectors as rows.
  mutating func rotate(_ sides: EigenSides, _ rows: Int, _ columns: Int, forward: Bool) {
    if sides.left.side > 0 {
      Dense.product(
        sides.left.vectors, matrix, transposesA: !forward, rows: rows, inner: rows,
        columns: columns, into: &other)
      swap(&matrix, &other)
    }
    if sides.right.side > 0 {
      Dense.product(
        matrix, sides.right.vectors, transposesB: forward, rows: rows, inner: columns,
        columns: columns, into: &other)
      swap(&matrix, &other)
    }
  }
}
