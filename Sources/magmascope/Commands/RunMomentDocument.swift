import Charts
import Export
import Foundation
import History
import RunModel
import RunStore

/// A run at a step, as `runs show` tells it to people and programs; a figure that does not apply is
/// null.
struct RunMomentDocument: Encodable {
  struct Parent: Encodable {
    var run: String
    var step: Int
  }

  struct Validation: Encodable {
    var step: Int
    var loss: Double?

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: Key.self)
      try fields.encode(step, forKey: "step")
      try fields.encode(loss, forKey: "loss")
    }
  }

  /// One arm on one seed.
  struct Arm: Encodable {
    var lane: String
    var seed: UInt64
    /// The settings in force.
    var specification: String
    var validation: Validation?
    /// In the order of the object's keys.
    var figures: [(Key, Double?)]
    var blocks: [Block]

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: Key.self)
      try fields.encode(lane, forKey: "lane")
      try fields.encode(seed, forKey: "seed")
      try fields.encode(specification, forKey: "arm")
      try fields.encode(validation, forKey: "validation")
      for (key, value) in figures { try fields.encode(value, forKey: key) }
      try fields.encode(blocks, forKey: "blocks")
    }
  }

  struct Block: Encodable {
    var name: String
    var isMasked: Bool
    var figures: [(Key, Double?)]

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: Key.self)
      try fields.encode(name, forKey: "name")
      try fields.encode(isMasked, forKey: "masked")
      for (key, value) in figures { try fields.encode(value, forKey: key) }
    }
  }

  struct Event: Encodable {
    var step: Int
    var kind: String
    var text: String
  }

  /// A key of an object, written as it is called.
  struct Key: CodingKey, ExpressibleByStringLiteral {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral value: String) { stringValue = value }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var step: Int
  var steps: Int
  var stage: RunStage
  /// Whether the figures of every step were kept.
  var isRecorded: Bool
  var parent: Parent?
  var arms: [Arm]
  var events: [Event]

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(step, forKey: "step")
    try fields.encode(steps, forKey: "steps")
    try fields.encode(stage.rawValue, forKey: "phase")
    try fields.encode(isRecorded, forKey: "recorded")
    try fields.encode(parent, forKey: "parent")
    try fields.encode(arms, forKey: "arms")
    try fields.encode(events, forKey: "events")
  }

  /// One line of JSON.
  var json: String {
    get throws(RunError) {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      do {
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
      } catch {
        throw .unexpected("the run cannot be written as JSON: \(error)")
      }
    }
  }

  /// The arms as a table, and what happened.
  var table: String {
    let number = { (value: Double?) in value.map { NumberFormat.scientific($0) } ?? "-" }
    let fixed = { (value: Double?) in value.map { NumberFormat.fixed($0, decimals: 4) } ?? "-" }
    let rows = arms.map { arm in
      let figures = Dictionary(uniqueKeysWithValues: arm.figures.map { ($0.0.stringValue, $0.1) })
      let figure = { (key: String) in figures[key].flatMap(\.self) }
      return [
        arm.lane, arm.specification, String(arm.seed), fixed(figure("trainLoss")),
        fixed(arm.validation?.loss), number(figure("gradientNorm")),
        number(figure("learningRate")), number(figure("effectiveLearningRate")),
        fixed(figure("maskRate")),
      ]
    }
    let table = SummaryTable(
      caption: "",
      columns: [
        .init("", .left), .init("arm", .left), .init("seed"), .init("train"), .init("validation"),
        .init("|g|"), .init("lr"), .init("eff. lr"), .init("mask rate"),
      ], rows: rows)
    let happened = events.map { "step \($0.step)  \($0.kind)  \($0.text)\n" }.joined()
    let note = isRecorded ? "" : "the figures of single steps were not recorded\n"
    let origin = parent.map { "branched off \($0.run) after step \($0.step)\n" } ?? ""
    return
      "\(stage.rawValue), step \(step) of \(steps)\n\(origin)\(note)\n\(table.markdown)\n\(happened)"
  }
}

extension RunMomentDocument {
  /// The run at `step`, the newest when nil.
  ///
  /// - Throws: `RunError` (.usage) for a step the run does not have.
  init(_ run: OpenedRun, at step: Int?) throws(RunError) {
    let newest = run.newestStep
    let wanted = step ?? newest
    guard 0...newest ~= wanted else {
      throw RunError(
        .usage, "the run has steps 0 to \(newest), not \(wanted)", place: "--at",
        remedy: "name one of them")
    }
    let history = try run.history()
    let moment = history.moment(at: wanted)
    // What a run is about to do stands in its first step.
    let ahead = wanted == 0 && newest > 0 ? history.moment(at: 1) : nil
    (self.step, steps, stage) = (wanted, moment.budget, run.stage)
    isRecorded = run.hasRows
    parent = try run.directory.readFork().map { Parent(run: $0.run, step: $0.step) }
    let course = RunCourse(run.configuration, journal: run.journal)
    arms = moment.arms.flatMap { arm in
      arm.seeds.map { Arm(arm, $0, at: wanted, in: moment, course, ahead: ahead) }
    }
    events = moment.journal.map { Event($0, course) }
  }
}

