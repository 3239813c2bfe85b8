import RealModule
import TensorKernels

/// See `ClassImbalanceSource`: logits = W x, mean cross-entropy.
final class ClassImbalanceWorkload: Workload {
  private let source: ClassImbalanceSource
  let layout: TensorLayout
  /// Logits of one sample, then its softmax; kept between steps so that none allocates.
  private let probabilities: TensorArena

  init(_ source: ClassImbalanceSource) {
    self.source = source
    layout = source.layout
    probabilities = TensorArena(count: source.classes)
  }

  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    for i in parameters.indices { parameters[i] = 0 }
  }

  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch: BatchKey
  ) -> Double {
    for i in gradients.indices { gradients[i] = 0 }
    var loss = 0.0
    forEachSample(batch) { sample in
      loss += forward(parameters, sample)
      backward(sample, &gradients)
    }
    return loss / Double(source.batch)
  }

  func loss(parameters: Span<Float>, batch: BatchKey) -> Double {
    var loss = 0.0
    forEachSample(batch) { loss += forward(parameters, $0) }
    return loss / Double(source.batch)
  }

  /// The loss of the whole training set.
  func evaluate(parameters: Span<Float>) -> Double {
    let total = source.labels.indices.reduce(0) { $0 + forward(parameters, $1) }
    return total / Double(source.labels.count)
  }

  /// The mean loss of each group of classes, common ones first.
  func groupLosses(parameters: Span<Float>) -> [Double] {
    var sums = [Double](repeating: 0, count: source.groups)
    for sample in source.labels.indices {
      let group =
        (source.labels[sample] + 2).bitWidth - 1
        - (source.labels[sample] + 2).leadingZeroBitCount
      sums[group - 1] += forward(parameters, sample)
    }
    return sums.map { $0 * Double(source.groups) / Double(source.labels.count) }
  }

  func sample(
    parameters: Span<Float>, prompt: String, tokens: Int, temperature: Double, seed: UInt64
  ) -> String? {
    let losses = groupLosses(parameters: parameters)
    return losses.enumerated().map { index, loss in
      let hundredths = Int((loss * 100).rounded())
      let fraction = hundredths % 100
      return "group \(index + 1), \(1 << (source.groups - index - 1)) samples a class: loss "
        + "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }.joined(separator: "\n")
  }

  /// All samples when the batch is full, else a draw with replacement.
  private func forEachSample(_ key: BatchKey, _ body: (Int) -> Void) {
    guard source.batch < source.labels.count else {
      for sample in source.labels.indices { body(sample) }
      return
    }
    var random = key.randomStream
    for _ in 0..<source.batch { body(random.integer(below: source.labels.count)) }
  }

  /// Fills `probabilities` with the softmax of one sample; returns its loss.
  private func forward(_ weights: Span<Float>, _ sample: Int) -> Double {
    let dimension = source.dimension
    let (inputs, probabilities) = (source.inputs, probabilities.elements)
    let input = inputs.span
    let offset = sample * dimension
    var largest = -Float.infinity
    for c in probabilities.indices {
      var logit: Float = 0
      for k in 0..<dimension {
        logit = Relaxed.multiplyAdd(weights[c * dimension + k], input[offset + k], logit)
      }
      probabilities[c] = logit
      largest = max(largest, logit)
    }
    let labelLogit = Double(probabilities[source.labels[sample]])
    var sum = 0.0
    for c in probabilities.indices {
      probabilities[c] = Float.exp(probabilities[c] - largest)
      sum += Double(probabilities[c])
    }
    let factor = Float(1 / sum)
    for c in probabilities.indices { probabilities[c] *= factor }
    return Double.log(sum) + Double(largest) - labelLogit
  }

  /// Adds `(softmax - onehot) xᵀ / batch` to the gradient.
  private func backward(_ sample: Int, _ gradients: inout MutableSpan<Float>) {
    let dimension = source.dimension
    let (inputs, probabilities) = (source.inputs, probabilities.elements)
    let input = inputs.span
    let offset = sample * dimension
    let weight = 1 / Float(source.batch)
    for c in probabilities.indices {
      let error = (probabilities[c] - (c == source.labels[sample] ? 1 : 0)) * weight
      for k in 0..<dimension { gradients[c * dimension + k] += error * input[offset + k] }
    }
  }
}
