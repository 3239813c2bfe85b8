import CKernels

/// `a·b`, `|a|²` and `|b|²` of two equally long vectors, taken in one pass.
package struct TripleReduction: Sendable, Equatable {
  package var dot: Double
  package var firstSquared: Double
  package var secondSquared: Double

  /// The cosine of the angle between them; 0 when one is zero.
  package var cosine: Double {
    let norms = (firstSquared * secondSquared).squareRoot()
    return norms > 0 ? dot / norms : 0
  }
}

extension Kernels {
  /// Both squared norms and the dot product in one pass, in an order fixed for the level.
  package func reduce(_ a: Span<Float>, _ b: Span<Float>) -> TripleReduction {
    precondition(a.count == b.count, "the vectors differ in length")
    return a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        guard let first = a.baseAddress, let second = b.baseAddress else {
          return reduction { _ in }
        }
        return reduction { table.pointee.tripleReduction(a.count, first, second, $0) }
      }
    }
  }

  private func reduction(_ body: (UnsafeMutablePointer<Double>) -> Void) -> TripleReduction {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { results in
      results.initialize(repeating: 0)
      guard let base = results.baseAddress else {
        return TripleReduction(dot: 0, firstSquared: 0, secondSquared: 0)
      }
      body(base)
      return TripleReduction(dot: base[0], firstSquared: base[1], secondSquared: base[2])
    }
  }
}
