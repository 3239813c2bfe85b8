import RunModel
import TensorKernels
import Testing

/// What products in bf16 round their operands to, and that they do nothing else.
@Suite struct BF16Tests {
  struct Case: Sendable {
    var (bits, rounded): (UInt32, UInt32)
  }

  static let cases = [
    (0x3f80_0000, 0x3f80_0000), (0x3f80_8000, 0x3f80_0000), (0x3f81_8000, 0x3f82_0000),
    (0x3f80_8001, 0x3f81_0000), (0x3f80_7fff, 0x3f80_0000), (0xbf81_8000, 0xbf82_0000),
    (0xbf80_8000, 0xbf80_0000), (0x3fff_ffff, 0x4000_0000), (0x0000_0000, 0x0000_0000),
    (0x8000_0000, 0x8000_0000),
    // Infinity, and what is nearer to it than to the largest bfloat16.
    (0x7f80_0000, 0x7f80_0000), (0xff80_0000, 0xff80_0000), (0x7f7f_ffff, 0x7f80_0000),
    (0x7f7f_8000, 0x7f80_0000), (0x7f7f_7fff, 0x7f7f_0000),
    // Below the normal range the same upper half is kept.
    (0x0000_8000, 0x0000_0000), (0x0000_8001, 0x0001_0000), (0x0001_8000, 0x0002_0000),
    (0x8001_8000, 0x8002_0000), (0x007f_ffff, 0x0080_0000),
  ].map { Case(bits: $0.0, rounded: $0.1) }

  private func rounded(_ values: [Float], _ level: KernelLevel) -> [Float] {
    var out = [Float](repeating: .nan, count: values.count)
    var span = out.mutableSpan
    Kernels(level).roundToBF16(values.span, into: &span)
    return out
  }

  @Test(arguments: KernelLevel.available)
  func roundsToNearestAndTiesToEven(_ level: KernelLevel) {
    let values = Self.cases.map { Float(bitPattern: $0.bits) }
    let wanted = Self.cases.map(\.rounded)
    #expect(rounded(values, level).map(\.bitPattern) == wanted)
    #expect(values.map(\.roundedToBF16.bitPattern) == wanted)
  }

  @Test(arguments: KernelLevel.available)
  func whatIsNotANumberStaysSo(_ level: KernelLevel) {
    // With its only bits in the half that is dropped, a carry would make it infinite.
    let values = [0x7f80_0001, 0x7f80_ffff, 0xff80_0001, 0x7fff_ffff, 0xffff_ffff].map {
      Float(bitPattern: $0)
    }
    #expect(rounded(values, level).allSatisfy { $0.isNaN })
    #expect(values.allSatisfy { $0.roundedToBF16.isNaN })
  }

  @Test(arguments: KernelLevel.available)
  func everyUpperHalfIsRoundedAlike(_ level: KernelLevel) {
    let lower: [UInt32] = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff]
    for low in lower {
      let values = (UInt32(0)...0xffff).map { Float(bitPattern: $0 << 16 | low) }
        .filter { !$0.isNaN }
      let found = rounded(values, level)
      let differing = values.indices.filter {
        found[$0].bitPattern != values[$0].roundedToBF16.bitPattern
      }
      #expect(differing.isEmpty)
    }
  }

  /// Float32's product of operands rounded beforehand, to the bit: the order of sums is the same.
  @Test(arguments: KernelLevel.available, ProductShape.all)
  func aProductIsFloat32sOfRoundedOperands(_ level: KernelLevel, _ shape: ProductShape) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    let (a, b) = (Buffer(count: m * k, seed: 4), Buffer(count: k * n, seed: 5))
    let (out, wanted) = (Buffer(count: m * n, seed: 6), Buffer(count: m * n, seed: 6))
    let (roundedA, roundedB) = (Buffer(rounded(a.values, level)), Buffer(rounded(b.values, level)))
    func multiply(_ kernels: Kernels, _ a: Buffer, _ b: Buffer, _ c: Buffer, _ transposed: Bool) {
      let left = transposed ? a.matrix(k, m).transposed : a.matrix(m, k)
      kernels.multiply(left, b.matrix(k, n), into: c.matrix(m, n), accumulate: true)
    }
    for transposed in [false, true] {
      multiply(Kernels(level, precision: .bf16), a, b, out, transposed)
      multiply(Kernels(level), roundedA, roundedB, wanted, transposed)
      #expect(out.values == wanted.values)
    }
    #expect(out.isIntact && a.isIntact && b.isIntact)
  }

  @Test func recordsSayThatProductsAreRounded() {
    #expect(KernelLevel.avx2.name(.fp32) == "avx2")
    #expect(KernelLevel.avx2.name(.bf16) == "avx2, bf16 products by rounding")
  }
}
