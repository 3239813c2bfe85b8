import RunModel
import TensorKernels

/// The products of one layer: forward on packed weights, both backward ones. M tokens of one shard.
func productBenchmarks(_ size: ModelSize) {
  let model = ModelConfiguration(size: size)
  let tokens = model.tokensPerStep / 2
  productBenchmarks("\(size)-qkv", rows: tokens, inputs: model.width, outputs: 3 * model.width)
  productBenchmarks("\(size)-gateup", rows: tokens, inputs: model.width, outputs: 2 * model.ffn)
}

/// x [M, I], w [O, I], y [M, O].
private func productBenchmarks(_ name: String, rows: Int, inputs: Int, outputs: Int) {
  let kernels = Kernels()
  let (x, w, y) = (
    Buffer.matrix(rows, inputs), Buffer.matrix(outputs, inputs), Buffer.matrix(rows, outputs)
  )
  let (dX, dW) = (Buffer.matrix(rows, inputs), Buffer.matrix(outputs, inputs))
  let panels = Buffer.floats(kernels.packedCount(rows: inputs, columns: outputs))
  let packed = PackedMatrix(source: w.transposed, panels: panels)
  kernels.pack(packed)
  let work = 2 * Double(rows * inputs * outputs)
  ShareOfPeak.benchmark("product-packed-\(name)", ShareOfPeak.operations, work: work) {
    kernels.multiply(x, packed, into: y)
  }
  ShareOfPeak.benchmark("product-nn-\(name)", ShareOfPeak.operations, work: work) {
    kernels.multiply(y, w, into: dX)
  }
  ShareOfPeak.benchmark("product-tn-\(name)", ShareOfPeak.operations, work: work) {
    kernels.multiply(y.transposed, x, into: dW)
  }
}

/// Memory that lives as long as the process, filled with small numbers.
enum Buffer {
  static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * 4, alignment: TensorArena.alignment)
    let floats = memory.bindMemory(to: Float.self, capacity: max(1, count))
    for i in 0..<max(1, count) { floats[i] = Float(i * 37 % 101) / 101 - 0.5 }
    return floats
  }

  static func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(floats(rows * columns), rows: rows, columns: columns)
  }
}