extension RunMomentDocument.Arm {
  /// - Parameter ahead: at the start, the moment of the first step.
  fileprivate init(
    _ arm: ArmMoment, _ own: SeedMoment, at step: Int, in moment: RunMoment, _ course: RunCourse,
    ahead: RunMoment?
  ) {
    (lane, seed, specification) = (arm.letter, own.seed, arm.specification.text)
    let evaluation = own.evaluations.last
    validation = evaluation.map { .init(step: $0.step, loss: $0.validationLoss) }
    let row = own.track?.row.flatMap { $0.step == step ? $0 : nil }
    let here = evaluation.flatMap { $0.step == step ? $0 : nil }
    let settings = course.settings(of: arm.arm, at: max(1, step))
    let scheduled = settings.values["lr"]?.number.map {
      $0 * course.scheduleFactor(step: max(1, step))
    }
    figures = [
      ("trainLoss", known(row?.trainLoss)), ("gradientNorm", known(row?.gradientNorm)),
      ("learningRate", known(row?.learningRate) ?? scheduled),
      (
        "effectiveLearningRate",
        known(row?.effectiveLearningRate) ?? (step == 0 ? here?.effectiveLearningRate : nil)
      ),
      ("maskRate", own.track?.maskRate ?? here?.maskRate),
    ]
    let next = ahead?[arm.id]?.seeds.first { $0.seed == own.seed }?.track
    blocks = moment.blocks.enumerated().map { place, block in
      let isMasked = arm.isMasked.indices.contains(place) && arm.isMasked[place]
      guard step > 0 else {
        return .init(
          block.name, before: next?.tally(of: place)?.row, isMasked: isMasked, settings)
      }
      let tally = row == nil ? nil : own.track?.tally(of: place)
      return .init(block.name, isMasked: tally?.row.isMasked ?? isMasked, tally)
    }
  }
}

extension ArmTrack {
  fileprivate func tally(of block: Int) -> BlockTally? {
    blocks.indices.contains(block) ? blocks[block] : nil
  }
}

extension RunMomentDocument.Block {
  /// After a step; without a tally nothing is known.
  fileprivate init(_ name: String, isMasked: Bool, _ tally: BlockTally?) {
    (self.name, self.isMasked) = (name, isMasked)
    let row = tally?.row
    figures = [
      ("keep", known(row?.keep)), ("kept", known(row?.keptShare)),
      ("maskRate", tally.map { $0.maskRate ?? 0 }), ("alignment", known(row?.alignment)),
      ("score", known(row?.score)), ("scale", known(row?.scale)),
      ("updateNorm", known(row?.updateNorm)), ("distance", tally?.distance),
    ]
  }

  /// Before the first step, of which `first` is the row.
  fileprivate init(
    _ name: String, before first: BlockRow?, isMasked: Bool, _ settings: ArmSpecification
  ) {
    (self.name, self.isMasked) = (name, isMasked)
    let start = isMasked ? settings.values["s0"]?.number : nil
    figures = [
      ("keep", known(first?.keep)), ("kept", nil), ("maskRate", isMasked ? nil : 0),
      ("alignment", nil), ("score", nil), ("scale", start ?? known(first?.scale)),
      ("updateNorm", nil), ("distance", 0),
    ]
  }
}

/// The shortest double that reads as the figure does; nil for one that is not finite.
private func known(_ value: Float?) -> Double? {
  value.flatMap { $0.isFinite ? Double($0.description) : nil }
}

private func known(_ value: Double?) -> Double? {
  value.flatMap { $0.isFinite ? $0 : nil }
}

extension RunMomentDocument.Event {
  fileprivate init(_ entry: JournalEntry, _ course: RunCourse) {
    (step, kind) = (entry.step, entry.kind.rawValue)
    let lane = entry.arm.flatMap { course.roster[id: $0]?.lane.letter } ?? "all"
    text =
      switch entry.kind {
      case .change:
        "\(lane) \(entry.key ?? "") \(entry.oldValue.map { "\($0) -> " } ?? "")"
          + "\(entry.newValue.map { "\($0)" } ?? "")"
      case .join:
        "\(entry.joined?.lane.letter ?? "") \(entry.joined?.specification.text ?? "")"
      case .replace: "\(lane) \(entry.settings?.text ?? "")"
      case .leave: lane
      case .diverged: "\(lane) seed \(entry.seed.map { "\($0)" } ?? "")"
      case .extend: "\(entry.steps.map { "\($0)" } ?? "") steps"
      case .mark, .fork, .end, .pause, .resume: entry.text ?? ""
      }
  }
}
