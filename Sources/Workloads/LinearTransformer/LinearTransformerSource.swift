import RunModel
import TensorKernels

/// In-context linear regression by a transformer without softmax (Ahn et al., 2024).
package struct LinearTransformerSource: WorkloadSource {
  let tails: RegressionPrompt.Tails
  let dimension: Int
  let examples: Int
  let layers: Int
  let batch: Int
  /// The same prompts for every run, so that curves of different seeds compare.
  let heldOut: [RegressionPrompt]

  package static let heldOutCount = 2_048
  /// Standard deviation of the weights at step 0.
  package static let initialDeviation = 0.05

  package init(
    tails: RegressionPrompt.Tails, dimension: Int = 5, examples: Int = 20, layers: Int = 3,
    batch: Int = 32
  ) {
    (self.tails, self.dimension, self.examples) = (tails, dimension, examples)
    (self.layers, self.batch) = (layers, batch)
    var random = RandomStream(seed: 0, purpose: .evaluation)
    heldOut = (0..<Self.heldOutCount).map { _ in
      RegressionPrompt.draw(tails: tails, dimension: dimension, examples: examples, &random)
    }
  }

  init(_ configuration: RunConfiguration) throws(RunError) {
    let settings = try WorkloadSettings(WorkloadDescriptor.linearTransformer, configuration)
    self.init(
      tails: settings.choice("tails") == "heavy" ? .heavy : .light,
      dimension: settings.integer("dimension"), examples: settings.integer("examples"),
      layers: settings.integer("layers"), batch: settings.integer("batch"))
  }

  package var layout: TensorLayout {
    TensorLayout(
      (0..<layers).flatMap { layer in
        ["p", "q"].map {
          BlockDescriptor(
            name: "\(layer).\($0)", shape: [dimension + 1, dimension + 1], role: .attention,
            isMaskable: true)
        }
      })
  }

  package var tokensPerStep: Int { batch }
  package var entropyFloor: Double? { nil }
  package var dataDescription: String {
    "in-context regression, \(tails.rawValue) tails, d \(dimension), n \(examples), "
      + "\(layers) layers"
  }
  package var workingBytes: Int {
    heldOut.count * (dimension + 1) * (dimension + 2) * MemoryLayout<Double>.stride
  }

  package func makeWorkload(threads: Int) -> any Workload { LinearTransformerWorkload(self) }
}
