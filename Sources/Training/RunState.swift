import RunModel

/// Where a run stands, as a pure state machine: commands and finished steps in, transitions out.
///
/// ```
///            pause                step n              stop        last step
/// running  → paused              stepping(n)          stopped     completed
/// stepping → paused              stepping(m + n)      stopped     completed; paused after m
/// paused   → (stays)             stepping(n)          stopped     (cannot happen)
/// ended    → (stays)             (stays)              (stays)     (cannot happen)
/// ```
/// `resume` leads from `paused` and `stepping` to `running`.
package struct RunState: Sendable, Hashable {
  package enum Phase: Sendable, Hashable {
    case running
    case stepping(remaining: Int)
    case paused
    case ended(RunOutcome)
  }

  /// What a command or a finished step changed, to be told to the world.
  package enum Transition: Sendable, Hashable {
    case paused, resumed
    case ended(RunOutcome)
  }

  package private(set) var phase: Phase
  /// Updates made so far.
  package private(set) var step: Int
  /// Updates the run is to make.
  package let steps: Int

  package init(step: Int = 0, steps: Int, startsPaused: Bool = false) {
    self.step = step
    self.steps = steps
    phase = step >= steps ? .ended(.completed) : startsPaused ? .paused : .running
  }

  /// The step to compute next; nil while paused and after the end.
  package var nextStep: Int? {
    switch phase {
    case .running, .stepping: step + 1
    case .paused, .ended: nil
    }
  }

  package var outcome: RunOutcome? {
    if case .ended(let outcome) = phase { outcome } else { nil }
  }

  package mutating func pause() -> Transition? {
    switch phase {
    case .running, .stepping:
      phase = .paused
      return .paused
    case .paused, .ended: return nil
    }
  }

  package mutating func resume() -> Transition? {
    switch phase {
    case .paused, .stepping:
      phase = .running
      return .resumed
    case .running, .ended: return nil
    }
  }

  /// Asks for `count` more steps and then a pause; nothing happens for a count below 1.
  package mutating func advance(by count: Int) -> Transition? {
    guard count > 0 else { return nil }
    switch phase {
    case .running:
      phase = .stepping(remaining: count)
      return nil
    case .stepping(let remaining):
      phase = .stepping(remaining: remaining + count)
      return nil
    case .paused:
      phase = .stepping(remaining: count)
      return .resumed
    case .ended: return nil
    }
  }

  package mutating func stop() -> Transition? {
    switch phase {
    case .running, .stepping, .paused: return end(.stopped)
    case .ended: return nil
    }
  }

  /// Counts a step that all arms have made; `isAnyArmAlive` says whether one can go on.
  package mutating func completeStep(isAnyArmAlive: Bool) -> Transition? {
    step += 1
    switch phase {
    case .paused, .ended: preconditionFailure("a run that stands still made a step")
    case .running, .stepping: break
    }
    if !isAnyArmAlive { return end(.everyArmDiverged) }
    if step >= steps { return end(.completed) }
    guard case .stepping(let remaining) = phase else { return nil }
    phase = remaining > 1 ? .stepping(remaining: remaining - 1) : .paused
    return remaining > 1 ? nil : .paused
  }

  private mutating func end(_ outcome: RunOutcome) -> Transition {
    phase = .ended(outcome)
    return .ended(outcome)
  }
}
