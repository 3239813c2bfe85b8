import RealModule
import RunModel
import TensorKernels
import Workloads

/// How heavy the tail of the gradient noise is: `n_i = ‖g_i − ḡ‖` over minibatches at frozen weights.
///
/// Two passes of one gradient a batch: the mean first, then the distances from it.
package struct GradientNoiseProbe {
  package var batches: Int

  package init(batches: Int = 200) {
    precondition(batches >= 20, "a tail of fewer than 20 batches says nothing")
    self.batches = batches
  }

  package func run(_ arm: ProbedArm) -> ProbeReading {
    let norms = distances(arm).sorted(by: >)
    let tail = NoiseTail(descending: norms)
    return ProbeReading(
      kind: .gradientNoise, arm: arm.arm, step: arm.step,
      figures: [
        .init(name: "hill", value: tail.hill), .init(name: "kurtosis", value: tail.kurtosis),
        .init(name: "median", value: norms[norms.count / 2]),
        .init(name: "largest", value: norms[0]), .init(name: "batches", value: Double(batches)),
      ], curve: tail.survival, cpuSeconds: 0)
  }

  private func distances(_ arm: ProbedArm) -> [Double] {
    var gradient = [Float](repeating: 0, count: arm.parameters.count)
    var mean = [Double](repeating: 0, count: arm.parameters.count)
    for batch in 0..<batches {
      take(batch, arm, &gradient)
      for i in mean.indices { mean[i] += Double(gradient[i]) / Double(batches) }
    }
    return (0..<batches).map { batch in
      take(batch, arm, &gradient)
      return mean.indices.reduce(0) {
        $0 + (Double(gradient[$1]) - mean[$1]) * (Double(gradient[$1]) - mean[$1])
      }.squareRoot()
    }
  }

  private func take(_ batch: Int, _ arm: ProbedArm, _ gradient: inout [Float]) {
    var span = gradient.mutableSpan
    // Numbers far from those of the batch that other probes use at any step.
    let key = BatchKey(.probe, seed: arm.seed, step: 1 << 32 | batch)
    _ = arm.workload.lossAndGradient(
      parameters: arm.parameters.span, gradients: &span, batch: key)
  }
}

/// Figures of the upper tail of a sample.
package struct NoiseTail {
  /// Tail index of the largest tenth (Hill, 1975): small is heavy, a normal tail gives large values.
  package let hill: Double
  /// `E(n−n̄)⁴ / var²`, 3 for a normal sample.
  package let kurtosis: Double
  /// (value, share of the sample at least as large), largest value first.
  package let survival: [[Double]]

  /// - Parameter descending: at least 20 values, largest first.
  package init(descending values: [Double]) {
    let count = Double(values.count)
    let tail = max(2, values.count / 10)
    let threshold = max(values[tail], 1e-300)
    let logs = values[..<tail].reduce(0) { $0 + Double.log(max($1, threshold) / threshold) }
    hill = logs > 0 ? Double(tail) / logs : .infinity
    let mean = values.reduce(0, +) / count
    let second = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let fourth = values.reduce(0) {
      $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean)
    }
    kurtosis = second > 0 ? fourth / count / (second * second) : .nan
    survival = values.enumerated().map { [$0.element, Double($0.offset + 1) / count] }
  }
}
