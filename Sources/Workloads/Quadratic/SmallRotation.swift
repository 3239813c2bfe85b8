import RealModule
import TensorKernels

/// Random orthogonal matrices of a few rows.
enum SmallRotation {
  /// The eigenvectors (as rows, row-major) of AAᵀ for a standard normal A of `size` x `size`.
  static func random(_ size: Int, _ random: inout RandomStream) -> [Double] {
    let a = (0..<size * size).map { _ in random.normal() }
    var product = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0..<size {
        for k in 0..<size { product[i * size + j] += a[i * size + k] * a[j * size + k] }
      }
    }
    return eigenvectors(of: product, size: size)
  }

  /// Eigenvectors of a symmetric matrix, as rows, by Jacobi's rotations (1846).
  static func eigenvectors(of symmetric: [Double], size: Int) -> [Double] {
    var matrix = symmetric
    var vectors = (0..<size * size).map { $0 / size == $0 % size ? 1.0 : 0.0 }
    for _ in 0..<30 {
      for p in 0..<size {
        for q in p + 1..<size where matrix[p * size + q] != 0 {
          let angle =
            0.5
            * Double.atan2(
              y: 2 * matrix[p * size + q], x: matrix[q * size + q] - matrix[p * size + p])
          let (c, s) = (Double.cos(angle), Double.sin(angle))
          rotateColumns(&matrix, size, p, q, c, s)
          rotateRows(&matrix, size, p, q, c, s)
          rotateRows(&vectors, size, p, q, c, s)
        }
      }
    }
    return vectors
  }

  private static func rotateRows(
    _ m: inout [Double], _ size: Int, _ p: Int, _ q: Int, _ c: Double, _ s: Double
  ) {
    for k in 0..<size {
      let (a, b) = (m[p * size + k], m[q * size + k])
      m[p * size + k] = c * a - s * b
      m[q * size + k] = s * a + c * b
    }
  }

  private static func rotateColumns(
    _ m: inout [Double], _ size: Int, _ p: Int, _ q: Int, _ c: Double, _ s: Double
  ) {
    for k in 0..<size {
      let (a, b) = (m[k * size + p], m[k * size + q])
      m[k * size + p] = c * a - s * b
      m[k * size + q] = s * a + c * b
    }
  }
}
