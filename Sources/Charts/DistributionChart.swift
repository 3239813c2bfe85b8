import Metrics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Distributions over blocks: mask rates, alignments, damping scales.
package struct DistributionChart: Sendable {
  package var title: String
  package var arm: Int
  /// The value's name, for the axis of bins.
  package var valueLabel: String
  package var histogram: Histogram
  /// Counts expected per bin, empty when nothing is.
  package var expected: [Double] = []
  /// A value marked across the bins, such as the alignment of pure noise.
  package var mark: (value: Double, label: String)?

  package init(title: String, arm: Int, valueLabel: String, histogram: Histogram) {
    (self.title, self.arm) = (title, arm)
    (self.valueLabel, self.histogram) = (valueLabel, histogram)
  }

  /// How often each block was masked, against the Binomial of honest coins.
  ///
  /// `rates` are dropped shares per maskable block, `stepCount` the coins thrown for each. Bins are
  /// one seventh of ±3.5 standard deviations √(p(1 − p)/n), wider when a rate lies further out.
  package static func maskRate(
    rates: [Double], maskProbability: Double, stepCount: Int, arm: Int, binCount: Int
  ) -> DistributionChart {
    let probability = min(max(maskProbability, 0), 1)
    let deviation = (probability * (1 - probability) / Double(max(stepCount, 1))).squareRoot()
    let furthest = rates.map { ($0 - probability).magnitude }.filter(\.isFinite).max() ?? 0
    let reach = max(3.5 * deviation, furthest * 1.01, 1e-3)
    let range = (probability - reach)...(probability + reach)
    var chart = DistributionChart(
      title: "mask rate/block", arm: arm, valueLabel: "rate",
      histogram: Histogram(rates, range: range, binCount: max(binCount, 1)))
    chart.expected = Binomial.expectedCounts(
      histogram: chart.histogram, trials: stepCount, probability: probability,
      draws: rates.count)
    chart.mark = (probability, "p " + NumberFormat.compact(probability))
    return chart
  }

  /// cos(momentum, gradient) over blocks with its null: the value pure noise gives.
  package static func alignment(
    _ values: [Double], null: Double?, arm: Int, binCount: Int
  ) -> DistributionChart {
    var chart = DistributionChart(
      title: "cos(m,g)", arm: arm, valueLabel: "cos",
      histogram: Histogram(values, range: -1...1, binCount: max(binCount, 1)))
    chart.mark = null.map { ($0, "null " + NumberFormat.fixed($0, decimals: 3)) }
    return chart
  }

  /// The damping scale s over blocks, within the bounds sigmoid(±1/τ) the score cannot leave.
  package static func scale(
    _ values: [Double], temperature: Double, arm: Int, binCount: Int
  ) -> DistributionChart {
    let bound = temperature > 0 ? 1 / (1 + exp(-1 / temperature)) : 1
    let reach = max(values.filter(\.isFinite).map { ($0 - 0.5).magnitude }.max() ?? 0, bound - 0.5)
    let limit = max(reach, 1e-3)
    var chart = DistributionChart(
      title: "damping s", arm: arm, valueLabel: "s",
      histogram: Histogram(
        values, range: (0.5 - limit)...(0.5 + limit), binCount: max(binCount, 1)))
    let finite = values.filter(\.isFinite)
    if !finite.isEmpty {
      let mean = finite.reduce(0, +) / Double(finite.count)
      chart.mark = (mean, "mean " + NumberFormat.fixed(mean, decimals: 3))
    }
    return chart
  }

  /// The chart; `rightwards` puts one bin on each text row, as the terminal does.
  package func scene(_ direction: BarsMark.Direction = .upwards) -> ChartScene {
    let counts = histogram.counts.map(Double.init)
    let bars = counts.indices.map { bin in
      BarsMark.Bar(
        lower: histogram.range.lowerBound + Double(bin) * histogram.binWidth,
        upper: histogram.range.lowerBound + Double(bin + 1) * histogram.binWidth,
        value: counts[bin], expected: expected.indices.contains(bin) ? expected[bin] : nil)
    }
    let top = max(counts.max() ?? 0, expected.max() ?? 0, 1)
    let bins = ChartAxis(
      valueLabel,
      Scale(.linear, from: histogram.range.lowerBound, to: histogram.range.upperBound))
    let blocks = ChartAxis("blocks", Scale(.linear, from: 0, to: top * 1.05))
    let isUpwards = direction == .upwards
    var scene = ChartScene(
      title: title, settings: mark.map { [$0.label] } ?? [],
      xAxis: isUpwards ? bins : blocks, yAxis: isUpwards ? blocks : bins)
    scene.marks = [.bars(BarsMark(bars, direction: direction, tone: .arm(arm)))]
    if let mark {
      let place: RuleMark.Place = isUpwards ? .vertical(mark.value) : .horizontal(mark.value)
      scene.marks.append(.rule(RuleMark(place, label: mark.label, tone: .expectation)))
    }
    if histogram.total == 0 { scene.note = "no masked blocks" }
    return scene
  }
}
