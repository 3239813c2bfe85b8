import RunModel

/// A probe's reading in a line or two.
struct ProbeText {
  let reading: ProbeReading
  /// Index of the block that is looked at closely.
  let block: Int

  /// What was measured, when, and what it cost.
  var title: String {
    "\(name) at step \(reading.step), \(Shown.number(reading.cpuSeconds)) CPU seconds"
  }

  var figures: String {
    switch reading.kind {
    case .curvature:
      "within blocks \(figure("withinBlocks")) ± \(figure("withinBlocksError")), across "
        + "\(figure("crossBlocks"))" + here
    case .proposition1:
      "masking costs \(figure("measured")) measured, \(figure("predicted")) predicted"
    case .sharpness: "largest eigenvalue \(figure("largestEigenvalue"))" + here
    case .gradientNoise:
      "tail index \(figure("hill")), kurtosis \(figure("kurtosis")) (normal: 3)"
    }
  }

  private var name: String {
    switch reading.kind {
    case .curvature: "curvature of the next step"
    case .proposition1: "Proposition 1"
    case .sharpness: "sharpness"
    case .gradientNoise: "gradient noise"
    }
  }

  private var here: String {
    guard reading.perBlock.indices.contains(block) else { return "" }
    return ", here \(Shown.number(reading.perBlock[block]))"
  }

  private func figure(_ name: String) -> String {
    Shown.number(reading.figures.first { $0.name == name }?.value)
  }
}
