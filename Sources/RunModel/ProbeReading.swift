/// The measurements that can be taken beside training without changing it.
package enum ProbeKind: String, Sendable, Codable, Hashable, CaseIterable {
  case curvature, proposition1, sharpness, gradientNoise
}

/// A measurement taken again and again while a run goes on.
package struct ProbeCadence: Sendable, Codable, Hashable {
  package var kind: ProbeKind
  /// Steps between two readings.
  package var every: Int

  package init(_ kind: ProbeKind, every: Int) {
    precondition(every > 0, "a probe every \(every) steps")
    self.kind = kind
    self.every = every
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

extension ProbeReading {
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
