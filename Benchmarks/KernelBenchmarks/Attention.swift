import RunModel
import TensorKernels

/// Causal attention of one shard. Operations counted: the two products of the forward pass and the
/// five of the backward pass over the lower triangle; softmax comes on top.
func attentionBenchmarks(_ size: ModelSize) {
  let model = ModelConfiguration(size: size)
  let (tokens, width, length) = (model.tokensPerStep / 2, model.width, model.context)
  let headWidth = width / model.heads
  let attention = CausalAttention(
    heads: model.heads, headWidth: headWidth, softcap: 0,
    scratch: Buffer.floats(CausalAttention.scratchCount(length: length, headWidth: headWidth)))
  let (qkv, out) = (Buffer.matrix(tokens, 3 * width), Buffer.matrix(tokens, width))
  let (dOut, dQKV) = (Buffer.matrix(tokens, width), Buffer.matrix(tokens, 3 * width))
  let normalizers = Buffer.floats(2 * tokens * model.heads)
  let kernels = Kernels()
  let product = Double(tokens * length * width)
  ShareOfPeak.benchmark("attention-\(size)", ShareOfPeak.operations, work: 2 * product) {
    attention.forward(qkv, length: length, into: out, normalizers: normalizers, kernels: kernels)
  }
  ShareOfPeak.benchmark("attention-backward-\(size)", ShareOfPeak.operations, work: 5 * product) {
    attention.backward(
      dOut, qkv: qkv, length: length, normalizers: normalizers, dQKV: dQKV, kernels: kernels)
  }
}
