import CKernels

/// Causal attention of one layer over `sequences` sequences of `length` positions.
///
/// `softmax(cap(q·kᵀ·scale))·v`, blocks above the diagonal skipped; backward takes the
/// probabilities again from the rows' normalizers (Dao et al., 2022).
package struct CausalAttention {
  package let heads: Int
  package let headWidth: Int
  /// 1/√headWidth as a rule.
  package let scale: Float
  /// cap(z) = softcap·tanh(z/softcap); 0: none.
  package let softcap: Float
  /// `scratchCount(length:)` floats, of one thread's own.
  package let scratch: UnsafeMutablePointer<Float>

  package init(
    heads: Int, headWidth: Int, softcap: Float = 0, scratch: UnsafeMutablePointer<Float>
  ) {
    self.heads = heads
    self.headWidth = headWidth
    self.softcap = softcap
    self.scratch = scratch
    scale = Float(1 / Double(headWidth).squareRoot())
  }

  package static func scratchCount(length: Int, headWidth: Int) -> Int {
    mgs_attention_scratch(length, headWidth)
  }

  private func arguments(
    _ qkv: Matrix, length: Int, out: Matrix, logSumExp: UnsafeMutablePointer<Float>
  ) -> mgs_attention {
    precondition(qkv.columns == 3 * heads * headWidth && out.columns == heads * headWidth)
    precondition(qkv.rows == out.rows && qkv.rows.isMultiple(of: length), "shapes differ")
    return mgs_attention(
      sequences: qkv.rows / length, length: length, heads: heads, headWidth: headWidth,
      qkv: UnsafePointer(qkv.base), qkvRow: qkv.rowStride, out: out.base, outRow: out.rowStride,
      logSumExp: logSumExp, outGradient: nil, qkvGradient: nil, scratch: scratch,
      scale: scale, softcap: softcap)
  }

  /// qkv [S·T, 3·H·W] as q | k | v already rotated, out [S·T, H·W], logSumExp [S, H, T].
  package func forward(
    _ qkv: Matrix, length: Int, into out: Matrix, logSumExp: UnsafeMutablePointer<Float>,
    kernels: Kernels
  ) {
    var arguments = arguments(qkv, length: length, out: out, logSumExp: logSumExp)
    kernels.table.pointee.attentionForward(&arguments)
  }

  /// dQKV (written) from dOut and what `forward` left in `out` and `logSumExp`.
  package func backward(
    _ dOut: Matrix, qkv: Matrix, length: Int, out: Matrix,
    logSumExp: UnsafeMutablePointer<Float>, dQKV: Matrix, kernels: Kernels
  ) {
    precondition(dOut.rowStride == out.rowStride && dQKV.rowStride == qkv.rowStride)
    var arguments = arguments(qkv, length: length, out: out, logSumExp: logSumExp)
    arguments.outGradient = UnsafePointer(dOut.base)
    arguments.qkvGradient = dQKV.base
    kernels.table.pointee.attentionBackward(&arguments)
  }
}
