/// Final loss against learning rate for every arm, with the best of each and what diverged.
package struct SweepChart: Sendable {
  package struct Point: Sendable, Equatable {
    package var learningRate: Double
    /// Final loss; nil when the run diverged.
    package var loss: Double?
    /// Ends of an interval over seeds, where there are several.
    package var interval: ClosedRange<Double>?

    package init(learningRate: Double, loss: Double?, interval: ClosedRange<Double>? = nil) {
      (self.learningRate, self.loss, self.interval) = (learningRate, loss, interval)
    }
  }

  package struct Curve: Sendable, Equatable {
    package var letter: Character
    package var name: String
    package var arm: Int
    package var points: [Point]

    package init(letter: Character, name: String, arm: Int, points: [Point]) {
      (self.letter, self.name, self.arm) = (letter, name, arm)
      self.points = points.sorted { $0.learningRate < $1.learningRate }
    }

    /// The finished point of lowest loss.
    package var best: Point? {
      points.filter { $0.loss?.isFinite ?? false }
        .min { ($0.loss ?? .infinity) < ($1.loss ?? .infinity) }
    }

    /// True when the best rate is the first or last tried: the sweep should be extended.
    package var isBestAtEdge: Bool {
      guard let best, points.count > 1 else { return false }
      return best == points.first || best == points.last
    }
  }

  package var curves: [Curve]
  package var valueLabel = "final loss"
  /// The hyperparameter along the horizontal axis.
  package var key = "lr"
  package var isLogarithmic = true

  package init(curves: [Curve]) { self.curves = curves }

  package func scene() -> ChartScene {
    let points = curves.flatMap(\.points)
    let losses = points.flatMap { [$0.loss, $0.interval?.lowerBound, $0.interval?.upperBound] }
    let xScale = Scale.holding(
      points.map(\.learningRate), isLogarithmic ? .logarithmic : .linear
    ).padded(by: 0.05)
    let found = losses.compactMap { $0 }.filter(\.isFinite)
    let yScale = Scale.holding(found, Self.kind(of: found)).padded(by: 0.08)
    var scene = ChartScene(
      title: "final loss vs \(key)", settings: isLogarithmic ? ["log x"] : [],
      xAxis: ChartAxis(key, xScale),
      yAxis: ChartAxis(valueLabel, yScale), marks: curves.flatMap { marks(of: $0, yScale) })
    scene.legend = curves.map { LegendEntry(letter: $0.letter, name: $0.name, tone: .arm($0.arm)) }
    scene.note = points.isEmpty ? "no run finished yet" : bests
    return scene
  }

  /// Losses far apart would all but one lie on the floor of a linear axis.
  private static func kind(of losses: [Double]) -> Scale.Kind {
    guard let low = losses.min(), let high = losses.max(), low > 0 else { return .linear }
    return high > 20 * low ? .logarithmic : .linear
  }

  private func marks(of curve: Curve, _ yScale: Scale) -> [ChartMark] {
    let tone = Tone.arm(curve.arm)
    let line = curve.points.map { ChartPoint(x: $0.learningRate, y: $0.loss ?? .nan) }
    let edges = curve.points.map {
      BandMark.Edge(
        x: $0.learningRate, lower: $0.interval?.lowerBound ?? .nan,
        upper: $0.interval?.upperBound ?? .nan)
    }
    let diverged = curve.points.filter { !($0.loss?.isFinite ?? false) }
      .map { ChartPoint(x: $0.learningRate, y: yScale.upperBound) }
    var marks: [ChartMark] = [
      .band(BandMark(edges, tone: tone)), .line(LineMark(line, tone: tone, stroke: .thin)),
      .points(PointsMark(line, symbol: curve.letter, tone: tone)),
      .points(PointsMark(diverged, symbol: "x", tone: tone)),
    ]
    if let best = curve.best, let loss = best.loss {
      let point = ChartPoint(x: best.learningRate, y: loss)
      let symbol = Character(String(curve.letter).uppercased())
      marks.append(.points(PointsMark([point], symbol: symbol, tone: tone)))
    }
    return marks
  }

  /// `best: A 3.0e-3  M 1.0e-2 (edge)`.
  private var bests: String {
    let parts = curves.compactMap { curve in
      curve.best.map { best in
        "\(String(curve.letter).uppercased()) "
          + NumberFormat.scientific(best.learningRate) + (curve.isBestAtEdge ? " (edge)" : "")
      }
    }
    return "x diverged   best: " + parts.joined(separator: "  ")
  }
}
