/// The measurements that can be taken beside training without changing it.
package enum ProbeKind: String, Sendable, Codable, Hashable, CaseIterable {
  case curvature, proposition1, sharpness, gradientNoise
}

/// A measurement taken again and again: while a run goes on, or along a stretch of its past.
package struct ProbeCadence: Sendable, Codable, Hashable {
  package var kind: ProbeKind
  /// Steps between two readings.
  package var every: Int
  /// The steps that readings are taken in, from the first of them on; nil: as long as the run goes
  /// on, at the multiples of `every`.
  package let stretch: ClosedRange<Int>?

  package init(_ kind: ProbeKind, every: Int) {
    precondition(every > 0, "a probe every \(every) steps")
    (self.kind, self.every, stretch) = (kind, every, nil)
  }

  /// - Parameter every: nil for about ten readings.
  package init(_ kind: ProbeKind, along stretch: ClosedRange<Int>, every: Int? = nil) {
    let every = every ?? max(1, (stretch.upperBound - stretch.lowerBound + 9) / 10)
    precondition(every > 0, "a probe every \(every) steps")
    (self.kind, self.every, self.stretch) = (kind, every, stretch)
  }

  /// Whether a reading is due once `step` is done.
  package func isDue(after step: Int) -> Bool {
    guard let stretch else { return step > 0 && step.isMultiple(of: every) }
    return stretch.contains(step) && (step - stretch.lowerBound).isMultiple(of: every)
  }

  /// The stretch that `A..B` says; nil for anything else.
  package static func stretch(_ text: String) -> ClosedRange<Int>? {
    let dots = text.indices.first { text[$0...].hasPrefix("..") }
    guard let dots, let first = Int(text[..<dots]), let last = Int(text[dots...].dropFirst(2)),
      first <= last
    else { return nil }
    return first...last
  }
}

/// One measurement of one arm: named figures, per-block figures, and its own cost.
package struct ProbeReading: Sendable, Codable, Hashable {
  package struct Figure: Sendable, Codable, Hashable {
    package var name: String
    package var value: Double

    package init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  package var kind: ProbeKind
  package var arm: ArmID
  package var step: Int
  package var figures: [Figure]
  /// One value per block of the run, empty when the probe has none.
  package var perBlock: [Double]
  /// A curve to draw (predicted and measured cost, survival function), empty when there is none.
  package var curve: [[Double]]
  package var cpuSeconds: Double

  package init(
    kind: ProbeKind, arm: ArmID, step: Int, figures: [Figure], perBlock: [Double] = [],
    curve: [[Double]] = [], cpuSeconds: Double
  ) {
    self.kind = kind
    self.arm = arm
    self.step = step
    self.figures = figures
    self.perBlock = perBlock
    self.curve = curve
    self.cpuSeconds = cpuSeconds
  }
}

/// Where a reading belongs; what is measured there is always the same, what it costs apart.
package struct ProbePlace: Sendable, Hashable {
  package let kind: ProbeKind
  package let arm: ArmID
  package let step: Int
}

extension ProbeReading {
  package var place: ProbePlace { ProbePlace(kind: kind, arm: arm, step: step) }

  /// The value of a named figure; nil when the probe has none of that name.
  package func figure(_ name: String) -> Double? { figures.first { $0.name == name }?.value }
}

/// What masking costs at one learning rate, by Proposition 1 and by trying masks.
package struct MaskingCost: Sendable, Hashable {
  package var learningRate: Double
  package var predicted: Double
  package var measured: Double
  /// Standard error of `measured`.
  package var error: Double

  /// Measured over predicted: 1 where the quadratic model holds.
  package var ratio: Double { measured / predicted }
  /// Whether prediction and measurement are within a quarter of one another.
  package var isPredicted: Bool { abs(measured - predicted) <= 0.25 * abs(predicted) }
}

extension ProbeReading {
  /// The curve of a `proposition1` reading over learning rates, ascending; empty for other kinds.
  package var maskingCosts: [MaskingCost] {
    guard kind == .proposition1 else { return [] }
    let rate = figure("learningRate") ?? 1
    return curve.filter { $0.count == 4 }.map {
      MaskingCost(
        learningRate: rate * $0[0], predicted: $0[1], measured: $0[2], error: $0[3])
    }
  }
}
