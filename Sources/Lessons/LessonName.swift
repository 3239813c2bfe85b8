import Expressions
import RunModel

/// What a name in a lesson's expressions stands for: a figure of an arm of a run.
package struct LessonName: Sendable, Hashable {
  package enum Run: Sendable, Hashable {
    case numbered(Int)
    /// Whatever the learner has made of the run on the screen.
    case learner
  }

  package enum Figure: Sendable, Hashable {
    case of(Quantity)
    /// A numeric setting of the arm as it is in force.
    case setting(String)
    /// How the arm came out against another, by name, in the sweep.
    case against(String, Comparison)
    /// The newest step, or that of the evaluation that is run over.
    case step
  }

  /// Figures of an arm. Means over seeds unless a seed is meant; of all masked blocks unless a block
  /// is meant.
  package enum Quantity: String, Sendable, Hashable, CaseIterable {
    /// Validation loss at the newest evaluation, or at `@step`; `late`: the mean over those after
    /// half of the budget.
    case loss, late
    /// Means over the whole run.
    case maskRate, effectiveRate
    /// Over the evaluations after half of the budget, or at `@step`; of a block: at the newest step.
    case scale, alignment
    /// Of a block, at the newest step or at `@step`; `previousScale`: one step before the newest.
    case score, keep, kept, updateNorm, gradientNorm, momentumNorm, previousScale
    /// Bytes of optimizer state.
    case stateBytes
    /// In a sweep: the best value tried, and whether it is the first or last.
    case best, atEdge
    /// How often habits see a difference between halves of the arm's own seeds: error bars of three
    /// seeds, a test after every pair, one test at the end.
    case parted, peeked, testedOnce
    /// Of Proposition 1's probe: over `probes` at the arm's own rate; `[10]`: at ten times it.
    case measured, predicted
  }

  package enum Comparison: String, Sendable, Hashable, CaseIterable {
    case difference, lower, upper, outcome
  }

  /// What can be gathered over; the place in the list is the domain's number.
  package enum Domain: Int, Sendable, CaseIterable {
    case seeds, blocks, evaluations, probes

    var name: String { "\(self)" }
  }

  package var run: Run
  /// The arm's name in its run; empty for `step`.
  package var arm: String
  package var figure: Figure
  /// A seed, a block's name or a multiple of the rate, as the quantity has it.
  package var index: String?
  package var step: Int?
}

/// Reads the names of a lesson's expressions: `m.loss`, `cosine.m.loss`, `mine.m.scale[block.1]@3`.
package struct LessonVocabulary {
  /// How the learner's own run is called.
  static let learner = "mine"

  private final class Table {
    var names: [LessonName] = []
  }

  private let runs: [LessonRun]

  package init(_ runs: [LessonRun]) { self.runs = runs }

  /// An expression with its names; the error says what is wrong and where.
  package func expression(_ text: String) throws(ExpressionError) -> LessonExpression {
    let table = Table()
    let vocabulary = Vocabulary(
      names: knownNames, domains: LessonName.Domain.allCases.map(\.name)
    ) { reference in
      guard let name = name(reference) else { return nil }
      if let known = table.names.firstIndex(of: name) { return known }
      table.names.append(name)
      return table.names.count - 1
    }
    let expression = try Expression(text, vocabulary)
    return LessonExpression(expression, names: table.names)
  }

  private func name(_ reference: Reference) -> LessonName? {
    var parts = reference.name.split(separator: ".").map(String.init)
    var place = LessonName.Run.numbered(0)
    if parts.first == Self.learner {
      place = .learner
      parts.removeFirst()
    } else if parts.count > 1, let run = runs.firstIndex(where: { $0.name == parts[0] }) {
      place = .numbered(run)
      parts.removeFirst()
    }
    guard reference.indices.count <= 1 else { return nil }
    if parts == ["step"], reference.indices.isEmpty, reference.step == nil {
      return LessonName(run: place, arm: "", figure: .step)
    }
    guard parts.count >= 2, let arm = arm(parts[0], of: place),
      let figure = figure(Array(parts.dropFirst()), arm, place)
    else { return nil }
    return LessonName(
      run: place, arm: parts[0], figure: figure, index: reference.indices.first,
      step: reference.step)
  }

  private func run(_ place: LessonName.Run) -> LessonRun? {
    switch place {
    case .numbered(let number): runs.indices.contains(number) ? runs[number] : nil
    case .learner: runs.first
    }
  }

  private func arm(_ name: String, of place: LessonName.Run) -> ArmSpecification? {
    guard let run = run(place), let number = run.armNames.firstIndex(of: name),
      run.configuration.arms.indices.contains(number)
    else { return nil }
    return run.configuration.arms[number]
  }

  private func figure(
    _ parts: [String], _ arm: ArmSpecification, _ place: LessonName.Run
  ) -> LessonName.Figure? {
    if parts.count == 1 {
      if let quantity = LessonName.Quantity(rawValue: parts[0]) { return .of(quantity) }
      return arm.values[parts[0]]?.number == nil ? nil : .setting(parts[0])
    }
    guard parts.count == 3, parts[0] == "against", self.arm(parts[1], of: place) != nil,
      let comparison = LessonName.Comparison(rawValue: parts[2])
    else { return nil }
    return .against(parts[1], comparison)
  }

  /// What may be meant by a misspelt name.
  private var knownNames: [String] {
    let own = runs.enumerated().flatMap { place, run in
      run.armNames.flatMap { arm in
        LessonName.Quantity.allCases.map { quantity in
          (place == 0 ? "" : run.name + ".") + "\(arm).\(quantity.rawValue)"
        }
      }
    }
    return own + ["step"]
  }
}

/// An expression over the record of a lesson's runs.
package struct LessonExpression: Sendable {
  package let expression: Expression
  let names: [LessonName]
  /// For every domain a name that is gathered over it: it says whose seeds, blocks, ... are meant.
  private let owners: [Int: LessonName]

  init(_ expression: Expression, names: [LessonName]) {
    self.expression = expression
    self.names = names
    owners = Self.owners(expression, names)
  }

  private static func owners(_ expression: Expression, _ names: [LessonName]) -> [Int: LessonName] {
    var owners: [Int: LessonName] = [:]
    for part in expression.gathered {
      let inner = Self.owners(part.body, names)
      owners.merge(inner) { first, _ in first }
      let own = part.body.allSlots.sorted().map { names[$0] }
      owners[part.domain] = owners[part.domain] ?? own.first { $0.figure != .step } ?? own.first
    }
    return owners
  }

  package func value(_ record: LessonRecord, in lesson: Lesson) -> Double {
    expression.value(
      from: Source(names: names, owners: owners, reading: RecordReading(record, of: lesson)),
      domains: LessonName.Domain.allCases.count)
  }

  /// Whether the condition holds; a figure that is not there lets none hold.
  package func holds(_ record: LessonRecord, in lesson: Lesson) -> Bool {
    let value = value(record, in: lesson)
    return value != 0 && !value.isNaN
  }

  private struct Source: ValueSource {
    let names: [LessonName]
    let owners: [Int: LessonName]
    let reading: RecordReading

    func value(of slot: Int, at places: [Int]) -> Double {
      reading.value(of: names[slot], at: places)
    }

    func count(of domain: Int) -> Int {
      guard let owner = owners[domain], let domain = LessonName.Domain(rawValue: domain) else {
        return 0
      }
      return reading.count(of: domain, owner)
    }
  }
}
