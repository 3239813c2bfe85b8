import RealModule
import TensorKernels

/// The block quadratic of the masking paper's Figure 4: `L(w) = ½ wᵀHw` in nine dimensions.
///
/// H has three 3x3 blocks `Q Λ Qᵀ`, each Q the eigenvectors of AAᵀ for a Gaussian A. Its rows
/// `X = Λ^½ Qᵀ` are the nine samples: `H = XᵀX`, `L = ½ Σ (xᵢ·w)²`.
package struct QuadraticProblem: Sendable {
  package enum Arrangement: String, Sendable, CaseIterable {
    /// Each block holds eigenvalues of one magnitude.
    case grouped
    /// Each block holds a small, a middling and a large eigenvalue.
    case mixed

    package var eigenvalues: [[Double]] {
      switch self {
      case .grouped: [[1, 2, 3], [99, 100, 101], [4998, 4999, 5000]]
      case .mixed: [[1, 99, 4998], [2, 100, 4999], [3, 101, 5000]]
      }
    }
  }

  package static let blockCount = 3
  package static let blockSize = 3
  package static let dimension = blockCount * blockSize

  package let arrangement: Arrangement
  /// The nine samples, row-major [9, 9]; row 3b + j is `√λ` times eigenvector j of block b.
  package let rows: [Double]
  /// Unit eigenvectors, row-major [9, 9], in the order of `eigenvalues`.
  package let eigenvectors: [Double]
  package let eigenvalues: [Double]

  /// The problem whose rotations are drawn from `seed`.
  package init(_ arrangement: Arrangement, seed: UInt64) {
    self.arrangement = arrangement
    var random = RandomStream(seed: seed, purpose: .corpus, substream: 9)
    let n = Self.dimension
    var vectors = [Double](repeating: 0, count: n * n)
    for block in 0..<Self.blockCount {
      let rotation = SmallRotation.random(Self.blockSize, &random)
      for j in 0..<Self.blockSize {
        for k in 0..<Self.blockSize {
          vectors[(block * Self.blockSize + j) * n + block * Self.blockSize + k] =
            rotation[j * Self.blockSize + k]
        }
      }
    }
    let values = arrangement.eigenvalues.flatMap { $0 }
    eigenvectors = vectors
    eigenvalues = values
    rows = vectors.indices.map { vectors[$0] * values[$0 / n].squareRoot() }
  }

  /// `½ wᵀHw`.
  package func loss(_ w: [Double]) -> Double { loss(w, rows: 0..<Self.dimension, weight: 1) }

  /// `½ · weight · Σ (xᵢ·w)²` over some of the rows.
  func loss(_ w: [Double], rows selected: some Sequence<Int>, weight: Double) -> Double {
    selected.reduce(0) { $0 + 0.5 * weight * residual($1, w) * residual($1, w) }
  }

  /// `weight · Σ xᵢ (xᵢ·w)` over some of the rows, in place of what `gradient` held.
  func gradient(
    _ w: [Double], rows selected: some Sequence<Int>, weight: Double,
    into gradient: inout [Double]
  ) {
    for k in gradient.indices { gradient[k] = 0 }
    for row in selected {
      let factor = weight * residual(row, w)
      for k in gradient.indices { gradient[k] += factor * rows[row * w.count + k] }
    }
  }

  /// `xᵢ·w`.
  private func residual(_ row: Int, _ w: [Double]) -> Double {
    w.indices.reduce(0) { $0 + rows[row * w.count + $1] * w[$1] }
  }

  /// The Hessian `XᵀX`, row-major [9, 9].
  package var hessian: [Double] {
    let n = Self.dimension
    var hessian = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      for i in 0..<n {
        for j in 0..<n { hessian[i * n + j] += rows[row * n + i] * rows[row * n + j] }
      }
    }
    return hessian
  }
}
