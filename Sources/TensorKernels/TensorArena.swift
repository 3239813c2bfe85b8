/// One flat, 64-byte aligned buffer of floats: parameters, gradients, activations or moments.
///
/// Owns its memory; allocated once, zero-filled, and never in a step.
package struct TensorArena: ~Copyable {
  package let count: Int
  private let base: UnsafeMutableRawPointer

  /// Alignment of the buffer in bytes: one cache line, one AVX-512 register.
  package static let alignment = 64

  package init(count: Int) {
    precondition(count >= 0, "an arena cannot have a negative size")
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    base = .allocate(byteCount: bytes, alignment: Self.alignment)
    base.initializeMemory(as: Float.self, repeating: 0, count: max(1, count))
  }

  deinit { base.deallocate() }

  /// The elements; valid as long as the arena lives. Take `.span` or `.mutableSpan` of it.
  package var elements: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base.assumingMemoryBound(to: Float.self), count: count)
  }

  package var bytes: Int { count * MemoryLayout<Float>.stride }
}
