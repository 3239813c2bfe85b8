import CKernels

/// Causal attention of one layer over `sequences` sequences of `length` positions.
///
/// `softmax(cap(q·kᵀ·scale))·v`, blocks above the diagonal skipped; backward takes the
/// probabilities again from the queries' normalizers (after Dao et al., 2022).
package struct CausalAttention {
  package let heads: Int
  /// Heads of keys and values; `heads/keyHeads` queries share each (Ainslie et al., 2023).
  package let keyHeads: Int
  package let headWidth: Int
  /// 1/√headWidth as a rule.
  package let scale: Float
  /// cap(z) = softcap·tanh(z/softcap); 0: none.
  package let softcap: Float
  /// `scratchCount(length:)` floats, of one thread's own.
  package let scratch: UnsafeMutablePointer<Float>

  package init(
    heads: Int, keyHeads: Int? = nil, headWidth: Int, softcap: Float = 0,
    scratch: UnsafeMutablePointer<Float>
  ) {
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    precondition(
      self.keyHeads > 0 && heads.isMultiple(of: self.keyHeads), "keys are shared evenly")
    self.headWidth = headWidth
    self.softcap = softcap
    self.scratch = scratch
    scale = Float(1 / Double(headWidth).squareRoot())
  }

  package static func scratchCount(length: Int, headWidth: Int) -> Int {
    mgs_attention_scratch(length, headWidth)
  }

  /// `outputs` gives the shape of `out` or of its gradient.
  private func arguments(
    _ qkv: Matrix, length: Int, outputs: Matrix, normalizers: UnsafeMutablePointer<Float>,
    _ kernels: Kernels
  ) -> mgs_attention {
    precondition(
      qkv.columns == (heads + 2 * keyHeads) * headWidth && outputs.columns == heads * headWidth)
    precondition(qkv.rows == outputs.rows && qkv.rows.isMultiple(of: length), "shapes differ")
    return mgs_attention(
      sequences: qkv.rows / length, length: length, heads: heads, keyHeads: keyHeads,
      headWidth: headWidth,
      qkv: UnsafePointer(qkv.base), qkvRow: qkv.rowStride, out: nil, outRow: outputs.rowStride,
      normalizers: normalizers, outGradient: nil, qkvGradient: nil, scratch: scratch,
      scale: scale, softcap: softcap, bf16: kernels.roundsOperands)
  }

  /// qkv [S·T, (H + 2·K)·W] as q | k | v already rotated, out [S·T, H·W], normalizers [S, H, 2, T].
  package func forward(
    _ qkv: Matrix, length: Int, into out: Matrix, normalizers: UnsafeMutablePointer<Float>,
    kernels: Kernels
  ) {
    var arguments = arguments(qkv, length: length, outputs: out, normalizers: normalizers, kernels)
    arguments.out = out.base
    kernels.table.pointee.attentionForward(&arguments)
  }

  /// dQKV (written) from dOut and the `normalizers` that `forward` left.
  package func backward(
    _ dOut: Matrix, qkv: Matrix, length: Int, normalizers: UnsafeMutablePointer<Float>,
    dQKV: Matrix, kernels: Kernels
  ) {
    precondition(dQKV.rowStride == qkv.rowStride)
    var arguments = arguments(qkv, length: length, outputs: dOut, normalizers: normalizers, kernels)
    arguments.outGradient = UnsafePointer(dOut.base)
    arguments.qkvGradient = dQKV.base
    kernels.table.pointee.attentionBackward(&arguments)
  }
}
