import Metrics

/// What the horizontal axis of a training chart counts; the key `x` goes round.
package enum AxisKind: String, CaseIterable, Sendable, Codable {
  case step, tokens, cpuSeconds, wallSeconds

  package var label: String {
    switch self {
    case .step: "step"
    case .tokens: "tokens"
    case .cpuSeconds: "CPU s"
    case .wallSeconds: "wall s"
    }
  }

  package var next: AxisKind {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}

/// How one arm's steps translate into the units of the horizontal axis.
package enum AxisMap: Sendable, Equatable {
  /// Units per step: 1 for steps, tokens per step for tokens.
  case scaled(by: Double)
  /// A cumulative series over steps, such as the arm's CPU seconds: 0 at step 0, which has no row.
  case cumulative(MetricSeries)

  package static let steps = AxisMap.scaled(by: 1)

  /// Where `step` lies on the axis; NaN while nothing is known.
  package func place(ofStep step: Double) -> Double {
    switch self {
    case .scaled(let factor): step * factor
    case .cumulative(let series):
      if let start = Self.start(of: series), step < start.step {
        max(0, step) / start.step * start.place
      } else {
        series.interpolated(at: step) ?? .nan
      }
    }
  }

  /// The step found at `place` of the axis; NaN while nothing is known.
  package func step(at place: Double) -> Double {
    switch self {
    case .scaled(let factor): factor == 0 ? .nan : place / factor
    case .cumulative(let series):
      if let start = Self.start(of: series), place < start.place {
        max(0, place) / start.place * start.step
      } else {
        series.location(of: place) ?? .nan
      }
    }
  }

  /// The first step of a series that has a row, and where it lies.
  private static func start(of series: MetricSeries) -> (step: Double, place: Double)? {
    guard let step = series.domain?.lowerBound, let place = series.interpolated(at: step),
      step > 0, place > 0
    else { return nil }
    return (step, place)
  }
}
