import Foundation
import RunModel
import TensorKernels
import Testing
import Workloads

/// One case that PyTorch computed from the prompt matrix itself.
private struct Case: Decodable {
  var examples: [[Double]]
  var query: [Double]
  var target: Double
  /// P and Q of every layer, flat.
  var layers: [[[Double]]]
  var loss: Double
  var gradients: [[[Double]]]

  static func all() throws -> [Case] {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let file = folder.appendingPathComponent("linear-transformer/cases.json")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
  }
}

private func matrix(_ elements: [Double], size: Int) -> SmallMatrix {
  var matrix = SmallMatrix(size: size)
  matrix.elements = elements
  return matrix
}

@Suite struct LinearTransformerTests {
  @Test func lossAndGradientEqualAutogradOnTheWholePromptMatrix() throws {
    for fixture in try Case.all() {
      let size = fixture.query.count + 1
      let model = LinearAttention(
        layers: fixture.layers.map { (matrix($0[0], size: size), matrix($0[1], size: size)) })
      let prompt = RegressionPrompt(
        examples: fixture.examples, query: fixture.query, target: fixture.target)
      var gradients = model.layers.map { _ in
        (p: SmallMatrix(size: size), q: SmallMatrix(size: size))
      }
      let loss = model.lossAndGradient(prompt, weight: 1, into: &gradients)
      #expect(abs(loss - fixture.loss) < 1e-9 * fixture.loss)
      #expect(model.loss(prompt) == loss)
      for (gradient, expected) in zip(gradients, fixture.gradients) {
        #expect(difference(gradient.p.elements, expected[0]) < 1e-9)
        #expect(difference(gradient.q.elements, expected[1]) < 1e-9)
      }
    }
  }

  @Test(arguments: [RegressionPrompt.Tails.light, .heavy])
  func gradientEqualsFiniteDifferences(_ tails: RegressionPrompt.Tails) {
    let source = LinearTransformerSource(tails: tails, batch: 4)
    let workload = source.makeWorkload(threads: 1)
    let start = workload.start(seed: 3).map { 4 * $0 }
    let error = workload.gradientError(
      start, BatchKey(seed: 0, step: 1), step: 1e-3, indices: Array(start.indices))
    #expect(error < 2e-4)
  }

  @Test func blocksArePAndQOfEveryLayer() {
    let layout = LinearTransformerSource(tails: .light).layout
    #expect(layout.entries.map(\.name) == ["0.p", "0.q", "1.p", "1.q", "2.p", "2.q"])
    #expect(layout.entries.allSatisfy { $0.shape == [6, 6] && $0.isMaskable })
  }

  /// E|x|² is 5 for light tails; 0.1 · 10 = 1 for heavy ones, and E|x|⁴ = E γ² = 0.1 · 1.1 · 100 = 11.
  @Test func inputsHaveTheirMoments() {
    var random = RandomStream(seed: 0, purpose: .corpus)
    func moments(_ tails: RegressionPrompt.Tails) -> (second: Double, fourth: Double) {
      let squares = (0..<200_000).map { _ in
        RegressionPrompt.input(tails, 5, &random).reduce(0) { $0 + $1 * $1 }
      }
      let count = Double(squares.count)
      return (
        squares.reduce(0, +) / count, squares.reduce(0) { $0 + $1 * $1 } / count
      )
    }
    let (light, heavy) = (moments(.light), moments(.heavy))
    #expect(abs(light.second - 5) < 0.05)
    #expect(abs(light.fourth - 35) < 0.7)
    #expect(abs(heavy.second - 1) < 0.04)
    #expect(abs(heavy.fourth - 11) < 1.2)
  }

  @Test func zeroWeightsLoseTheVarianceOfTheAnswer() {
    let source = LinearTransformerSource(tails: .light)
    let workload = source.makeWorkload(threads: 1)
    let zero = [Float](repeating: 0, count: source.layout.count)
    #expect(abs(workload.evaluate(parameters: zero.span) - 5) < 0.5)
  }
}

/// Relative L2 distance.
private func difference(_ values: [Double], _ expected: [Double]) -> Double {
  let distance = zip(values, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (distance / max(1e-30, expected.reduce(0) { $0 + $1 * $1 })).squareRoot()
}
