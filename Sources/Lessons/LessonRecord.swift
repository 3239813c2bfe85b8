import History
import RunModel
import Statistics

/// What a lesson's runs have come to so far.
package struct LessonRecord {
  /// The history of every run that has begun, by its place in the lesson.
  package var histories: [Int: RunHistory] = [:]
  /// What the learner has made of the run on the screen.
  package var learner: RunHistory?
  package var sweep: LessonSweep?
  /// The sweep that was finished after the lesson's own.
  package var learnerSweep: LessonSweep?
  /// Arms, by name, of which another's record is read: how a lesson's checks are tried out.
  package var roles: [String: String] = [:]

  package init() {}

  /// The record with the figures of two arms exchanged.
  package func exchanging(_ one: String, _ other: String) -> LessonRecord {
    var copy = self
    copy.roles = [one: other, other: one]
    return copy
  }

  /// The record as if both arms were the one.
  package func equalizing(_ one: String, with other: String) -> LessonRecord {
    var copy = self
    copy.roles = [other: one]
    return copy
  }

  /// Whether a run stands still at a step or beyond, or is over.
  func hasReached(_ step: Int, run: Int) -> Bool {
    guard let moment = histories[run]?.moment() else { return false }
    return moment.phase.isOver || (moment.phase == .paused && moment.step >= step)
  }
}

/// What a sweep has found, as far as lessons speak of it.
package struct LessonSweep: Sendable {
  package struct Arm: Sendable {
    package var best: Double?
    package var isAtEdge: Bool

    package init(best: Double?, isAtEdge: Bool) { (self.best, self.isAtEdge) = (best, isAtEdge) }
  }

  /// An arm against another on the judging seeds, both by place.
  struct Pair: Sendable {
    var subject, reference: Int
    var comparison: PairedComparison?
    var outcome: Outcome
  }

  package let arms: [Arm]
  let pairs: [Pair]
  package let verdicts: [Verdict]

  /// - Parameter specifications: the swept arms in their order, no two of one name.
  package init(_ specifications: [ArmSpecification], arms: [Arm], verdicts: [Verdict]) {
    self.arms = arms
    self.verdicts = verdicts
    // Verdicts name arms with the values they were judged at.
    func place(_ name: String) -> Int? {
      specifications.firstIndex { $0.name == name.prefix { $0 != ":" } }
    }
    pairs = verdicts.flatMap { verdict -> [Pair] in
      guard let subject = place(verdict.subject), let reference = place(verdict.reference) else {
        return []
      }
      var pairs = [
        Pair(
          subject: subject, reference: reference, comparison: verdict.comparison,
          outcome: verdict.outcome)
      ]
      if let control = verdict.control, let place = place(control.name) {
        pairs.append(
          Pair(
            subject: subject, reference: place, comparison: control.comparison,
            outcome: control.outcome))
      }
      return pairs
    }
  }

  func value(
    _ comparison: LessonName.Comparison, of subject: Int, against reference: Int
  ) -> Double {
    guard
      let pair = pairs.first(where: { $0.subject == subject && $0.reference == reference })
    else { return .nan }
    switch comparison {
    case .difference: return pair.comparison?.mean ?? .nan
    case .lower: return pair.comparison?.tTest?.interval.lower ?? .nan
    case .upper: return pair.comparison?.tTest?.interval.upper ?? .nan
    case .outcome:
      return Outcome.allCases.firstIndex(of: pair.outcome).map(Double.init) ?? .nan
    }
  }
}

/// Looks figures up in a record; NaN where there are none.
struct RecordReading {
  private let record: LessonRecord
  private let lesson: Lesson

  init(_ record: LessonRecord, of lesson: Lesson) { (self.record, self.lesson) = (record, lesson) }

  // MARK: Where a name leads

  private func history(_ run: LessonName.Run) -> RunHistory? {
    switch run {
    case .numbered(let number): record.histories[number]
    case .learner: record.learner
    }
  }

  private func sweep(_ run: LessonName.Run) -> LessonSweep? {
    switch run {
    case .numbered: record.sweep
    case .learner: record.learnerSweep
    }
  }

  private func armNames(_ run: LessonName.Run) -> [String] {
    switch run {
    case .numbered(let number): lesson.runs[number].armNames
    case .learner: lesson.runs.first?.armNames ?? []
    }
  }

  /// The arm's place, another's where one stands for it.
  private func place(_ arm: String, _ run: LessonName.Run) -> Int? {
    armNames(run).firstIndex(of: record.roles[arm] ?? arm) ?? armNames(run).firstIndex(of: arm)
  }

  private func arm(_ name: LessonName, in moment: RunMoment) -> ArmMoment? {
    guard let place = place(name.arm, name.run), moment.arms.indices.contains(place) else {
      return nil
    }
    return moment.arms[place]
  }

