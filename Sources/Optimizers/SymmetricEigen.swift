import RealModule

/// Eigenvalues and eigenvectors of a symmetric matrix, largest first.
///
/// Householder reduction to tridiagonal form, then QL with implicit shifts (Bowdler, Martin, Reinsch &
/// Wilkinson, 1968); all in double precision, O(n³). Allocates: meant for rare use.
struct SymmetricEigen {
  private(set) var values: [Double]
  /// Row i is the eigenvector of `values[i]`.
  private(set) var vectors: [[Double]]

  init(_ matrix: [[Double]]) {
    values = []
    vectors = matrix.indices.map { row in matrix.indices.map { $0 == row ? 1 : 0 } }
    var a = matrix
    var beside = Array(repeating: 0.0, count: matrix.count)
    reduce(&a, &beside)
    values = a.indices.map { a[$0][$0] }
    diagonalize(&beside)
    let order = values.indices.sorted { values[$0] > values[$1] }
    values = order.map { values[$0] }
    vectors = order.map { vectors[$0] }
  }

  /// `A ← H A H` column by column until only the diagonal and its neighbours are left.
  private mutating func reduce(_ a: inout [[Double]], _ beside: inout [Double]) {
    let n = a.count
    guard n > 1 else { return }
    for k in 0..<max(0, n - 2) {
      var v = (0..<n).map { $0 > k ? a[$0][k] : 0 }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else { continue }
      v[k + 1] += v[k + 1] < 0 ? -norm : norm
      let beta = 2 / v.reduce(0) { $0 + $1 * $1 }
      reflect(&a, v, beta, from: k)
      reflectVectors(v, beta, from: k + 1)
    }
    for k in 0..<n - 1 { beside[k] = a[k + 1][k] }
  }

  /// `A ← A − v wᵀ − w vᵀ` with `w = β(Av) − ½β²(vᵀAv)v`.
  private func reflect(_ a: inout [[Double]], _ v: [Double], _ beta: Double, from k: Int) {
    let n = a.count
    var w = Array(repeating: 0.0, count: n)
    for i in k..<n {
      var sum = 0.0
      for j in k + 1..<n { sum = Relaxed.multiplyAdd(a[i][j], v[j], sum) }
      w[i] = beta * sum
    }
    var inner = 0.0
    for i in k..<n { inner += v[i] * w[i] }
    for i in k..<n { w[i] -= 0.5 * beta * inner * v[i] }
    for i in k..<n {
      let (vi, wi) = (v[i], w[i])
      for j in k..<n { a[i][j] -= vi * w[j] + wi * v[j] }
    }
  }

  /// Rows of the accumulated transformation: `Z ← H Z`.
  private mutating func reflectVectors(_ v: [Double], _ beta: Double, from start: Int) {
    let n = v.count
    var sums = Array(repeating: 0.0, count: n)
    for i in start..<n {
      let factor = v[i]
      for j in 0..<n { sums[j] += factor * vectors[i][j] }
    }
    for i in start..<n {
      let factor = beta * v[i]
      for j in 0..<n { vectors[i][j] -= factor * sums[j] }
    }
  }

  private mutating func diagonalize(_ beside: inout [Double]) {
    let n = values.count
    for low in 0..<n {
      for _ in 0..<60 {
        let high = splitPoint(low, beside)
        guard high > low else { break }
        sweep(low, high, &beside)
      }
    }
  }

  /// The first index from `low` on whose link to the next is negligible.
  private func splitPoint(_ low: Int, _ beside: [Double]) -> Int {
    var m = low
    while m < values.count - 1 {
      let size = abs(values[m]) + abs(values[m + 1])
      if abs(beside[m]) <= .ulpOfOne * size { break }
      m += 1
    }
    return m
  }

  /// One implicit QL step on the unreduced part `low ... high`.
  private mutating func sweep(_ low: Int, _ high: Int, _ e: inout [Double]) {
    var g = (values[low + 1] - values[low]) / (2 * e[low])
    let root = Double.hypot(g, 1)
    g = values[high] - values[low] + e[low] / (g + (g < 0 ? -root : root))
    var (s, c, shift) = (1.0, 1.0, 0.0)
    for i in stride(from: high - 1, through: low, by: -1) {
      let (f, b) = (s * e[i], c * e[i])
      let radius = Double.hypot(f, g)
      e[i + 1] = radius
      guard radius > 0 else {
        values[i + 1] -= shift
        e[high] = 0
        return
      }
      (s, c) = (f / radius, g / radius)
      g = values[i + 1] - shift
      let bend = (values[i] - g) * s + 2 * c * b
      shift = s * bend
      values[i + 1] = g + shift
      g = c * bend - b
      rotate(i, s, c)
    }
    values[low] -= shift
    e[low] = g
    e[high] = 0
  }

  private mutating func rotate(_ i: Int, _ s: Double, _ c: Double) {
    for k in values.indices {
      let (lower, upper) = (vectors[i][k], vectors[i + 1][k])
      vectors[i + 1][k] = s * lower + c * upper
      vectors[i][k] = c * lower - s * upper
    }
  }
}
