import RealModule
import RunModel
import TensorKernels
import Testing

/// Row kernels against double-precision references and the references' central differences.
@Suite struct RowKernelTests {
  static let widths = [1, 4, 7, 16, 33, 88]

  @Test(arguments: KernelLevel.available)
  func exponentialIsAccurateAndSaturates(_ level: KernelLevel) {
    let x = (-1740...1766).map { Float($0) / 20 }
    let y = map(x) { Kernels(level).exponential($0, into: &$1) }
    for (x, y) in zip(x, y) {
      #expect(abs(Double(y) / Double.exp(Double(x)) - 1) < 3e-7, "exp(\(x))")
    }
    let edges = map([-1000, 1000, .nan, -.infinity]) { Kernels(level).exponential($0, into: &$1) }
    #expect(
      edges[0] >= 0 && edges[0] < 1e-37 && edges[1] > 1e38 && edges[2].isNaN && edges[3] < 1e-37)
  }

  @Test(arguments: KernelLevel.available)
  func hyperbolicTangentIsAccurate(_ level: KernelLevel) {
    let x = (-2000...2000).map { Float($0) / 100 } + [1e-6, -3e-4]
    let y = map(x) { Kernels(level).hyperbolicTangent($0, into: &$1) }
    for (x, y) in zip(x, y) where x != 0 {
      #expect(abs(Double(y) / Double.tanh(Double(x)) - 1) < 4e-7, "tanh(\(x))")
    }
  }

  private func map(
    _ x: [Float], _ kernel: (Span<Float>, inout MutableSpan<Float>) -> Void
  ) -> [Float] {
    var y = [Float](repeating: 0, count: x.count)
    var span = y.mutableSpan
    kernel(x.span, &span)
    return y
  }

  @Test(arguments: KernelLevel.available, widths)
  func normForwardAndBackward(_ level: KernelLevel, _ columns: Int) {
    for offset: Float in [0, 1] {
      let rows = 3
      let (x, w) = (Buffer(count: rows * columns, seed: 1), Buffer(count: columns, seed: 2))
      let (y, dy) = (Buffer(count: rows * columns, seed: 3), Buffer(count: rows * columns, seed: 4))
      let deviation = Buffer(count: rows, seed: 5)
      let (dx, dw) = (Buffer(count: rows * columns, seed: 6), Buffer(count: columns, seed: 7))
      let (dx0, dw0) = (dx.doubles, dw.doubles)
      let kernels = Kernels(level)
      func f(_ x: [Double], _ w: [Double]) -> [Double] {
        Naive.rmsNorm(x, w, offset: Double(offset), columns: columns)
      }
      kernels.rmsNorm(
        x.matrix(rows, columns), weight: w.base, offset: offset, epsilon: 1e-5,
        into: y.matrix(rows, columns), inverseDeviation: deviation.base)
      #expect(relativeError(y.values, f(x.doubles, w.doubles)) < 1e-6)
      kernels.rmsNormBackward(
        dy.matrix(rows, columns), x: x.matrix(rows, columns), weight: w.base, offset: offset,
        inverseDeviation: deviation.base, dX: dx.matrix(rows, columns), dW: dw.base)
      let byX = Naive.gradient(at: x.doubles) { Naive.dot(f($0, w.doubles), dy.doubles) }
      let byW = Naive.gradient(at: w.doubles) { Naive.dot(f(x.doubles, $0), dy.doubles) }
      #expect(relativeError(dx.values, zip(dx0, byX).map(+)) < 1e-5)
      #expect(relativeError(dw.values, zip(dw0, byW).map(+)) < 1e-5)
      #expect(y.isIntact && dx.isIntact && dw.isIntact && deviation.isIntact)
    }
  }

  @Test(arguments: KernelLevel.available, widths)
  func gatesForwardAndBackward(_ level: KernelLevel, _ width: Int) {
    for activation in ModelConfiguration.Activation.allCases {
      let rows = 3
      let gateUp = Buffer((0..<rows * 2 * width).map { 4 * Float.sin(Float($0) * 1.7) })
      let (out, dOut) = (Buffer(count: rows * width, seed: 1), Buffer(count: rows * width, seed: 2))
      let kernels = Kernels(level)
      kernels.gate(
        gateUp.matrix(rows, 2 * width), into: out.matrix(rows, width), activation)
      let x = gateUp.doubles
      #expect(relativeError(out.values, Naive.gate(x, width: width, activation)) < 1e-6)
      kernels.gateBackward(
        dOut.matrix(rows, width), gateUp: gateUp.matrix(rows, 2 * width),
        dGateUp: gateUp.matrix(rows, 2 * width), activation)
      let expected = Naive.gradient(at: x) {
        Naive.dot(Naive.gate($0, width: width, activation), dOut.doubles)
      }
      #expect(relativeError(gateUp.values, expected) < 1e-5)
      #expect(out.isIntact && gateUp.isIntact)
    }
  }

  @Test(arguments: KernelLevel.available, [2, 6, 16, 34])
  func rotationTurnsAndTurnsBack(_ level: KernelLevel, _ headWidth: Int) {
    let (length, heads, half) = (5, 3, headWidth / 2)
    let row = heads * headWidth + 4
    let x = Buffer(count: 2 * length * row, seed: 1)
    let before = x.doubles
    let angles = (0..<length * half).map { i in
      Double(i / half) * Double.pow(10_000, -Double(2 * (i % half)) / Double(headWidth))
    }
    let cosines = Buffer(angles.map { Float(Double.cos($0)) })
    let sines = Buffer(angles.map { Float(Double.sin($0)) })
    for inverse in [false, true] {
      Kernels(level).rotate(
        x.matrix(2 * length, row), length: length, heads: heads, headWidth: headWidth,
        cosines: cosines.base, sines: sines.base, inverse: inverse)
      let expected = Naive.rows(before, row).enumerated().flatMap { index, values in
        Naive.rotate(
          Array(values.prefix(heads * headWidth)), position: index % length, headWidth: headWidth)
          + values.suffix(4)
      }
      #expect(relativeError(x.values, inverse ? before : expected) < 1e-6)
    }
    #expect(x.isIntact)
  }

  @Test(arguments: KernelLevel.available, widths)
  func crossEntropyForwardAndBackward(_ level: KernelLevel, _ vocabulary: Int) {
    for softcap: Float in [0, 3] {
      let rows = 4
      let start = Buffer(count: rows * vocabulary, seed: 1).values.map { 3 * $0 }
      let targets = (0..<rows).map { Int32($0 * 5 % vocabulary) }
      func f(_ z: [Double]) -> Double {
        Naive.crossEntropy(z, targets: targets.map(Int.init), softcap: Double(softcap))
      }
      let x = start.map(Double.init)
      let (plain, logits) = (Buffer(start), Buffer(start))
      let kernels = Kernels(level)
      let loss = kernels.crossEntropy(
        plain.matrix(rows, vocabulary), targets: targets, softcap: softcap)
      let same = kernels.crossEntropy(
        logits.matrix(rows, vocabulary), targets: targets, softcap: softcap, gradientScale: 0.5)
      #expect(abs(loss - f(x)) < 1e-5 && loss == same)
      let expected = Naive.gradient(at: x) { f($0) / 2 }
      if vocabulary > 1 { #expect(relativeError(logits.values, expected) < 1e-5) }
      #expect(logits.isIntact && plain.isIntact)
    }
  }

  @Test(arguments: KernelLevel.available)
  func lossOfNotANumberIsNotANumber(_ level: KernelLevel) {
    for vocabulary in [5, 40] {
      var values = [Float](repeating: 0.5, count: vocabulary)
      values[vocabulary - 1] = .nan
      let logits = Buffer(values)
      let loss = Kernels(level).crossEntropy(logits.matrix(1, vocabulary), targets: [0])
      #expect(loss.isNaN)
    }
  }

  @Test(arguments: KernelLevel.available, widths)
  func rowsAreGatheredScatteredAndAdded(_ level: KernelLevel, _ columns: Int) {
    let indices: [Int32] = [2, 0, 2, 1]
    let (table, x) = (Buffer(count: 3 * columns, seed: 1), Buffer(count: 4 * columns, seed: 2))
    let (out, kernels) = (Buffer(count: 4 * columns, seed: 3), Kernels(level))
    kernels.gather(table.base, indices: indices, scale: 2, into: out.matrix(4, columns))
    let expected = indices.flatMap { row in
      (0..<columns).map { 2 * table.doubles[Int(row) * columns + $0] }
    }
    #expect(relativeError(out.values, expected) < 1e-7)
    var sums = table.doubles
    for (i, row) in indices.enumerated() {
      for c in 0..<columns { sums[Int(row) * columns + c] += 3 * x.doubles[i * columns + c] }
    }
    kernels.scatterAdd(x.matrix(4, columns), indices: indices, scale: 3, into: table.base)
    #expect(relativeError(table.values, sums) < 1e-6)
    let total = zip(out.doubles, x.doubles).map(+)
    kernels.add(x.base, to: out.base, count: 4 * columns)
    #expect(relativeError(out.values, total) < 1e-6)
    #expect(out.isIntact && table.isIntact)
  }
}
