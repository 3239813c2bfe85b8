import RunModel
import TensorKernels

/// Normalization, gated unit and cross-entropy over one shard's tokens, and the exponential.
func rowBenchmarks(_ size: ModelSize) {
  let model = ModelConfiguration(size: size)
  let kernels = Kernels()
  let (tokens, width) = (model.tokensPerStep / 2, model.width)
  let (x, y) = (Buffer.matrix(tokens, width), Buffer.matrix(tokens, width))
  let (weight, deviation) = (Buffer.floats(width), Buffer.floats(tokens))
  ShareOfPeak.benchmark("rmsnorm-\(size)", ShareOfPeak.elements, work: Double(tokens * width)) {
    kernels.rmsNorm(
      x, weight: weight, offset: 0, epsilon: 1e-5, into: y, inverseDeviation: deviation)
  }
  let (gateUp, gated) = (Buffer.matrix(tokens, 2 * model.ffn), Buffer.matrix(tokens, model.ffn))
  ShareOfPeak.benchmark("swiglu-\(size)", ShareOfPeak.elements, work: Double(tokens * model.ffn)) {
    kernels.gate(gateUp, into: gated, .silu)
  }
  let logits = Buffer.matrix(128, 256)
  let targets = UnsafeMutablePointer<Int32>.allocate(capacity: 128)
  for row in 0..<128 { targets[row] = Int32(row) }
  ShareOfPeak.benchmark("crossentropy-\(size)", ShareOfPeak.elements, work: 128 * 256) {
    // The gradient replaces the logits; a factor near one keeps them ordinary numbers.
    _ = kernels.crossEntropy(logits, targets: targets, gradientScale: 1)
  }
  let (powers, results) = (Buffer.matrix(tokens, width), Buffer.matrix(tokens, width))
  let count = tokens * width
  ShareOfPeak.benchmark("exp-\(size)", ShareOfPeak.elements, work: Double(count)) {
    let input = UnsafeBufferPointer(start: powers.base, count: count)
    let output = UnsafeMutableBufferPointer(start: results.base, count: count)
    var span = output.mutableSpan
    kernels.exponential(input.span, into: &span)
  }
}
