import RunModel
import TensorKernels

extension TransformerConfiguration {
  /// Weights at step 0: normal(0, 0.02), output projections divided by √(2·layers), norms the identity,
  /// biases 0.
  ///
  /// One stream per block, so that a block's weights do not depend on the blocks before it.
  package func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    let layout = layout
    precondition(parameters.count == layout.count, "the arena does not fit the layout")
    for (index, entry) in layout.entries.enumerated() {
      var stream = RandomStream(seed: seed, purpose: .initialization, substream: UInt64(index))
      let deviation = deviation(of: entry)
      for i in entry.range {
        parameters[i] = deviation.map { Float($0 * stream.normal()) } ?? 1 - normOffset
      }
    }
  }

  /// Standard deviation of a block's weights; nil for norms.
  private func deviation(of entry: TensorLayout.Entry) -> Double? {
    guard entry.role != .norm else { return nil }
    guard entry.shape.count > 1 else { return 0 }
    let isOutput = entry.name.hasSuffix("o_proj.weight") || entry.name.hasSuffix("down_proj.weight")
    guard isOutput else { return Self.initialDeviation }
    return Self.initialDeviation / Double(2 * model.layers).squareRoot()
  }
}
