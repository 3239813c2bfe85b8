import RunModel
import TerminalUI

/// Another optimizer for an arm of a fork.
package struct Replacement: Sendable, Hashable {
  package let arm: ArmID
  package let letter: String
  package let specification: ArmSpecification

  package init(arm: ArmID, letter: String, specification: ArmSpecification) {
    (self.arm, self.letter, self.specification) = (arm, letter, specification)
  }

  /// What the journal of the fork says of it: in force from the step behind the branch.
  package func entry(after step: Int) -> JournalEntry {
    JournalEntry(replacing: arm, by: specification, from: step + 1)
  }
}

/// What may be asked of a run's time.
package enum BranchOrder: Sendable, Hashable {
  /// The run goes on from this step; what came after it stays as a branch beside it.
  case rewind(step: Int)
  /// A run of its own goes on from this step, with another optimizer if one is named; the present one
  /// stays as it is.
  case fork(step: Int, replacing: Replacement? = nil)
  /// An arm joins: it is trained from step 0 to where the others stand, and goes on with them.
  case join(ArmSpecification, step: Int)

  package var step: Int {
    switch self {
    case .rewind(let step), .fork(let step, _), .join(_, let step): step
    }
  }

  /// What is asked before it is done.
  var question: String {
    switch self {
    case .rewind(let step): "back to step \(step)? what came after is kept as a branch."
    case .fork(let step, nil): "fork at step \(step)? this run is kept as it is."
    case .fork(let step, let other?):
      "fork at step \(step), \(other.letter) as \(other.specification.name)? this run is kept as it is."
    case .join(let arm, _): "\(arm.name) joins, and the others wait until it has caught up?"
    }
  }
}

/// Who waits while a part of a run is computed again.
enum ReplayKind {
  /// The run itself: it goes on from what is computed.
  case blocking
  /// Nobody: the run trains on beside it.
  case beside
}

/// What may be computed of a run's past while the run itself stays as it is.
package enum PastOrder: Sendable, Hashable {
  /// A measurement along its stretch.
  case probe(ProbeCadence)
  /// The maps of a block in a step.
  case look(BlockWish, step: Int)

  /// The steps that it is about.
  package var steps: ClosedRange<Int> {
    switch self {
    case .probe(let cadence): cadence.stretch ?? 0...0
    case .look(_, let step): step...step
    }
  }

  /// What is done: `measuring sharpness at steps 100 to 200`.
  var doing: String {
    switch self {
    case .probe(let cadence):
      "measuring \(cadence.kind.rawValue) at "
        + (steps.count == 1
          ? "step \(steps.lowerBound)" : "steps \(steps.lowerBound) to \(steps.upperBound)")
    case .look(_, let step): "computing step \(step) again for its maps"
    }
  }
}

extension ExplorerState {
  /// Has a part of the past computed again, beside the run if that trains.
  mutating func computeAgain(_ order: PastOrder) -> [Effect] {
    guard !isBusyWithThePast() else { return [] }
    guard let directory = place.directory else {
      say("this run is not recorded: its past cannot be computed again", isAlert: true)
      return []
    }
    guard order.steps.lowerBound >= 0, order.steps.upperBound <= live.step else {
      let step = order.steps.lowerBound < 0 ? order.steps.lowerBound : order.steps.upperBound
      say("step \(step) is not in the run: 0...\(live.step)", isAlert: true)
      return []
    }
    replay = .beside
    say("\(order.doing) (Esc gives up)", seconds: 3_600)
    return [.computeAgain(order, directory: directory, run: runNumber)]
  }

  /// What was computed again is there, was given up, or cannot be had.
  mutating func endReplay(_ outcome: Result<String, RunError>) {
    replay = nil
    switch outcome {
    case .success(let note): say(note)
    case .failure(let error): say(error.description, isAlert: true, seconds: 15)
    }
  }

  /// One thing at a time: what is asked for meanwhile is refused.
  private mutating func isBusyWithThePast() -> Bool {
    if replay != nil { say("a part of the run is being computed again: Esc gives that up") }
    return replay != nil
  }

  /// Asks before the run is taken back or branched.
  mutating func askToBranch(_ order: BranchOrder) -> [Effect] {
    guard !isBusyWithThePast() else { return [] }
    guard place.directory != nil, !place.isWatched else {
      say("only a run that is recorded here can go back or fork", isAlert: true)
      return []
    }
    guard (0...live.step).contains(order.step) else {
      say("step \(order.step) is not in the run: 0...\(live.step)", isAlert: true)
      return []
    }
    if case .rewind(let step) = order, step == live.step {
      say("the run stands at step \(step)")
      return []
    }
    modal = .confirmBranch(order)
    return []
  }

  /// `:fork`, `:fork 60`, `:fork 60 m=magma(muon)`: without a step, at the shown one.
  mutating func fork(_ argument: String) -> [Effect]? {
    var words = argument.split(separator: " ").map(String.init)
    let step = words.first.flatMap { Int($0) }
    if step != nil { words.removeFirst() }
    guard words.count <= 1 else { return nil }
    guard let word = words.first else { return askToBranch(.fork(step: step ?? shownStep)) }
    guard let other = replacement(word) else { return nil }
    return askToBranch(.fork(step: step ?? shownStep, replacing: other))
  }

  /// `m=magma(muon)`; nil when there is no such arm or optimizer.
  private func replacement(_ text: String) -> Replacement? {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let arm = live.arms.first(where: { $0.letter == parts[0] }),
      let specification = try? ArmGrammar(catalog: catalog).parse(parts[1])
    else { return nil }
    return Replacement(arm: arm.id, letter: arm.letter, specification: specification)
  }

  /// Why `:fork` does not understand its argument.
  func forkProblem(_ argument: String) -> String {
    if let text = argument.split(separator: "=", maxSplits: 1).dropFirst().first {
      do {
        _ = try ArmGrammar(catalog: catalog).parse(String(text))
      } catch {
        return error.description
      }
    }
    let letters = live.arms.map(\.letter).joined(separator: ", ")
    return "wants STEP (alone: the shown one), and for an arm (\(letters)) another optimizer: "
      + "60 m=magma(muon)"
  }

  /// Back to just before the last live change.
  mutating func askToUndo() -> [Effect] {
    guard let change = live.journal.last(where: { $0.kind == .change || $0.kind == .replace })
    else {
      say("nothing has been changed while this run trained")
      return []
    }
    return askToBranch(.rewind(step: max(0, change.step - 1)))
  }

  mutating func answer(_ order: BranchOrder, _ key: Key) -> [Effect] {
    modal = nil
    guard key == .enter || key == .character("y") else { return [] }
    replay = .blocking
    if case .fork = order { runNumber += 1 }
    if case .join(let arm, _) = order {
      say("\(arm.name) catches up, the others wait (Esc gives up)", seconds: 3_600)
    } else {
      say("computing step \(order.step) again (Esc gives up)", seconds: 3_600)
    }
    return [.branch(order, run: runNumber)]
  }

  mutating func replay(at step: Int, of target: Int, _ secondsLeft: Double?) {
    guard replay != nil else { return }
    let left = secondsLeft.map { ", \(Shown.duration($0)) left" } ?? ""
    say("computing step \(step) of \(target)\(left) (Esc gives up)", seconds: 3_600)
  }
}
