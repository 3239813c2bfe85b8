import Charts
import History
import Metrics
import RunModel
import Statistics
import TerminalUI

/// How often each block of an arm was masked, against the Binomial of fair coins.
struct MaskPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment?
  /// The arm beside it, which shares its bins.
  var other: ArmMoment?
  var isFocused = false
  var heading: String?

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let reading = arm.flatMap { MaskReading($0, state) }
    let inside = buffer.box(
      area, title: heading ?? title(area.width), note: note(reading, area.width),
      foot: foot(reading, area.width), focused: isFocused)
    guard let arm, let reading, !reading.rates.isEmpty else {
      sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: inside)
      return
    }
    let beside = other.flatMap { MaskReading($0, state) }
    let bins = MaskBins([reading] + (beside.map { [$0] } ?? []), count: max(1, inside.height))
    let counts = bins.counts(reading)
    let rows = zip(bins.bins, counts).map { bin, count in
      HistogramRows.Row(
        bin.label, value: Double(count),
        expected: bin.isZero
          ? nil : reading.expected(bin.lower, bin.upper, isLast: bin.isLast),
        role: .lane(arm.place))
    }
    let most = (counts + (beside.map(bins.counts) ?? [])).max() ?? 1
    let ceiling = rows.compactMap(\.expected).reduce(Double(most)) { max($0, $1) }
    let (bars, numbers) = inside.cutRight(inside.width >= 24 ? 4 : 0)
    buffer.draw(HistogramRows(rows, maximum: ceiling), in: bars)
    for (line, count) in counts.enumerated() where count > 0 {
      buffer.write("\(count)", in: numbers.row(line), align: .right, style: Style(.muted))
    }
  }

  private func title(_ width: Int) -> String {
    guard let arm else { return "mask rate per block" }
    return width >= 60
      ? "mask rate per block, \(arm.letter) \(arm.name)"
      : width >= 36 ? "mask rate per block, \(arm.letter)" : "mask rate, \(arm.letter)"
  }

  private func note(_ reading: MaskReading?, _ width: Int) -> String {
    guard let arm, let mask = arm.maskProbability, reading != nil else { return "" }
    let label = "mask \(Shown.share(mask))"
    return width >= 60 ? "\(label) (keep \(Shown.share(1 - mask)))" : label
  }

  private func foot(_ reading: MaskReading?, _ width: Int) -> [TextLine] {
    guard let reading, !reading.rates.isEmpty else { return [] }
    let window = TextLine("\(state.windowText), n=\(reading.steps)", .muted)
    if reading.mask == nil, let reason = arm.flatMap(MaskReading.unlikeCoins) {
      // Before anything else: the marks are missed where there is no room for both.
      return [TextLine((width >= 37 ? "no fair-coin marks: " : "") + reason, .expectation), window]
    }
    var parts = [window]
    if reading.mask != nil {
      parts.append(TextLine([TextRun("┃", .expectation), TextRun(" fair coins", .muted)]))
    } else if arm?.isMasking != true {
      parts.append(TextLine("no mask: every update is applied", .muted))
    }
    return parts
  }
}

