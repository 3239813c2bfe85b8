import Optimizers
import RunModel
import TensorKernels
import Testing

/// Pure noise: the alignment sits on its null √(1−β²), or on 0 when μ has not seen the gradient.
@Suite struct NoiseTests {
  @Test(arguments: [
    ("magma(adam)", 0.436, 0.554), ("magma(rmsprop)", 0.436, 0.554), ("magma(sgd)", 0.436, 0.554),
    ("magma(adam):mu=before", 0, 0.5), ("magma(rmsprop):mu=before", 0, 0.5),
    ("magma(adam):beta1=0.95", 0.312, 0.539),
  ])
  func alignmentOfNoiseSitsOnItsNull(_ arm: String, _ alignment: Double, _ scale: Double) throws {
    let layout = Problems.vectors(1, of: 32_768)
    var arm = try TestedArm(arm, layout)
    var x = Array(repeating: Float(0), count: layout.count)
    var sums = (alignment: 0.0, scale: 0.0)
    for step in 1...200 {
      arm.advance(&x, Problems.normals(x.count, seed: UInt64(step)), step: step)
      guard step > 40 else { continue }
      sums.alignment += Double(arm.optimizer.outcomes[0].alignment) / 160
      sums.scale += Double(arm.optimizer.outcomes[0].scale) / 160
    }
    #expect(abs(sums.alignment - alignment) < 0.005)
    #expect(abs(sums.scale - scale) < 0.003)
  }

  /// The level that charts draw is a formula in the settings; here it is what noise measures, bare
  /// and wrapped.
  @Test(
    arguments: bases.flatMap { [$0, "magma(\($0))", "skip(\($0)):mask=0"] } + [
      "lion:beta2=0.9", "magma(lion):beta2=0.9", "sgd:momentum=0.95", "magma(sgd):momentum=0.95",
      "rmsprop:momentum=0.8", "magma(rmsprop):momentum=0.8", "magma(muon):momentum=0.9",
      "muon:momentum=0", "magma(adafactor):beta=0.8", "matched(magma(rmsprop)):beta=0.8",
      "magma(adam):beta1=0.5", "matched(magma(adam)):mu=before", "magma(soap):mu=before",
    ])
  func pureNoiseAlignmentIsWhatNoiseMeasures(_ text: String) throws {
    let layout = TensorLayout([
      BlockDescriptor(name: "q", shape: [128, 128], role: .attention, isMaskable: true)
    ])
    var arm = try TestedArm(text, layout)
    let wanted = try #require(OptimizerRegistry.arm(text).pureNoiseAlignment)
    var x = Array(repeating: Float(0), count: layout.count)
    var sum = 0.0
    for step in 1...500 {
      arm.advance(&x, Problems.normals(x.count, seed: UInt64(step)), step: step)
      if step > 300 { sum += Double(arm.optimizer.outcomes[0].alignment) / 200 }
    }
    #expect(abs(sum - wanted) < 0.012, "\(sum), not \(wanted)")
  }

  static let bases = OptimizerRegistry.catalog.bases.map(\.name)

  @Test(arguments: [
    ("adam", 0.436), ("adam:beta1=0.95", 0.312), ("lion", 0.141), ("rmsprop", 0.436),
    ("magma(lion)", 0.141), ("magma(muon)", 0.312), ("sgd", 0.436), ("magma(adam):mu=before", 0),
  ])
  func noiseLevelsAreTheKnownFigures(_ arm: String, _ level: Double) throws {
    let found = try #require(OptimizerRegistry.arm(arm).pureNoiseAlignment)
    #expect(abs(found - level) < 5e-4)
  }

  @Test func zeroGradientsHaveNoAlignment() throws {
    var arm = try TestedArm("magma(adam)")
    var x = Problems.normals(Problems.layout.count, seed: 1)
    arm.advance(&x, Array(repeating: 0, count: x.count), step: 1)
    for outcome in arm.optimizer.outcomes where outcome.isMasked {
      #expect(outcome.alignment == 0 && outcome.score == 0.5)
    }
  }
}
