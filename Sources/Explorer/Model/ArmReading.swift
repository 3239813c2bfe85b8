import Charts
import History
import Metrics
import RunModel
import Statistics

/// What the screens read from an arm.
extension ArmMoment {
  /// The set probability of a dropped update; nil where no coins of a set probability are thrown.
  var maskProbability: Double? {
    specification.isMatched ? nil : specification.values["mask"]?.number
  }

  /// The temperature of the score; nil where updates are not damped by it.
  var tau: Double? { specification.isMatched ? nil : specification.values["tau"]?.number }

  /// Whether any coin so far could drop anything.
  var dropsUpdates: Bool { track?.coins.dropsUpdates ?? false }

  /// cos(m, g) of pure noise: √(1 − β²) when the momentum already holds the gradient, 0 before.
  ///
  /// β is the momentum's own, or that of the average that observes a base without one.
  var alignmentNull: Double? { specification.pureNoiseAlignment }

  func isMasked(_ block: Int) -> Bool { isMasked.indices.contains(block) && isMasked[block] }

  /// What is known of a block; nil before the first row.
  func tally(_ block: Int) -> BlockTally? {
    guard let blocks = track?.blocks, blocks.indices.contains(block) else { return nil }
    return blocks[block]
  }

  /// The loss at a step that was evaluated: the seed's own, or the mean over seeds.
  func loss(at step: Int) -> Double? {
    let losses = seeds.map(\.evaluations).filter { !$0.isEmpty }.map { $0.at(step) }
    guard !losses.isEmpty, losses.allSatisfy({ $0 != nil }) else { return nil }
    return PointwiseBand.point(losses.map { $0?.validationLoss }).center
  }

  /// The loss at the newest evaluation that every seed has.
  var newestLoss: Double? {
    seeds.compactMap { $0.evaluations.last?.step }.min().flatMap(loss)
  }
}

extension RunMoment {
  /// The blocks an arm's distributions are taken over: those under its mask, of an arm without one
  /// those that a mask would take.
  func readBlocks(of arm: ArmMoment) -> [Int] {
    arm.isMasking
      ? arm.isMasked.indices.filter(arm.isMasked)
      : blocks.indices.filter { blocks[$0].isMaskable }
  }

  /// What happened to the run so far, as marks on its charts.
  var marks: [EventMark] {
    var marks: [EventMark] = []
    for entry in journal {
      guard let label = label(entry) else { continue }
      // A change of several arms at once is one event.
      if let last = marks.last, last.step == entry.step, last.label == label { continue }
      marks.append(EventMark(number: marks.count + 1, step: entry.step, label: label))
    }
    return marks
  }

  private func label(_ entry: JournalEntry) -> String? {
    let letter = entry.arm.flatMap { self[$0]?.letter } ?? ""
    switch entry.kind {
    case .change:
      guard let key = entry.key, let value = entry.newValue else { return nil }
      return "\(key) \(Shown.setting(value))"
    case .mark: return entry.text ?? "mark"
    case .diverged: return "\(letter) diverged"
    case .join: return "\(letter) joined"
    case .leave: return "\(letter) left"
    case .replace: return "\(letter) \(entry.settings?.name ?? "replaced")"
    case .fork: return "forked from \(entry.text ?? "another run")"
    case .extend: return "steps \(entry.steps ?? budget)"
    case .pause, .resume, .end: return nil
    }
  }
}

extension RunMoment {
  /// Why there are no rows to draw; nil where there may be.
  var absence: String? {
    switch gap {
    case .noHistoryBefore(let step): "no history before step \(step)"
    case .notRecorded: "not recorded"
    case nil: step == 0 || summary == nil ? "no step yet" : nil
    }
  }
}

/// The evaluations of an arm as one curve: the seed's own, or the mean over seeds with its pointwise
/// 95 % interval.
struct SeedAverage {
  private(set) var series = MetricSeries(recentCapacity: 512, historyCapacity: 1024)
  private(set) var band: [BandMark.Edge] = []

  init(_ arm: ArmMoment) {
    let seeds = arm.seeds.map(\.evaluations).filter { !$0.isEmpty }
    guard let first = seeds.first else { return }
    for place in first.drawnPlaces {
      let step = first[place].step
      let losses = seeds.compactMap { $0.at(step) }.map(\.validationLoss)
      guard losses.count == seeds.count else { continue }
      add(losses, at: Double(step))
    }
  }

  private mutating func add(_ losses: [Double?], at step: Double) {
    guard losses.count > 1 else { return series.append(x: step, y: losses[0] ?? .nan) }
    let point = PointwiseBand.point(losses)
    series.append(x: step, y: point.center ?? .nan)
    if let interval = point.interval {
      band.append(BandMark.Edge(x: step, lower: interval.lower, upper: interval.upper))
    }
  }
}

/// Read by place in the whole array: several times a frame, and faster so than through the slice.
extension SeedMoment.Evaluations {
  private var places: Range<Int> { startIndex..<endIndex }

  /// The places of a curve: all of them, or about 500 evenly spaced with the newest among them.
  var drawnPlaces: [Index] {
    guard !places.isEmpty else { return [] }
    let step = places.count / 512 + 1
    let first = places.lowerBound + (places.count - 1) % step
    return Array(stride(from: first, to: places.upperBound, by: step))
  }

  /// The evaluation made at exactly this step.
  func at(_ step: Int) -> EvaluationRecord? {
    let place = places.partitioningIndex { base[$0].step >= step }
    return place < places.upperBound && base[place].step == step ? base[place] : nil
  }

  /// The newest evaluation at or before this step.
  func last(at step: Int) -> EvaluationRecord? {
    let place = places.partitioningIndex { base[$0].step > step }
    return place > places.lowerBound ? base[place - 1] : nil
  }
}