/// cos(momentum, gradient) over blocks and steps, with the value noise alone would give.
struct AlignmentPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment?
  /// The arm beside it, which shares its scale.
  var other: ArmMoment?
  var isFocused = false
  var heading: String?

  /// Steps the averages need to warm up.
  static let settledStep = 40

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: heading ?? title(area.width), note: note(area.width), foot: foot,
      focused: isFocused)
    guard let arm, arm.track != nil else {
      sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: inside)
      return
    }
    let bins = Self.binCount(height: inside.height)
    guard let shares = shares(arm, bins) else {
      sayNothing("not measured for this arm", on: &buffer, in: inside)
      return
    }
    let beside = other.flatMap { self.shares($0, bins) } ?? []
    let noise = arm.alignmentNull.map { min(bins - 1, Int(($0 + 1) / 2 * Double(bins))) }
    let isSettled = state.shownStep >= Self.settledStep
    let rows = shares.enumerated().map { bin, share in
      let centre = -1 + 2 * (Double(bin) + 0.5) / Double(bins)
      return HistogramRows.Row(
        (bin == noise ? "▸" : "") + Shown.share(centre, decimals: bins > 10 ? 2 : 1),
        value: share, role: isSettled ? .lane(arm.place) : .faint)
    }
    let (bars, numbers) = inside.cutRight(inside.width >= 24 ? 5 : 0)
    buffer.draw(HistogramRows(rows, maximum: (shares + beside).max() ?? 1), in: bars)
    for (line, share) in shares.enumerated() where share >= 0.005 {
      buffer.write(
        "\(Int((share * 100).rounded()))%", in: numbers.row(line), align: .right,
        style: Style(.muted))
    }
  }

  /// The most rows that fit and that whole fine bins can be joined to.
  static func binCount(height: Int) -> Int {
    [40, 30, 24, 20, 15, 12, 10, 8, 6, 5, 4, 3, 2].first { $0 <= height } ?? 1
  }

  /// The share of block-steps in every bin; nil where nothing was measured.
  private func shares(_ arm: ArmMoment, _ bins: Int) -> [Double]? {
    guard let histogram = histogram(arm, bins), histogram.total > 0 else { return nil }
    return histogram.counts.map { Double($0) / Double(histogram.total) }
  }

  private func histogram(_ arm: ArmMoment, _ bins: Int) -> Histogram? {
    let moment = state.settings.window == .atCursor ? state.cursorMoment : state.shown
    guard let arm = moment[arm.id], let track = arm.track else { return nil }
    let blocks = moment.readBlocks(of: arm)
    switch state.settings.window {
    case .sinceStart:
      return track.curves?.alignments.histogram(of: blocks, binCount: bins)
    case .last100:
      guard let raster = track.curves?.raster else { return nil }
      let values = (0..<TallyWindow.length).flatMap { age in
        blocks.compactMap { raster.cell(block: $0, age: age).alignment }
      }
      return Histogram(values, range: -1...1, binCount: bins)
    case .atCursor:
      return Histogram(
        blocks.map { Double(track.blocks[$0].row.alignment) }, range: -1...1, binCount: bins)
    }
  }

  private func title(_ width: Int) -> String {
    let letter = arm.map { ", \($0.letter)" } ?? ""
    return width >= 56 ? "alignment cos(momentum, gradient)\(letter)" : "alignment\(letter)"
  }

  private func note(_ width: Int) -> String {
    if state.shownStep < Self.settledStep, state.shownStep > 0 {
      return width >= 60 ? "moments still warming up" : "warming up"
    }
    guard let mean = arm?.track?.curves?.alignment.newest?.smoothed(.medium) else { return "" }
    return "mean \(Shown.share(mean, decimals: 3))"
  }

  private var foot: [TextLine] {
    guard let arm, arm.track != nil else { return [] }
    var parts: [TextLine] = []
    if let null = arm.alignmentNull {
      parts.append(TextLine("▸ pure noise \(Shown.share(null, decimals: 3))", .expectation))
    }
    parts.append(TextLine(state.windowText, .muted))
    return parts
  }
}

/// The damping scale s of every masked block now.
struct DampingPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment?
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let masked = arm?.track?.blocks.map(\.row).filter(\.isMasked) ?? []
    let values = masked.map { Double($0.scale) }.filter(\.isFinite)
    let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    let title = arm.map { "damping s per block, \($0.letter)" } ?? "damping s per block"
    let inside = buffer.box(
      area, title: title, note: "mean \(Shown.share(mean, decimals: 3))",
      foot: values.isEmpty ? [] : [TextLine("at step \(state.shownStep)", .muted)],
      focused: isFocused)
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

/// Says in the middle why there is nothing to draw, on as many rows as it takes.
func sayNothing(_ text: String, on buffer: inout CellBuffer, in area: Rectangle) {
  let lines = Wrapping.lines(text, width: max(1, area.width))
  let first = max(0, (area.height - lines.count) / 2)
  for (index, line) in lines.prefix(area.height).enumerated() {
    buffer.write(
      line.shortened(to: area.width), in: area.row(first + index), align: .centre,
      style: Style(.muted))
  }
}
