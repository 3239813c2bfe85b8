import TensorKernels

/// One in-context regression task, reduced to all that a linear transformer can see of it.
///
/// Examples (xᵢ, yᵢ = w·xᵢ) enter only through their second moment `A = (1/n) Σ zᵢzᵢᵀ`, zᵢ = (xᵢ; yᵢ).
struct RegressionPrompt: Sendable {
  /// How the inputs are spread.
  enum Tails: String, Sendable, CaseIterable {
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

  static func draw(
    tails: Tails, dimension: Int, examples: Int, _ random: inout RandomStream
  ) -> RegressionPrompt {
    let weights = (0..<dimension).map { _ in random.normal() }
    var moment = SmallMatrix(size: dimension + 1)
    for _ in 0..<examples {
      var example = input(tails, dimension, &random)
      example.append(dot(weights, example))
      moment.addOuter(example, example)
    }
    for i in moment.elements.indices { moment.elements[i] /= Double(examples) }
    let query = input(tails, dimension, &random)
    return RegressionPrompt(moment: moment, query: query + [0], target: dot(weights, query))
  }

  static func input(_ tails: Tails, _ dimension: Int, _ random: inout RandomStream) -> [Double] {
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
