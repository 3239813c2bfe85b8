import Metrics
import RunModel
import Statistics

/// One arm of a run as the screens know it.
package struct ArmRecord {
  package let lane: Lane
  /// The arm's place in the run; decides its colour.
  package let index: Int
  /// The settings in force now, live changes included.
  package var specification: ArmSpecification
  package var seeds: [SeedTrack]
  package var blocks: BlockBoard
  package var pace = Pace()
  /// Mean over seeds and its pointwise 95 % interval; only kept with several seeds.
  package private(set) var meanValidation: MetricSeries?
  package private(set) var band: [BandEdge] = []

  package struct BandEdge: Sendable, Equatable {
    package var step: Double
    package var lower: Double
    package var upper: Double
  }

  package let id: ArmID

  package init(_ arm: RunArm, index: Int, seedCount: Int) {
    id = arm.id
    lane = arm.lane
    self.index = index
    specification = arm.specification
    seeds = Array(repeating: SeedTrack(), count: max(1, seedCount))
    blocks = BlockBoard(isMasked: [])
  }

  package var letter: Character { lane.letter.first ?? "?" }
  package var name: String { specification.name }
  /// What the panels show beside means over seeds: the first seed.
  package var track: SeedTrack { seeds[0] }
  /// Whether coins of a set probability are thrown in this arm.
  package var hasMask: Bool { specification.values["mask"] != nil && !specification.isMatched }
  /// Whether the updates of its blocks are damped by alignment.
  package var hasDamping: Bool { specification.values["tau"] != nil && !specification.isMatched }
  package var isMasking: Bool { specification.wrapper != nil && !specification.isMatched }
  /// Whether updates are dropped in this arm, by whatever rule.
  package var dropsUpdates: Bool { isMasking && specification.wrapper != "damp" }
  package var maskProbability: Double? {
    hasMask ? specification.values["mask"]?.number : nil
  }
  package var tau: Double? { hasDamping ? specification.values["tau"]?.number : nil }

  /// cos(m, g) of pure noise: √(1 − β²) when the momentum already holds the gradient, 0 before.
  package var alignmentNull: Double? {
    guard isMasking else { return nil }
    return specification.pureNoiseAlignment
  }

  package var divergedStep: Int? { seeds.lazy.compactMap(\.divergedStep).first }

  /// The curve of evaluations: the seed's own, or the mean over seeds.
  package var validation: MetricSeries { meanValidation ?? track.validation }

  /// Joins the evaluations of all seeds that have finished, or of all that run.
  mutating func aggregate() {
    guard seeds.count > 1 else { return }
    let started = seeds.filter(\.hasStarted)
    let finished = started.filter(\.isFinished)
    let used = finished.isEmpty ? started : finished
    let length = used.map(\.evaluations.count).min() ?? 0
    var mean = MetricSeries(recentCapacity: 512, historyCapacity: 1024)
    band = []
    for place in 0..<length {
      let step = Double(used[0].evaluations[place].step)
      let point = PointwiseBand.point(used.map { $0.evaluations[place].validationLoss })
      mean.append(x: step, y: point.center ?? .nan)
      if let interval = point.interval {
        band.append(BandEdge(step: step, lower: interval.lower, upper: interval.upper))
      }
    }
    meanValidation = used.count > 1 ? mean : nil
  }
}
