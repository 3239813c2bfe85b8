/// The two sides of one matrix block.
struct EigenSides: Sendable {
  var left: EigenBasis
  var right: EigenBasis
}

/// A running second-moment matrix of one side of the gradient, and a basis near its eigenvectors.
struct EigenBasis: Sendable {
  /// 0: this side is not preconditioned.
  let side: Int
  /// side x side, symmetric.
  private(set) var statistics: [Float]
  /// Row i is the i-th basis vector.
  private(set) var vectors: [Float]
  private var product: [Float]
  private var order: [Int]
  private var sizes: [Float]

  init(_ side: Int) {
    self.side = side
    statistics = Array(repeating: 0, count: side * side)
    vectors = statistics
    product = statistics
    order = Array(0..<side)
    sizes = Array(repeating: 0, count: side)
  }

  /// Floats of `product`, `order` and `sizes`.
  var scratchCount: Int { product.count + 2 * order.count + sizes.count }

  /// `L ← βL + (1−β)GGᵀ` (left) or with GᵀG (right).
  mutating func absorb(
    _ g: Span<Float>, _ rows: Int, _ columns: Int, isLeft: Bool, _ decay: Decay
  ) {
    guard side > 0 else { return }
    if isLeft {
      Dense.product(
        g, g, transposesB: true, rows: rows, inner: columns, columns: rows, into: &statistics,
        keep: decay.kept, scale: decay.fresh)
    } else {
      Dense.product(
        g, g, transposesA: true, rows: columns, inner: rows, columns: columns, into: &statistics,
        keep: decay.kept, scale: decay.fresh)
    }
  }

  /// The exact eigenvectors, largest first.
  mutating func decompose() {
    guard side > 0 else { return }
    let matrix = (0..<side).map { row in
      (0..<side).map { Double(statistics[row * side + $0] + statistics[$0 * side + row]) / 2 }
    }
    vectors = SymmetricEigen(matrix).vectors.flatMap { $0.map { Float($0) } }
  }

  /// One power iteration, sorted by estimated eigenvalue, made orthonormal again.
  ///
  /// - Returns: for every new vector the old one it came from; nil when there is no basis.
  mutating func turn() -> [Int]? {
    guard side > 0 else { return nil }
    let n = side
    Dense.product(
      vectors, statistics, rows: n, inner: n, columns: n, into: &product)
    for i in 0..<n {
      var sum: Float = 0
      for k in 0..<n { sum += vectors[i * n + k] * product[i * n + k] }
      sizes[i] = sum
      order[i] = i
    }
    let sizes = sizes
    order.sort { (sizes[$0], $1) > (sizes[$1], $0) }
    for i in 0..<n {
      for k in 0..<n { vectors[i * n + k] = product[order[i] * n + k] }
    }
    for i in 0..<n { orthonormalize(i) }
    return order
  }

  /// Gram-Schmidt, twice for accuracy; a vanishing vector is replaced by a coordinate axis.
  private mutating func orthonormalize(_ i: Int) {
    let n = side
    for attempt in 0...n {
      let before = length(i)
      for _ in 0..<2 { removeEarlier(i) }
      let after = length(i)
      if after > 1e-6 * before, after > 0 {
        for k in 0..<n { vectors[i * n + k] /= after }
        for _ in 0..<1 { removeEarlier(i) }
        return
      }
      for k in 0..<n { vectors[i * n + k] = k == (i + attempt) % n ? 1 : 0 }
    }
  }

  private func length(_ i: Int) -> Float {
    Float(squaredNorm(vectors, i * side..<(i + 1) * side).squareRoot())
  }

  private mutating func removeEarlier(_ i: Int) {
    let n = side
    for j in 0..<i {
      var dot: Float = 0
      for k in 0..<n { dot += vectors[i * n + k] * vectors[j * n + k] }
      for k in 0..<n { vectors[i * n + k] -= dot * vectors[j * n + k] }
    }
  }

  mutating func restore(_ statistics: [Float], _ vectors: [Float], _ place: inout Int) {
    let end = place + side * side
    self.statistics = Array(statistics[place..<end])
    self.vectors = Array(vectors[place..<end])
    place = end
  }
}
