import CKernels

/// Passes over moments: x, m and v are the parts of larger arrays that begin at `start`.
///
/// `gradient`, and `parameters` where they decay into it (`G = g + decay·p`), are one stretch of a
/// block; everything is as long as it.
extension Kernels {
  /// `x ← kept·x + fresh·G`
  package func accumulate(
    _ x: inout [Float], at start: Int, kept: Float, fresh: Float, gradient: Span<Float>,
    parameters: Span<Float>, decay: Float
  ) {
    withStretch(&x, start, gradient.count) { x in
      withGradient(gradient, parameters, decay) {
        passes.accumulate(gradient.count, kept, fresh, $0, x)
      }
    }
  }

  /// `x ← x + fresh·(G − x)`
  package func approach(
    _ x: inout [Float], at start: Int, fresh: Float, gradient: Span<Float>,
    parameters: Span<Float>, decay: Float
  ) {
    withStretch(&x, start, gradient.count) { x in
      withGradient(gradient, parameters, decay) {
        passes.approach(gradient.count, fresh, $0, x)
      }
    }
  }

  /// `v ← kept·v + fresh·G²`
  package func accumulateSquares(
    _ v: inout [Float], at start: Int, kept: Float, fresh: Float, gradient: Span<Float>,
    parameters: Span<Float>, decay: Float
  ) {
    withStretch(&v, start, gradient.count) { v in
      withGradient(gradient, parameters, decay) {
        passes.accumulateSquares(gradient.count, kept, fresh, $0, v)
      }
    }
  }

  /// `m ← m + fresh1·(G − m)`, `v ← kept2·v + fresh2·G²`
  package func absorb(
    _ m: inout [Float], _ v: inout [Float], at start: Int, fresh1: Float, kept2: Float,
    fresh2: Float, gradient: Span<Float>, parameters: Span<Float>, decay: Float
  ) {
    withStretch(&m, start, gradient.count) { m in
      withStretch(&v, start, gradient.count) { v in
        withGradient(gradient, parameters, decay) {
          passes.absorbMoments(gradient.count, fresh1, kept2, fresh2, $0, m, v)
        }
      }
    }
  }

  /// `m ← kept·m + fresh·g·root/(√v + epsilon)`, 0 for the quotient where the divisor is 0.
  package func absorbNormalized(
    _ m: inout [Float], at start: Int, kept: Float, fresh: Float, root: Float, epsilon: Float,
    gradient: Span<Float>, squares: [Float]
  ) {
    let squares = squares.span.extracting(start..<start + gradient.count)
    withStretch(&m, start, gradient.count) { m in
      gradient.withUnsafeBufferPointer { g in
        squares.withUnsafeBufferPointer {
          passes.absorbNormalized(
            g.count, kept, fresh, root, epsilon, g.baseAddress, $0.baseAddress, m)
        }
      }
    }
  }

  /// `signs = sign(m + look·(g − m))`, then `m ← m + fresh·(g − m)`
  package func absorbSigns(
    _ m: inout [Float], at start: Int, look: Float, fresh: Float, gradient: Span<Float>,
    signs: inout [Float], at place: Int
  ) {
    withStretch(&m, start, gradient.count) { m in
      withStretch(&signs, place, gradient.count) { signs in
        gradient.withUnsafeBufferPointer {
          passes.absorbSigns($0.count, look, fresh, $0.baseAddress, m, signs)
        }
      }
    }
  }
}

/// Passes that compute a displacement, from index `start` of `y` on.
extension Kernels {
  /// `y = rate·m/(√v·root + epsilon)`
  package func divideByRoots(
    _ m: Span<Float>, _ v: Span<Float>, rate: Float, root: Float = 1, epsilon: Float,
    into y: inout [Float], at start: Int
  ) {
    precondition(m.count == v.count, "the vectors differ in length")
    withStretch(&y, start, m.count) { y in
      m.withUnsafeBufferPointer { m in
        v.withUnsafeBufferPointer { v in
          passes.divideByRoots(m.count, rate, root, epsilon, m.baseAddress, v.baseAddress, y)
        }
      }
    }
  }

