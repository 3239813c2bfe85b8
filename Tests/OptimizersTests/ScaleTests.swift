import Optimizers
import RunModel
import Testing

/// How a trajectory answers to gradients a thousand times larger.
@Suite struct ScaleTests {
  @Test(arguments: [
    "adam", "adamw", "cadamw", "rmsprop", "laprop", "lion", "muon", "adafactor",
    "magma(adam)", "magma(lion)",
  ])
  func normalizedOptimizersDoNotCareAboutTheGradientsScale(_ arm: String) throws {
    let (one, thousand) = (try walk(arm, scale: 1), try walk(arm, scale: 1000))
    let start = Problems.normals(one.count, seed: 1).map { Double($0) }
    let moved = zip(one, start).map { $0 - $1 }
    let distance = zip(one, thousand).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let size = moved.reduce(0) { $0 + $1 * $1 }
    #expect((distance / size).squareRoot() < 1e-3)
  }

  @Test func gradientDescentIsLinearInTheGradient() throws {
    let start = Problems.normals(Problems.layout.count, seed: 1).map { Double($0) }
    let one = zip(try walk("sgd:momentum=0.9", scale: 1), start).map { $0 - $1 }
    let many = zip(try walk("sgd:momentum=0.9", scale: 1000), start).map { $0 - $1 }
    #expect(relativeDistance(many, one.map { 1000 * $0 }) < 1e-4)
  }

  @Test func clippingLimitsTheGlobalNorm() {
    var gradients: [Float] = [3, 4, 0]
    var span = gradients.mutableSpan
    #expect(clipByGlobalNorm(&span, limit: nil) == 5)
    #expect(clipByGlobalNorm(&span, limit: 10) == 5)
    #expect(gradients == [3, 4, 0])
    span = gradients.mutableSpan
    #expect(clipByGlobalNorm(&span, limit: 1) == 5)
    #expect(abs(gradients[0] - 0.6) < 1e-6 && abs(gradients[1] - 0.8) < 1e-6)
  }

  private func walk(_ arm: String, scale: Double) throws -> [Double] {
    var arm = try TestedArm(arm)
    var x = Problems.normals(Problems.layout.count, seed: 1)
    for step in 1...15 {
      let gradient = Problems.normals(x.count, seed: UInt64(step) + 7, scale: scale)
      arm.advance(&x, gradient, step: step)
    }
    return x.map { Double($0) }
  }
}
