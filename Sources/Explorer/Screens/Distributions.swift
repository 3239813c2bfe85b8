import Charts
import History
import Metrics
import RunModel
import Statistics
import TerminalUI

/// How often each block of an arm was masked, against the Binomial of honest coins.
struct MaskPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment?
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: title(area.width), note: note(area.width), focused: isFocused)
    guard let arm, let track = arm.track, arm.dropsUpdates else {
      sayNothing(reason, on: &buffer, in: inside)
      return
    }
    let tallies = track.blocks.filter { $0.maskedCount > 0 }
    let rates = tallies.compactMap(\.maskRate)
    let mean = rates.reduce(0, +) / Double(max(1, rates.count))
    let rows = MaskDistribution(
      rates: rates, mask: track.coins.fairKeep.map { 1 - $0 } ?? mean,
      coins: tallies.map(\.maskedCount).max() ?? 1, bins: max(1, inside.height),
      isExpected: track.coins.fairKeep != nil
    ).rows(role: .lane(arm.place))
    buffer.draw(HistogramRows(rows), in: inside)
  }

  /// Why there is no histogram.
  private var reason: String {
    guard arm?.isMasking == true else { return "no mask: every update is applied" }
    return state.shown.absence ?? "no mask: every update is applied"
  }

  /// In a narrow panel the probability is all there is room for.
  private func title(_ width: Int) -> String {
    guard width < 46, let mask = arm?.maskProbability else { return "mask rate per block" }
    return "mask \(Shown.share(mask)) (keep \(Shown.share(1 - mask)))"
  }

  private func note(_ width: Int) -> String {
    guard width >= 46, let arm, let mask = arm.maskProbability else { return "" }
    let label = "mask \(Shown.share(mask)) (keep \(Shown.share(1 - mask)))"
    let coins = arm.track?.blocks.map(\.maskedCount).max() ?? 0
    return width >= 56 ? "\(arm.letter)  \(label)  n=\(coins)" : label
  }
}

/// Mask rates in bins with the count expected in each.
struct MaskDistribution {
  let rates: [Double]
  let mask: Double
  let coins: Int
  let bins: Int
  let isExpected: Bool

  /// From the highest rate down; the reach is three and a half standard deviations or what is needed.
  func rows(role: Role) -> [HistogramRows.Row] {
    let deviation = (mask * (1 - mask) / Double(coins)).squareRoot()
    let furthest = rates.map { abs($0 - mask) }.max() ?? 0
    let reach = max(3.5 * deviation, furthest * 1.001, 0.002)
    let count = bins.isMultiple(of: 2) && bins > 1 ? bins - 1 : bins
    let histogram = Histogram(rates, range: (mask - reach)...(mask + reach), binCount: count)
    return histogram.counts.indices.map { bin in
      HistogramRows.Row(
        Shown.share(histogram.center(of: bin), decimals: reach < 0.02 ? 3 : 2),
        value: Double(histogram.counts[bin]),
        expected: isExpected ? expected(bin, histogram) : nil, role: role)
    }
  }

  private func expected(_ bin: Int, _ histogram: Histogram) -> Double {
    let lower = histogram.center(of: bin) - histogram.binWidth / 2
    return Double(rates.count) * (cumulative(lower + histogram.binWidth) - cumulative(lower))
  }

  /// P(rate < value): coins counted below it.
  private func cumulative(_ value: Double) -> Double {
    let successes = Int((value * Double(coins)).rounded(.up)) - 1
    return Binomial.cumulative(successes, trials: coins, probability: mask)
  }
}

/// cos(momentum, gradient) over blocks and the last steps, with the value noise alone would give.
struct AlignmentPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment?
  var isFocused = false

  /// Steps that are pooled, and steps the averages need to settle.
  static let window = 48
  static let settledStep = 40

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: area.width >= 50 ? "alignment cos(momentum, gradient)" : "alignment",
      note: note(area.width), focused: isFocused)
    guard let arm, let raster = arm.track?.curves?.raster else {
      sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: inside)
      return
    }
    let values = values(raster, state.shown.readBlocks(of: arm))
    guard !values.isEmpty else {
      sayNothing("not measured in this arm", on: &buffer, in: inside)
      return
    }
    let isSettled = state.shownStep >= Self.settledStep
    let histogram = Histogram(values, range: -1...1, binCount: max(1, inside.height))
    let rows = histogram.counts.indices.map { bin in
      HistogramRows.Row(
        Shown.share(histogram.center(of: bin), decimals: 1), value: Double(histogram.counts[bin]),
        role: isSettled ? .lane(arm.place) : .faint)
    }
    buffer.draw(HistogramRows(rows), in: inside)
    drawNull(arm, histogram, on: &buffer, in: inside)
  }

  /// The alignments of some blocks over the last steps.
  private func values(_ raster: BlockHistory, _ blocks: [Int]) -> [Double] {
    (0..<Self.window).flatMap { age in
      blocks.compactMap { raster.cell(block: $0, age: age).alignment }
    }
  }

  /// Marks the row in which pure noise would lie.
  private func drawNull(
    _ arm: ArmMoment, _ histogram: Histogram, on buffer: inout CellBuffer, in inside: Rectangle
  ) {
    guard let null = arm.alignmentNull else { return }
    let bin = min(
      histogram.counts.count - 1, max(0, Int((null + 1) / 2 * Double(histogram.counts.count))))
    let row = inside.row(bin)
    for x in (row.x + 4)..<max(row.x + 4, row.right - 10) where buffer[x, row.y].scalar == " " {
      buffer.write("╌", x: x, y: row.y, style: Style(.expectation, .dim))
    }
    buffer.write("pure noise", in: row, align: .right, style: Style(.expectation))
  }

  private func note(_ width: Int) -> String {
    guard let arm, let null = arm.alignmentNull else { return "" }
    let mean = arm.track?.curves?.alignment.newest?.smoothed(.medium)
    let nullText = "pure noise " + Shown.share(null, decimals: 3)
    if state.shownStep < Self.settledStep, state.shownStep > 0 {
      return width >= 60 ? "moments still warming up  \(nullText)" : "warming up"
    }
    return width >= 64 ? "mean \(Shown.share(mean))  \(nullText)" : width >= 40 ? nullText : ""
  }
}

/// The damping scale s of every masked block now.
struct DampingPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment?

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let masked = arm?.track?.blocks.map(\.row).filter(\.isMasked) ?? []
    let values = masked.map { Double($0.scale) }.filter(\.isFinite)
    let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    let inside = buffer.box(
      area, title: "damping s per block", note: "mean \(Shown.share(mean, decimals: 3))")
    guard let arm, let tau = arm.tau, !values.isEmpty else {
      let reason = arm?.tau == nil ? "no damping in this arm" : state.shown.absence
      sayNothing(reason ?? "no step yet", on: &buffer, in: inside)
      return
    }
    let chart = DistributionChart.scale(
      values, temperature: tau, arm: arm.place, binCount: max(1, inside.height))
    let rows = chart.histogram.counts.indices.map { bin in
      HistogramRows.Row(
        Shown.share(chart.histogram.center(of: bin)), value: Double(chart.histogram.counts[bin]),
        role: .lane(arm.place))
    }
    buffer.draw(HistogramRows(rows), in: inside)
  }
}

func sayNothing(_ text: String, on buffer: inout CellBuffer, in area: Rectangle) {
  let middle = Rectangle(x: area.x, y: area.y + area.height / 2, width: area.width, height: 1)
  buffer.write(text.shortened(to: area.width), in: middle, align: .centre, style: Style(.muted))
}
