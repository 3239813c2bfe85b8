import Foundation
import RunModel
import TensorKernels

/// Runs an arm over given gradients and coins: the exact trajectory, for comparison with any other
/// implementation. Constant rate, no clipping, no schedule; formats as contract.md section 5.
package struct Replay {
  private let file: ReplayFile
  private let layout: TensorLayout
  private var optimizer: ArmOptimizer
  private let seed: UInt64

  /// Reads `json`, replays it with `arm` and gives the answer; coins that are missing are drawn from
  /// `seed`.
  /// - Throws: `RunError` of category `.input` for a bad file, `.usage` for a bad arm.
  package static func run(json: Data, arm: ArmSpecification, seed: UInt64) throws -> Data {
    var replay = try Replay(file: ReplayFile(json: json), arm: arm, seed: seed)
    let answer = try replay.run()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(answer)
  }

  private init(file: ReplayFile, arm: ArmSpecification, seed: UInt64) throws(RunError) {
    self.file = file
    self.seed = seed
    layout = TensorLayout(file.blocks.map(\.descriptor))
    optimizer = try ArmOptimizer(arm, layout: layout, observation: .nowhere)
  }

  private mutating func run() throws(RunError) -> ReplayAnswer {
    var parameters = file.blocks.flatMap { $0.values.map { Float($0) } }
    var answer = ReplayAnswer(steps: [])
    for (index, step) in file.steps.enumerated() {
      let gradients = try file.gradients(of: step, at: index, layout: layout)
      optimizer.forcedCoins = layout.entries.map { step.coins?[$0.name].map { $0 != 0 } }
      let context = StepContext(
        step: index + 1, seed: seed, matchedFactor: optimizer.stepFactor,
        totalSteps: file.steps.count)
      var span = parameters.mutableSpan
      optimizer.step(
        parameters: &span, gradients: gradients.span, context: context)
      answer.steps.append(state(parameters))
    }
    return answer
  }

  private func state(_ parameters: [Float]) -> ReplayAnswer.Step {
    var step = ReplayAnswer.Step(parameters: [:], blocks: [:])
    for (entry, outcome) in zip(layout.entries, optimizer.outcomes) {
      step.parameters[entry.name] = parameters[entry.range].map { Double($0) }
      step.blocks[entry.name] = ReplayAnswer.Block(outcome)
    }
    return step
  }
}

/// The file: blocks with their start values, and per step the gradients and perhaps the coins.
struct ReplayFile: Decodable {
  struct Block: Decodable {
    var name: String
    var shape: [Int]
    var role: String
    var values: [Double]

    /// Attention and MLP blocks are what a replay masks.
    var descriptor: BlockDescriptor {
      let role = BlockRole(rawValue: role) ?? .mlp
      return BlockDescriptor(
        name: name, shape: shape, role: role, isMaskable: role == .attention || role == .mlp)
    }
  }

  struct Step: Decodable {
    var gradients: [String: [Double]]
    var coins: [String: Int]?
  }

  var blocks: [Block]
  var steps: [Step]

  init(json: Data) throws(RunError) {
    do {
      self = try JSONDecoder().decode(ReplayFile.self, from: json)
    } catch {
      throw RunError(
        .input, "the replay file is not of the wanted form: \(Self.reason(error))",
        remedy: "see `replay` in the documentation: {\"blocks\":[…],\"steps\":[…]}")
    }
    try check()
  }

  private func check() throws(RunError) {
    var names: Set<String> = []
    for block in blocks {
      guard names.insert(block.name).inserted else {
        throw Self.bad("block '\(block.name)' appears twice")
      }
      guard BlockRole(rawValue: block.role) != nil else {
        let known = BlockRole.allCases.map(\.rawValue)
        throw Self.bad(
          "block '\(block.name)' has the unknown role '\(block.role)'"
            + suggestion(for: block.role, among: known), "roles: " + known.joined(separator: ", "))
      }
      guard block.shape.allSatisfy({ $0 > 0 }), Self.count(block.shape) == block.values.count else {
        throw Self.bad(
          "block '\(block.name)' has \(block.values.count) values for shape \(block.shape)")
      }
    }
    for (index, step) in steps.enumerated() { try check(step.coins ?? [:], at: index) }
  }

  /// nil where the product is beyond any number of values.
  private static func count(_ shape: [Int]) -> Int? {
    shape.reduce(1 as Int?) { product, side in
      guard let (count, isTooLarge) = product?.multipliedReportingOverflow(by: side) else {
        return nil
      }
      return isTooLarge ? nil : count
    }
  }

  /// Coins are 0 or 1, of blocks that exist.
  private func check(_ coins: [String: Int], at index: Int) throws(RunError) {
    for (name, coin) in coins.sorted(by: { $0.key < $1.key }) {
      guard blocks.contains(where: { $0.name == name }) else {
        throw Self.bad(
          "step \(index + 1) has a coin for the unknown block '\(name)'"
            + suggestion(for: name, among: blocks.map(\.name)))
      }
      guard coin == 0 || coin == 1 else {
        throw Self.bad("step \(index + 1): the coin of '\(name)' is \(coin), not 0 or 1")
      }
    }
  }

  /// The gradients of one step in the order of the layout.
  func gradients(of step: Step, at index: Int, layout: TensorLayout) throws(RunError) -> [Float] {
    if let stray = step.gradients.keys.sorted().first(where: { layout.index(of: $0) == nil }) {
      throw Self.bad(
        "step \(index + 1) has a gradient for the unknown block '\(stray)'"
          + suggestion(for: stray, among: blocks.map(\.name)))
    }
    var all: [Float] = []
    all.reserveCapacity(layout.count)
    for entry in layout.entries {
      guard let values = step.gradients[entry.name] else {
        throw Self.bad("step \(index + 1) has no gradient for block '\(entry.name)'")
      }
      guard values.count == entry.range.count else {
        throw Self.bad(
          "step \(index + 1): the gradient of '\(entry.name)' has \(values.count) values, "
            + "not \(entry.range.count)")
      }
      all += values.map { Float($0) }
    }
    return all
  }

  private static func bad(_ message: String, _ remedy: String = "mend the file") -> RunError {
    RunError(.input, message, remedy: remedy)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      "'\(key.stringValue)' is missing" + place(context)
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      context.debugDescription + place(context)
    default: "it is not valid JSON"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? "" : " at \(path)"
  }
}

/// The answer: step i is the state after it; figures of a block that is not masked are null.
struct ReplayAnswer: Encodable {
  struct Step: Encodable {
    var parameters: [String: [Double]]
    var blocks: [String: Block]
  }

  struct Block: Encodable {
    var alignment: Double?
    var score: Double?
    var scale: Double?
    var kept: Bool?

    enum CodingKeys: CodingKey { case alignment, score, scale, kept }

    init(_ outcome: BlockOutcome) {
      guard outcome.isMasked else { return }
      alignment = Self.figure(outcome.alignment)
      score = Self.figure(outcome.score)
      scale = Self.figure(outcome.scale)
      kept = outcome.keptShare > 0
    }

    private static func figure(_ value: Float) -> Double? { value.isNaN ? nil : Double(value) }

    /// Writes nulls out, which the synthesized form would leave away.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(alignment, forKey: .alignment)
      try container.encode(score, forKey: .score)
      try container.encode(scale, forKey: .scale)
      try container.encode(kept, forKey: .kept)
    }
  }

  var steps: [Step]
}
