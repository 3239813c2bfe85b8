import RunModel
import TensorKernels

/// Everything an optimizer remembers between steps, as named flat arrays.
extension ArmOptimizer {
  /// Names starting with `mask.` are the wrapper's; counts are exact as floats up to 2^24 steps.
  package func exportState() -> [(name: String, values: [Float])] {
    var state = base.state.map { (name: $0.name, values: $0.values) }
    state.append((name: "updates", values: updates.map(Float.init)))
    state.append((name: "step_factor", values: Self.split(stepFactor)))
    if masks != nil {
      state.append((name: "mask.scale", values: scales))
      state.append((name: "mask.cosine", values: cosines))
      state.append((name: "mask.momentum", values: ownMomentum))
    }
    return state
  }

  /// Takes back what `exportState` gave; training then goes on bit for bit.
  package mutating func restoreState(_ values: [(name: String, values: [Float])]) throws(RunError) {
    var buffers = base.state
    for index in buffers.indices {
      buffers[index].values = try Self.find(
        buffers[index].name, count: buffers[index].values.count, in: values)
    }
    let counts = try Self.find("updates", count: updates.count, in: values)
    let factor = try Self.find("step_factor", count: 2, in: values)
    if masks != nil {
      scales = try Self.find("mask.scale", count: scales.count, in: values)
      cosines = try Self.find("mask.cosine", count: cosines.count, in: values)
      ownMomentum = try Self.find("mask.momentum", count: ownMomentum.count, in: values)
    }
    updates = counts.map { Int($0) }
    stepFactor = Double(
      bitPattern: UInt64(factor[0].bitPattern) << 32 | UInt64(factor[1].bitPattern))
    base.state = buffers
  }

  /// The two halves of a double's bits, so that it survives being stored as floats.
  private static func split(_ value: Double) -> [Float] {
    [
      Float(bitPattern: UInt32(truncatingIfNeeded: value.bitPattern >> 32)),
      Float(bitPattern: UInt32(truncatingIfNeeded: value.bitPattern)),
    ]
  }

  private static func find(
    _ name: String, count: Int, in values: [(name: String, values: [Float])]
  ) throws(RunError) -> [Float] {
    guard let found = values.first(where: { $0.name == name }) else {
      throw RunError(
        .input, "optimizer state '\(name)' is missing",
        remedy: "resume with the arm the checkpoint was made with")
    }
    guard found.values.count == count else {
      throw RunError(
        .input, "optimizer state '\(name)' has \(found.values.count) values, not \(count)",
        remedy: "resume with the model and arm the checkpoint was made with")
    }
    return found.values
  }
}
