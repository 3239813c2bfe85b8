import Foundation
import RunModel

/// A probe's reading as lines of `key=value`: its figures, and Proposition 1 rate by rate.
struct ProbeReport {
  private let reading: ProbeReading
  private let place: String

  init(_ reading: ProbeReading, lane: Lane) {
    self.reading = reading
    place = "probe \(reading.kind.rawValue) lane=\(lane.name) step=\(reading.step) "
  }

  /// `probe curvature lane=adam step=50 withinBlocks=0.0012 ... cpuSeconds=0.31`.
  var lines: [String] {
    let figures = reading.figures.map { "\($0.name)=\($0.value)" }
    let head = place + (figures + ["cpuSeconds=\(reading.cpuSeconds)"]).joined(separator: " ")
    return [head]
      + reading.maskingCosts.filter { $0.learningRate > 0 }.map { place + Self.text($0) }
  }

  /// `rate=3.16e-04 predicted=1.204e-03 measured=1.187e-03 error=2.1e-05 ratio=0.986`, and
  /// `parted=true` where they differ by more than a quarter.
  private static func text(_ cost: MaskingCost) -> String {
    let figures = String(
      format: "rate=%.2e predicted=%.3e measured=%.3e error=%.1e", cost.learningRate,
      cost.predicted, cost.measured, cost.error)
    let ratio = cost.ratio.isFinite ? String(format: " ratio=%.3f", cost.ratio) : ""
    return figures + ratio + (cost.isPredicted ? "" : " parted=true")
  }
}