  /// The run at the step that the name speaks of; nil where it never was there.
  private func moment(_ name: LessonName, back: Int = 0) -> RunMoment? {
    guard let history = history(name.run) else { return nil }
    guard let step = name.step ?? (back > 0 ? history.newestStep - back : nil) else {
      return history.moment()
    }
    let moment = history.moment(at: step)
    return moment.step == step ? moment : nil
  }

  // MARK: Domains

  func count(of domain: LessonName.Domain, _ owner: LessonName) -> Int {
    // Steps are those of the run, whichever arm.
    guard let moment = moment(owner),
      let arm = owner.figure == .step ? moment.arms.first : arm(owner, in: moment)
    else { return 0 }
    switch domain {
    case .seeds: return arm.seeds.count
    case .blocks: return blocks(of: arm, in: moment).count
    case .evaluations: return arm.seeds.first?.evaluations.count ?? 0
    case .probes: return readings(of: arm, in: moment).count
    }
  }

  /// The blocks under the arm's mask; of an arm without one those that a mask would take.
  private func blocks(of arm: ArmMoment, in moment: RunMoment) -> [Int] {
    arm.isMasking
      ? arm.isMasked.indices.filter { arm.isMasked[$0] }
      : moment.blocks.indices.filter { moment.blocks[$0].isMaskable }
  }

  /// Readings of Proposition 1 at rates above 0.
  private func readings(of arm: ArmMoment, in moment: RunMoment) -> [ProbeReading] {
    moment.probes.history(.proposition1, arm.id).filter { $0.figure("learningRate") ?? 0 > 0 }
  }

  // MARK: Values

  func value(of name: LessonName, at places: [Int]) -> Double {
    switch name.figure {
    case .against(let other, let comparison):
      guard let sweep = sweep(name.run), let subject = place(name.arm, name.run),
        let reference = place(other, name.run)
      else { return .nan }
      return sweep.value(comparison, of: subject, against: reference)
    case .of(.best): return sweptArm(name)?.best ?? .nan
    case .of(.atEdge): return sweptArm(name).map { $0.isAtEdge ? 1 : 0 } ?? .nan
    case .of, .setting, .step: break
    }
    let back = name.figure == .of(.previousScale) ? 1 : 0
    guard let moment = moment(name, back: back) else { return .nan }
    if name.figure == .step { return step(name, moment, places) }
    guard let arm = arm(name, in: moment) else { return .nan }
    switch name.figure {
    case .step, .against: return .nan
    case .setting(let key): return arm.specification.values[key]?.number ?? .nan
    case .of(let quantity): return value(quantity, name, arm, moment, places)
    }
  }

  private func step(_ name: LessonName, _ moment: RunMoment, _ places: [Int]) -> Double {
    let evaluation = places[LessonName.Domain.evaluations.rawValue]
    guard evaluation >= 0 else { return Double(moment.step) }
    let evaluations = moment.arms.first?.seeds.first?.evaluations
    return evaluations.flatMap { Self.element($0, evaluation).map { Double($0.step) } } ?? .nan
  }

  private func value(
    _ quantity: LessonName.Quantity, _ name: LessonName, _ arm: ArmMoment, _ moment: RunMoment,
    _ places: [Int]
  ) -> Double {
    let evaluation = places[LessonName.Domain.evaluations.rawValue]
    switch quantity {
    case .loss:
      return overSeeds(name, arm, places) { loss(of: $0, at: name.step, evaluation) }
    case .late:
      return overSeeds(name, arm, places) { late($0, moment) { $0.validationLoss } }
    case .effectiveRate: return overSeeds(name, arm, places) { $0.track?.meanEffectiveRate ?? .nan }
    case .stateBytes: return arm.stateBytes.map(Double.init) ?? .nan
    case .best, .atEdge: return .nan
    case .parted: return SeedHabits(losses(of: arm)).partedShare
    case .peeked: return SeedHabits(losses(of: arm)).falseFindings.peeked
    case .testedOnce: return SeedHabits(losses(of: arm)).falseFindings.once
    case .measured, .predicted: return cost(quantity, name, arm, moment, places)
    case .maskRate:
      if let tally = tally(name, arm, moment, places) { return tally.maskRate ?? .nan }
      return overSeeds(name, arm, places) { $0.track?.maskRate ?? .nan }
    case .scale, .alignment:
      if let tally = tally(name, arm, moment, places) { return Self.value(quantity, tally.row) }
      return mean(quantity, name, arm, moment, places, evaluation)
    case .score, .keep, .kept, .updateNorm, .gradientNorm, .momentumNorm, .previousScale:
      guard let tally = tally(name, arm, moment, places) else { return .nan }
      return Self.value(quantity, tally.row)
    }
  }

