/// The linear transformer `Z ← Z + (1/n) P Z M Zᵀ Q Z` (Ahn et al., 2024) and its gradient.
///
/// M drops the query, so with A = (1/n) Z M Zᵀ a layer is `Z ← C Z`, `C = I + P A Q`. The examples'
/// moment then obeys `A ← C A Cᵀ` and the query `z ← C z`: prompts cost O(L d³), not O(L n d²).
package struct LinearAttention: Sendable {
  /// P and Q of every layer.
  package var layers: [(p: SmallMatrix, q: SmallMatrix)]

  package init(layers: [(p: SmallMatrix, q: SmallMatrix)]) { self.layers = layers }

  /// What the backward pass needs of one layer.
  private struct Trace {
    var moment: SmallMatrix
    var query: [Double]
    var step: SmallMatrix
  }

  /// Squared error of the prediction, `(-z[d] - target)²`.
  package func loss(_ prompt: RegressionPrompt) -> Double {
    var (moment, query) = (prompt.moment, prompt.query)
    for (index, layer) in layers.enumerated() {
      let step = Self.step(layer, moment)
      query = step * query
      if index + 1 < layers.count { moment = step * moment * step.transposed }
    }
    return Self.squaredError(query, prompt)
  }

  /// The loss; adds `weight` times its gradient to `gradients`, laid out as `layers`.
  package func lossAndGradient(
    _ prompt: RegressionPrompt, weight: Double,
    into gradients: inout [(p: SmallMatrix, q: SmallMatrix)]
  ) -> Double {
    let (traces, output) = forward(prompt)
    // Gradients with respect to the moment and the query after the layer at hand.
    var dMoment = SmallMatrix(size: prompt.moment.size)
    var dQuery = [Double](repeating: 0, count: output.count)
    dQuery[output.count - 1] =
      -2 * weight * (-output[output.count - 1] - prompt.target)
    for index in layers.indices.reversed() {
      backward(traces[index], layer: index, &dMoment, &dQuery, &gradients[index])
    }
    return Self.squaredError(output, prompt)
  }

  private func forward(_ prompt: RegressionPrompt) -> (traces: [Trace], output: [Double]) {
    var (moment, query) = (prompt.moment, prompt.query)
    var traces: [Trace] = []
    for layer in layers {
      let step = Self.step(layer, moment)
      traces.append(Trace(moment: moment, query: query, step: step))
      moment = step * moment * step.transposed
      query = step * query
    }
    return (traces, query)
  }

  /// With A' = C A Cᵀ, z' = C z, C = I + P A Q:
  /// dC = (dA' + dA'ᵀ) C A + dz' zᵀ, dA = Cᵀ dA' C + Pᵀ dC Qᵀ, dP = dC Qᵀ A, dQ = A Pᵀ dC.
  private func backward(
    _ trace: Trace, layer index: Int, _ dMoment: inout SmallMatrix, _ dQuery: inout [Double],
    _ gradient: inout (p: SmallMatrix, q: SmallMatrix)
  ) {
    let (p, q) = (layers[index].p.transposed, layers[index].q.transposed)
    let transposedStep = trace.step.transposed
    var dStep = (dMoment + dMoment.transposed) * (trace.step * trace.moment)
    dStep.addOuter(dQuery, trace.query)
    gradient.p = gradient.p + dStep * q * trace.moment
    gradient.q = gradient.q + trace.moment * p * dStep
    dMoment = transposedStep * dMoment * trace.step + p * dStep * q
    dQuery = transposedStep * dQuery
  }

  private static func step(
    _ layer: (p: SmallMatrix, q: SmallMatrix), _ moment: SmallMatrix
  ) -> SmallMatrix {
    SmallMatrix.identity(moment.size) + layer.p * moment * layer.q
  }

  private static func squaredError(_ output: [Double], _ prompt: RegressionPrompt) -> Double {
    let error = -output[output.count - 1] - prompt.target
    return error * error
  }
}
