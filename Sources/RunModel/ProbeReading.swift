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
  package var arm: Int
  package var step: Int
  package var figures: [Figure]
  /// One value per block of the run, empty when the probe has none.
  package var perBlock: [Double]
  /// A curve to draw (predicted and measured cost, survival function), empty when there is none.
  package var curve: [[Double]]
  package var cpuSeconds: Double

  package init(
    kind: ProbeKind, arm: Int, step: Int, figures: [Figure], perBlock: [Double] = [],
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
