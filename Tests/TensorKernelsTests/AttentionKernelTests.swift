import RunModel
import TensorKernels
import Testing

struct AttentionShape: Sendable, CustomStringConvertible {
  var (length, heads, headWidth): (Int, Int, Int)
  var softcap: Float
  var keyHeads: Int
  var description: String { "T\(length) h\(heads)/\(keyHeads) w\(headWidth) cap \(softcap)" }

  static let all: [AttentionShape] = [
    (1, 1, 2, 0, 1), (5, 2, 6, 0, 2), (17, 1, 16, 0, 1), (33, 1, 4, 0, 1), (9, 2, 34, 0, 2),
    (18, 1, 8, 2, 1), (67, 1, 2, 0, 1), (66, 1, 2, 1.5, 1), (7, 4, 4, 0, 2), (35, 3, 2, 0, 1),
    (34, 4, 2, 2, 1),
  ].map {
    AttentionShape(
      length: $0.0, heads: $0.1, headWidth: $0.2, softcap: $0.3, keyHeads: $0.4)
  }
}

/// Causal attention against the naive form, and its gradient against central differences.
@Suite struct AttentionKernelTests {
  @Test(arguments: KernelLevel.available, AttentionShape.all)
  func forwardAndBackward(_ level: KernelLevel, _ shape: AttentionShape) {
    run(shape, Kernels(level), forward: 2e-6, backward: 2e-5)
  }

  /// Of rounded queries, keys and values: what is left is the rounding of weights, 2⁻⁹ at most, and
  /// of two gradients.
  @Test(arguments: KernelLevel.available, AttentionShape.all)
  func inBF16TheOperandsAreRounded(_ level: KernelLevel, _ shape: AttentionShape) {
    run(shape, Kernels(level, precision: .bf16), forward: 0x1p-9, backward: 0x1p-7)
  }

  private func run(
    _ shape: AttentionShape, _ kernels: Kernels, forward forwardBound: Double,
    backward backwardBound: Double
  ) {
    let (length, heads, headWidth) = (shape.length, shape.heads, shape.headWidth)
    let (width, sequences) = (heads * headWidth, 2)
    let row = (heads + 2 * shape.keyHeads) * headWidth
    let scratch = Buffer(
      [Float](
        repeating: .nan, count: CausalAttention.scratchCount(length: length, headWidth: headWidth)))
    let attention = CausalAttention(
      heads: heads, keyHeads: shape.keyHeads, headWidth: headWidth, softcap: shape.softcap,
      scratch: scratch.base)
    let drawn = Buffer(count: sequences * length * row, seed: 1).values
    let qkv = Buffer(kernels.precision == .bf16 ? drawn.map(\.roundedToBF16) : drawn)
    let out = Buffer([Float](repeating: .nan, count: sequences * length * width))
    let dOut = Buffer(count: sequences * length * width, seed: 2)
    let dQKV = Buffer([Float](repeating: .nan, count: qkv.count))
    let normalizers = Buffer([Float](repeating: .nan, count: 2 * sequences * heads * length))
    let rows = sequences * length
    func f(_ x: [Double]) -> [Double] {
      Naive.rows(x, length * row).flatMap {
        Naive.attention(
          $0, length: length, heads: heads, keyHeads: shape.keyHeads, headWidth: headWidth,
          softcap: Double(shape.softcap))
      }
    }
    attention.forward(
      qkv.matrix(rows, row), length: length, into: out.matrix(rows, width),
      normalizers: normalizers.base, kernels: kernels)
    #expect(relativeError(out.values, f(qkv.doubles)) < forwardBound)
    attention.backward(
      dOut.matrix(rows, width), qkv: qkv.matrix(rows, row), length: length,
      normalizers: normalizers.base,
      dQKV: dQKV.matrix(rows, row), kernels: kernels)
    // The second sequence alone: central differences of everything would take long.
    let half = qkv.count / 2
    let tail = Array(dOut.doubles.suffix(dOut.count / 2))
    let expected = Naive.gradient(at: Array(qkv.doubles.suffix(half))) { Naive.dot(f($0), tail) }
    #expect(relativeError(Array(dQKV.values.suffix(half)), expected) < backwardBound)
    #expect(!dQKV.values.contains { !$0.isFinite })
    #expect(scratch.isIntact && out.isIntact && dQKV.isIntact && normalizers.isIntact)
  }
}
