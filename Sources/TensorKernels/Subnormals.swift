import CKernels

/// Numbers too small for a full mantissa, which processors handle many times more slowly.
package enum Subnormals {
  /// Takes them for zero from now on, in this thread and in those it starts.
  ///
  /// Called once, before anything computes: all threads of a run must agree to the bit.
  package static func flushToZero() { mgs_flush_subnormals() }
}
