import CKernels

/// Passes that write parameters, and the norms that go with them.
///
/// `range` is the stretch of the arena; the displacement begins with it. Sums are taken in a fixed
/// order of lanes.
extension Kernels {
  /// `p ← keep·p − factor·Δ`
  package func write(
    _ displacement: Span<Float>, keep: Float, factor: Float,
    to parameters: inout MutableSpan<Float>, at range: Range<Int>
  ) {
    withStretch(displacement, &parameters, range) { delta, p in
      passes.write(range.count, keep, factor, delta, p)
    }
  }

  /// The same, bit for bit; returns `‖Δp‖²`.
  package func writeMeasured(
    _ displacement: Span<Float>, keep: Float, factor: Float,
    to parameters: inout MutableSpan<Float>, at range: Range<Int>
  ) -> Double {
    withStretch(displacement, &parameters, range) { delta, p in
      passes.writeMeasured(range.count, keep, factor, delta, p)
    }
  }

  /// `p ← (keep + (1 − kept)·spared)·p − kept·factor·Δ`, kept 0 or 1; returns `‖Δp‖²`.
  package func write(
    _ displacement: Span<Float>, kept: Span<Float>, keep: Float, spared: Float, factor: Float,
    to parameters: inout MutableSpan<Float>, at range: Range<Int>
  ) -> Double {
    precondition(kept.count >= range.count, "the mask does not fit")
    return withStretch(displacement, &parameters, range) { delta, p in
      kept.withUnsafeBufferPointer {
        passes.writeKept(range.count, keep, spared, factor, $0.baseAddress, delta, p)
      }
    }
  }

  /// `p ← keep·p`; returns `‖Δp‖²`.
  package func shrink(
    _ parameters: inout MutableSpan<Float>, at range: Range<Int>, keep: Float
  ) -> Double {
    precondition(range.upperBound <= parameters.count, "the stretch lies outside the arena")
    return parameters.withUnsafeMutableBufferPointer {
      passes.shrink(range.count, keep, $0.baseAddress.map { $0 + range.lowerBound })
    }
  }

  /// `Σ x²`
  package func squaredNorm(_ values: Span<Float>) -> Double {
    values.withUnsafeBufferPointer { passes.squaredNorm($0.count, $0.baseAddress) }
  }

  private func withStretch<Result>(
    _ displacement: Span<Float>, _ parameters: inout MutableSpan<Float>, _ range: Range<Int>,
    _ body: (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Result
  ) -> Result {
    precondition(displacement.count >= range.count, "the displacement does not fit")
    precondition(range.upperBound <= parameters.count, "the stretch lies outside the arena")
    return displacement.withUnsafeBufferPointer { delta in
      parameters.withUnsafeMutableBufferPointer { p in
        body(delta.baseAddress, p.baseAddress.map { $0 + range.lowerBound })
      }
    }
  }
}
