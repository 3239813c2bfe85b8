import RunModel
import TensorKernels
import Workloads

/// A configuration of one workload with settings, and nothing else of interest.
func configuration(
  _ workload: String, _ settings: [String: SettingValue] = [:], seed: UInt64 = 0
) -> RunConfiguration {
  RunConfiguration(title: "", workload: workload, settings: settings, seed: seed, arms: [])
}

extension Workload {
  /// The weights at step 0.
  func start(seed: UInt64 = 0) -> [Float] {
    var parameters = [Float](repeating: .nan, count: layout.count)
    var span = parameters.mutableSpan
    initialize(&span, seed: seed)
    return parameters
  }

  /// Loss and gradient of one batch; the gradient's memory starts as garbage.
  func gradient(_ parameters: [Float], _ key: BatchKey) -> (loss: Double, gradient: [Float]) {
    var gradient = [Float](repeating: .nan, count: parameters.count)
    var span = gradient.mutableSpan
    let loss = lossAndGradient(parameters: parameters.span, gradients: &span, batch: key)
    return (loss, gradient)
  }

  /// Largest difference between gradient and central differences, over the gradient's norm.
  func gradientError(_ parameters: [Float], _ key: BatchKey, step: Float, indices: [Int]) -> Double
  {
    let gradient = gradient(parameters, key).gradient
    let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    return indices.map { index in
      var (above, below) = (parameters, parameters)
      above[index] += step
      below[index] -= step
      let slope =
        (loss(parameters: above.span, batch: key) - loss(parameters: below.span, batch: key))
        / Double(above[index] - below[index])
      return abs(slope - Double(gradient[index])) / norm
    }.max() ?? 0
  }
}