  private static func value(_ quantity: LessonName.Quantity, _ row: BlockRow) -> Double {
    switch quantity {
    case .scale, .previousScale: Double(row.scale)
    case .alignment: Double(row.alignment)
    case .score: Double(row.score)
    case .keep: Double(row.keep)
    case .kept: Double(row.keptShare)
    case .updateNorm: Double(row.updateNorm)
    case .gradientNorm: Double(row.gradientNorm)
    case .momentumNorm: Double(row.momentumNorm)
    case .loss, .late, .maskRate, .effectiveRate, .stateBytes, .best, .atEdge, .parted, .peeked,
      .testedOnce, .measured, .predicted:
      .nan
    }
  }

  private func sweptArm(_ name: LessonName) -> LessonSweep.Arm? {
    guard let place = place(name.arm, name.run), let arms = sweep(name.run)?.arms else {
      return nil
    }
    return Self.element(arms, place)
  }

  /// The block that is meant by name or run over; nil where all are.
  private func tally(
    _ name: LessonName, _ arm: ArmMoment, _ moment: RunMoment, _ places: [Int]
  ) -> BlockTally? {
    guard let tallies = arm.track?.blocks else { return nil }
    let place = places[LessonName.Domain.blocks.rawValue]
    if let index = name.index {
      guard let block = moment.blocks.firstIndex(where: { $0.name == index }) else { return nil }
      return Self.element(tallies, block)
    }
    guard place >= 0 else { return nil }
    return Self.element(blocks(of: arm, in: moment), place).flatMap { Self.element(tallies, $0) }
  }

  /// Damping or alignment over all masked blocks: at a step, in an evaluation, or late in the run.
  private func mean(
    _ quantity: LessonName.Quantity, _ name: LessonName, _ arm: ArmMoment, _ moment: RunMoment,
    _ places: [Int], _ evaluation: Int
  ) -> Double {
    let figure: (EvaluationRecord) -> Double? = {
      quantity == .scale ? $0.scale : $0.alignment
    }
    return overSeeds(name, arm, places) { seed in
      if name.step != nil {
        let row = seed.track?.row
        return (quantity == .scale ? row?.scale : row?.alignment) ?? .nan
      }
      guard evaluation >= 0 else { return late(seed, moment, figure) }
      return Self.element(seed.evaluations, evaluation).flatMap(figure) ?? .nan
    }
  }

  private func loss(of seed: SeedMoment, at step: Int?, _ evaluation: Int) -> Double {
    if let step {
      return seed.evaluations.first { $0.step == step }?.validationLoss ?? .nan
    }
    let record =
      evaluation >= 0 ? Self.element(seed.evaluations, evaluation) : seed.evaluations.last
    return record?.validationLoss ?? .nan
  }

  /// The mean over the evaluations after half of the budget.
  private func late(
    _ seed: SeedMoment, _ moment: RunMoment, _ figure: (EvaluationRecord) -> Double?
  ) -> Double {
    let values = seed.evaluations.filter { 2 * $0.step > moment.budget }.map {
      figure($0) ?? .nan
    }
    return Summary.mean(values) ?? .nan
  }

  private func losses(of arm: ArmMoment) -> [Double] {
    arm.seeds.map { $0.evaluations.last?.validationLoss ?? .nan }
  }

  private func overSeeds(
    _ name: LessonName, _ arm: ArmMoment, _ places: [Int], _ value: (SeedMoment) -> Double
  ) -> Double {
    let place = places[LessonName.Domain.seeds.rawValue]
    if let index = name.index {
      return arm.seeds.first { "\($0.seed)" == index }.map(value) ?? .nan
    }
    if place >= 0 { return Self.element(arm.seeds, place).map(value) ?? .nan }
    return Summary.mean(arm.seeds.map(value)) ?? .nan
  }

  /// What a masked step cost more than the plain one: in a reading, or the newest one's curve.
  private func cost(
    _ quantity: LessonName.Quantity, _ name: LessonName, _ arm: ArmMoment, _ moment: RunMoment,
    _ places: [Int]
  ) -> Double {
    let readings = readings(of: arm, in: moment)
    let place = places[LessonName.Domain.probes.rawValue]
    guard let reading = place >= 0 ? Self.element(readings, place) : readings.last else {
      return .nan
    }
    guard let multiple = name.index.flatMap(Double.init) else {
      return reading.figure(quantity.rawValue) ?? .nan
    }
    let point = reading.curve.first { $0.count == 4 && abs($0[0] - multiple) < 1e-9 }
    return point.map { quantity == .predicted ? $0[1] : $0[2] } ?? .nan
  }

  private static func element<Values: RandomAccessCollection>(
    _ values: Values, _ place: Int
  ) -> Values.Element? {
    guard place >= 0, place < values.count else { return nil }
    return values[values.index(values.startIndex, offsetBy: place)]
  }
}
