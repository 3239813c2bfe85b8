import Charts
import Metrics
import RunModel
import Statistics
import TerminalUI

/// How often each block of an arm was masked, against the Binomial of honest coins.
struct MaskPanel: Widget {
  let state: ExplorerState
  let arm: ArmRecord?
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: title(area.width), note: note(area.width), focused: isFocused)
    guard let arm, arm.dropsUpdates else {
      sayNothing("no mask: every update is applied", on: &buffer, in: inside)
      return
    }
    let rates = arm.blocks.maskRates
    let coins = arm.blocks.coinCount
    guard coins > 0, !rates.isEmpty else {
      sayNothing("no step yet", on: &buffer, in: inside)
      return
    }
    let isExpected = state.throwsFairCoins(arm)
    let mean = rates.reduce(0, +) / Double(rates.count)
    let rows = MaskDistribution(
      rates: rates, mask: isExpected ? arm.maskProbability ?? mean : mean, coins: coins,
      bins: max(1, inside.height), isExpected: isExpected
    ).rows(role: .lane(arm.index))
    buffer.draw(HistogramRows(rows), in: inside)
  }

  /// In a narrow panel the probability is all there is room for.
  private func title(_ width: Int) -> String {
    guard width < 46, let mask = arm?.maskProbability else { return "mask rate per block" }
    return "mask \(Shown.share(mask)) (keep \(Shown.share(1 - mask)))"
  }

  private func note(_ width: Int) -> String {
    guard width >= 46, let arm, let mask = arm.maskProbability else { return "" }
    let label = "mask \(Shown.share(mask)) (keep \(Shown.share(1 - mask)))"
    let coins = arm.blocks.coinCount
    return width >= 56 ? "\(arm.letter)  \(label)  n=\(coins)" : label
  }

}

extension ExplorerState {
  /// Whether the masked steps of a block are Binomial: one coin a block and step, all of one probability.
  func throwsFairCoins(_ arm: ArmRecord) -> Bool {
    let values = arm.specification.values
    let wasChanged = run.interventions.contains {
      $0.key.hasPrefix("mask") && $0.concerns(arm.id)
    }
    return arm.hasMask && !wasChanged && values["maskPolicy"]?.text ?? "constant" == "constant"
      && values["grain"]?.text ?? "tensor" == "tensor"
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
  let arm: ArmRecord?
  var isFocused = false

  /// Steps that are pooled, and steps the averages need to settle.
  static let window = 48
  static let settledStep = 40

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: area.width >= 50 ? "alignment cos(momentum, gradient)" : "alignment",
      note: note(area.width), focused: isFocused)
    guard let arm, arm.isMasking else {
      sayNothing("no damping in this arm", on: &buffer, in: inside)
      return
    }
    let age = state.blockAge(arm)
    let values = age.map { arm.blocks.alignments(age: $0, window: Self.window) } ?? []
    guard !values.isEmpty else {
      sayNothing(age == nil ? "not kept so far back" : "no step yet", on: &buffer, in: inside)
      return
    }
    let isSettled = state.shownStep >= Self.settledStep
    let histogram = Histogram(values, range: -1...1, binCount: max(1, inside.height))
    let rows = histogram.counts.indices.map { bin in
      HistogramRows.Row(
        Shown.share(histogram.center(of: bin), decimals: 1), value: Double(histogram.counts[bin]),
        role: isSettled ? .lane(arm.index) : .faint)
    }
    buffer.draw(HistogramRows(rows), in: inside)
    drawNull(arm, histogram, on: &buffer, in: inside)
  }

  /// Marks the row in which pure noise would lie.
  private func drawNull(
    _ arm: ArmRecord, _ histogram: Histogram, on buffer: inout CellBuffer, in inside: Rectangle
  ) {
    guard let null = arm.alignmentNull else { return }
    let bin = min(
      histogram.counts.count - 1, max(0, Int((null + 1) / 2 * Double(histogram.counts.count))))
    let row = inside.row(bin)
    for x in (row.x + 4)..<max(row.x + 4, row.right - 5) where buffer[x, row.y].scalar == " " {
      buffer.write("╌", x: x, y: row.y, style: Style(.expectation, .dim))
    }
    buffer.write("noise", in: row, align: .right, style: Style(.expectation))
  }

  private func note(_ width: Int) -> String {
    guard let arm, let null = arm.alignmentNull else { return "" }
    let mean = arm.track.alignment.value(at: Double(state.shownStep))?.smoothed(.medium)
    let nullText = "null " + Shown.share(null, decimals: 3)
    if state.shownStep < Self.settledStep, state.shownStep > 0 {
      return width >= 40 ? "settling  \(nullText)" : "settling"
    }
    return width >= 40 ? "mean \(Shown.share(mean))  \(nullText)" : nullText
  }
}

/// The damping scale s of every masked block now.
struct DampingPanel: Widget {
  let state: ExplorerState
  let arm: ArmRecord?

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let values =
      arm.map { arm in
        arm.blocks.latest.indices.compactMap { block -> Double? in
          guard arm.blocks.isMasked(block), let scale = arm.blocks.latest[block]?.scale,
            scale.isFinite
          else { return nil }
          return Double(scale)
        }
      } ?? []
    let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    let inside = buffer.box(
      area, title: "damping s per block", note: "mean \(Shown.share(mean, decimals: 3))")
    guard let arm, let tau = arm.tau, !values.isEmpty else {
      sayNothing("no damping in this arm", on: &buffer, in: inside)
      return
    }
    let chart = DistributionChart.scale(
      values, temperature: tau, arm: arm.index, binCount: max(1, inside.height))
    let rows = chart.histogram.counts.indices.map { bin in
      HistogramRows.Row(
        Shown.share(chart.histogram.center(of: bin)), value: Double(chart.histogram.counts[bin]),
        role: .lane(arm.index))
    }
    buffer.draw(HistogramRows(rows), in: inside)
  }
}

func sayNothing(_ text: String, on buffer: inout CellBuffer, in area: Rectangle) {
  let middle = Rectangle(x: area.x, y: area.y + area.height / 2, width: area.width, height: 1)
  buffer.write(text.shortened(to: area.width), in: middle, align: .centre, style: Style(.muted))
}

extension ExplorerState {
  /// How many steps before the newest the shown one lies in an arm's raster; nil when it is gone.
  func blockAge(_ arm: ArmRecord) -> Int? {
    settings.scrub == nil ? 0 : arm.blocks.history.age(of: shownStep)
  }
}
