import CKernels

/// How a displacement enters the parameters: `p ← keep·p − factor·Δ`.
package struct WriteFactors: Sendable {
  package var keep: Float
  package var factor: Float
  /// Share of p that is part of what was asked for, before it is rounded into `keep`.
  package var lost: Float
  /// Decay that a dropped element is spared.
  package var spared: Float

  package init(keep: Float = 1, factor: Float, lost: Float = 0, spared: Float = 0) {
    self.keep = keep
    self.factor = factor
    self.lost = lost
    self.spared = spared
  }

  fileprivate var rule: mgs_write {
    mgs_write(keep: keep, factor: factor, lost: lost, spared: spared)
  }
}

/// Passes that write parameters, and the norms that go with them.
///
/// `range` is the stretch of the arena; the displacement begins with it. Sums are taken in a fixed
/// order of lanes, those of a displacement in double before it is rounded into the parameters.
extension Kernels {
  /// `p ← keep·p − factor·Δ`; returns `‖factor·Δ + lost·p‖²`.
  package func write(
    _ displacement: Span<Float>, _ factors: WriteFactors,
    to parameters: inout MutableSpan<Float>, at range: Range<Int>
  ) -> Double {
    withStretch(displacement, &parameters, range) { delta, p in
      passes.write(range.count, factors.rule, delta, p)
    }
  }

  /// `p ← (keep + (1 − kept)·spared)·p − kept·factor·Δ`; returns `‖kept·(factor·Δ + lost·p)‖²`.
  package func write(
    _ displacement: Span<Float>, kept: Span<Float>, _ factors: WriteFactors,
    to parameters: inout MutableSpan<Float>, at range: Range<Int>
  ) -> Double {
    precondition(kept.count >= range.count, "the mask does not fit")
    return withStretch(displacement, &parameters, range) { delta, p in
      kept.withUnsafeBufferPointer {
        passes.writeKept(range.count, factors.rule, $0.baseAddress, delta, p)
      }
    }
  }

  /// `p ← keep·p`
  package func shrink(
    _ parameters: inout MutableSpan<Float>, at range: Range<Int>, keep: Float
  ) {
    precondition(range.upperBound <= parameters.count, "the stretch lies outside the arena")
    parameters.withUnsafeMutableBufferPointer {
      passes.shrink(range.count, keep, $0.baseAddress.map { $0 + range.lowerBound })
    }
  }

  /// `p ← p − share·[Δ·p ≥ 0]·p`
  package func shrinkAgreeing(
    _ displacement: Span<Float>, share: Float, of parameters: inout MutableSpan<Float>,
    at range: Range<Int>
  ) {
    withStretch(displacement, &parameters, range) { delta, p in
      passes.shrinkAgreeing(range.count, share, delta, p)
    }
  }

  /// `y = kept·factor·x` for the part of `y` that begins at `start`.
  ///
  /// The mask is an array because y may be its neighbour in one value.
  package func gate(
    _ x: Span<Float>, kept: [Float], factor: Float, into y: inout [Float], at start: Int
  ) {
    precondition(kept.count >= x.count, "the mask does not fit")
    withStretch(&y, start, x.count) { y in
      kept.withUnsafeBufferPointer { kept in
        x.withUnsafeBufferPointer {
          passes.gate($0.count, factor, kept.baseAddress, $0.baseAddress, y)
        }
      }
    }
  }

  /// `y = kept·x` for the first `count` elements of arrays.
  package func gate(_ x: [Float], kept: [Float], count: Int, into y: inout [Float]) {
    precondition(kept.count >= count && x.count >= count, "the mask does not fit")
    withStretch(&y, 0, count) { y in
      kept.withUnsafeBufferPointer { kept in
        x.withUnsafeBufferPointer { passes.gate(count, 1, kept.baseAddress, $0.baseAddress, y) }
      }
    }
  }

  /// `x ← kept·x` for the first `count` elements of an array.
  package func gate(_ x: inout [Float], kept: [Float], count: Int) {
    precondition(kept.count >= count, "the mask does not fit")
    withStretch(&x, 0, count) { x in
      kept.withUnsafeBufferPointer { passes.gate(count, 1, $0.baseAddress, x, x) }
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