  /// `y ← kept·y + rate·G/(√(v − mean²) + epsilon)`, `squares` and `means` from `place` on.
  ///
  /// Empty `means` subtract nothing. They are arrays because y may be their neighbour in one value.
  package func normalize(
    gradient: Span<Float>, parameters: Span<Float>, decay: Float, squares: [Float],
    means: [Float], from place: Int, kept: Float, rate: Float, epsilon: Float,
    into y: inout [Float], at start: Int
  ) {
    let range = place..<place + gradient.count
    let squares = squares.span.extracting(range)
    let mean = means.span.extracting(means.isEmpty ? 0..<0 : range)
    withStretch(&y, start, gradient.count) { y in
      withGradient(gradient, parameters, decay) { g in
        squares.withUnsafeBufferPointer { v in
          mean.withUnsafeBufferPointer { mean in
            passes.normalize(
              v.count, kept, rate, epsilon, g, v.baseAddress,
              mean.isEmpty ? nil : mean.baseAddress, y)
          }
        }
      }
    }
  }

  /// `y = a·x`
  package func scale(_ x: Span<Float>, by a: Float, into y: inout [Float], at start: Int) {
    withStretch(&y, start, x.count) { y in
      x.withUnsafeBufferPointer { passes.scale($0.count, a, $0.baseAddress, y) }
    }
  }

  /// `x ← a·x` in place, for `count` elements.
  package func scale(_ x: inout [Float], at start: Int, count: Int, by a: Float) {
    withStretch(&x, start, count) { passes.scale(count, a, $0, $0) }
  }

  /// `x ← a·x` in place.
  package func scale(_ x: inout MutableSpan<Float>, by a: Float) {
    x.withUnsafeMutableBufferPointer { passes.scale($0.count, a, $0.baseAddress, $0.baseAddress) }
  }

  /// `y = a·G + b·x`; an empty `x` adds nothing.
  package func blend(
    _ a: Float, gradient: Span<Float>, parameters: Span<Float>, decay: Float, _ b: Float = 0,
    _ x: Span<Float>, into y: inout [Float], at start: Int
  ) {
    precondition(x.isEmpty || x.count == gradient.count, "the vectors differ in length")
    withStretch(&y, start, gradient.count) { y in
      withGradient(gradient, parameters, decay) { g in
        x.withUnsafeBufferPointer {
          passes.blend(gradient.count, a, g, b, $0.isEmpty ? nil : $0.baseAddress, y)
        }
      }
    }
  }

  /// `kept = [x·g > 0]`, 0 or 1 per element of the gradient.
  package func agreement(_ x: [Float], _ gradient: Span<Float>, into kept: inout [Float]) {
    let x = x.span.extracting(0..<gradient.count)
    withStretch(&kept, 0, x.count) { kept in
      x.withUnsafeBufferPointer { x in
        gradient.withUnsafeBufferPointer {
          passes.agreement(x.count, x.baseAddress, $0.baseAddress, kept)
        }
      }
    }
  }

  /// `y = 1` where the element's coin lies below `keep`, else 0: `Coins.quad` for every element.
  package func toss(
    _ coins: Coins, step: Int, block: Int, keep: Double, into y: inout [Float], count: Int
  ) {
    let threshold = UInt64((max(0, min(1, keep)) * 0x1p32).rounded(.up))
    withStretch(&y, 0, count) { y in
      passes.tossElements(
        count, coins.key[0], coins.key[1], Coins.elementPlace(step, block), threshold, y)
    }
  }
}

extension Kernels {
  var passes: mgs_passes { table.pointee.passes.pointee }

  func withStretch(
    _ x: inout [Float], _ start: Int, _ count: Int, _ body: (UnsafeMutablePointer<Float>?) -> Void
  ) {
    precondition(start >= 0 && start + count <= x.count, "the stretch lies outside the array")
    x.withUnsafeMutableBufferPointer { body($0.baseAddress.map { $0 + start }) }
  }

  func withGradient(
    _ gradient: Span<Float>, _ parameters: Span<Float>, _ decay: Float,
    _ body: (mgs_gradient) -> Void
  ) {
    precondition(
      decay == 0 || parameters.count == gradient.count, "gradient and parameters differ in length")
    gradient.withUnsafeBufferPointer { g in
      parameters.withUnsafeBufferPointer { p in
        body(mgs_gradient(g: g.baseAddress, p: p.baseAddress, decay: decay))
      }
    }
  }
}
