import TensorKernels

/// One in-context regression task, reduced to all that a linear transformer can see of it.
///
/// Examples (xᵢ, yᵢ = w·xᵢ) enter only through their second moment `A = (1/n) Σ zᵢzᵢᵀ`, zᵢ = (xᵢ; yᵢ).
package struct RegressionPrompt: Sendable {
  /// How the inputs are spread.
  package enum Tails: String, Sendable, CaseIterable {
    /// x standard normal.
    case light
    /// x = √γ u, u uniform on the sphere, γ gamma-distributed with shape 0.1 and scale 10.
    case heavy
  }

  /// Second moment of the examples, [d+1, d+1].
  var moment: SmallMatrix
  /// The query (x; 0).
  var query: [Double]
  /// w·x of the query.
  var target: Double

  /// - Parameters:
  ///   - examples: inputs x, each with its answer y appended.
  ///   - query: an input.
  package init(examples: [[Double]], query: [Double], target: Double) {
    moment = SmallMatrix(size: query.count + 1)
    for example in examples { moment.addOuter(example, example) }
    for i in moment.elements.indices { moment.elements[i] /= Double(examples.count) }
    self.query = query + [0]
    self.target = target
  }

  package static func draw(
    tails: Tails, dimension: Int, examples: Int, _ random: inout RandomStream
  ) -> RegressionPrompt {
    let weights = (0..<dimension).map { _ in random.normal() }
    let pairs = (0..<examples).map { _ in
      let x = input(tails, dimension, &random)
      return x + [dot(weights, x)]
    }
    let query = input(tails, dimension, &random)
    return RegressionPrompt(examples: pairs, query: query, target: dot(weights, query))
  }

  /// One input x, `dimension` entries.
  package static func input(_ tails: Tails, _ dimension: Int, _ random: inout RandomStream)
    -> [Double]
  {
    let direction = (0..<dimension).map { _ in random.normal() }
    guard tails == .heavy else { return direction }
    let radius = (10 * random.gamma(shape: 0.1)).squareRoot()
    let norm = dot(direction, direction).squareRoot()
    return direction.map { radius * $0 / norm }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
