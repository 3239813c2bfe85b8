import RunModel

/// A probe's reading in a line.
struct ProbeText {
  let reading: ProbeReading
  /// Index of the block that is looked at closely.
  let block: Int

  /// When it was measured, and what that cost.
  var occasion: String {
    "step \(reading.step), \(Shown.number(reading.cpuSeconds)) CPU s"
  }

  var figures: String {
    switch reading.kind {
    case .curvature:
      "curvature \(figure("withinBlocks")), across \(figure("crossBlocks"))" + here
    case .proposition1:
      "masking costs \(figure("measured")), predicted \(figure("predicted"))"
    case .sharpness: "sharpness \(figure("largestEigenvalue"))" + here
    case .gradientNoise: "noise tail \(figure("hill")), kurtosis \(figure("kurtosis"))"
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
