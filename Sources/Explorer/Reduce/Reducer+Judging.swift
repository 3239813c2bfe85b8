import RunModel

extension ExplorerState {
  /// Seeds of a comparison that is to be judged.
  static let judgingSeeds = 6

  /// `J`: the settings as they are, on fresh paired seeds with the matched control beside them; the
  /// budget is the declared one and the verdict comes at its end.
  mutating func judge() -> [Effect] {
    guard !refusesInThePast() else { return [] }
    var next = withControl(draft)
    let used = configuration.seed &+ UInt64(configuration.seeds)
    (next.seed, next.seeds) = (used, Self.judgingSeeds)
    let seconds = live.stepsPerSecond.map {
      Double(next.steps * next.seeds) / $0 * Double(next.arms.count)
        / Double(max(1, configuration.arms.count))
    }
    let effects = begin(next)
    let cost = seconds.map { ", about \(Shown.duration($0))" } ?? ""
    say(
      "judging: \(next.arms.count) arms on seeds \(used) to \(used + UInt64(next.seeds) - 1), "
        + "\(next.steps) steps each\(cost); the verdict comes at the end", seconds: 20)
    return effects
  }

  /// `K`: the comparison again with the step-matched control beside its masked arm.
  mutating func addControl() -> [Effect] {
    let next = withControl(draft)
    guard next.arms.count > draft.arms.count else {
      say(
        draft.arms.contains(where: \.isMatched)
          ? "the matched control is there already" : "no masked arm: nothing to match")
      return []
    }
    let rest = place.directory == nil ? "" : "; the run until now is kept (6 Runs)"
    let effects = begin(next)
    say(
      "again from step 0, with a control that takes the same mean steps as the masked arm, without "
        + "a mask" + rest, seconds: 15)
    return effects
  }

  /// The same with a matched control for its first masked or damped arm that has none.
  private func withControl(_ configuration: RunConfiguration) -> RunConfiguration {
    let arms = configuration.arms
    let alone = arms.first { arm in
      arm.wrapper != nil && !arm.isMatched && !arms.contains { arm.isFollowed(by: $0) }
    }
    guard let alone, !arms.contains(where: \.isMatched) else { return configuration }
    var control = alone
    control.isMatched = true
    control.text = control.canonicalText
    var next = configuration
    next.arms.append(control)
    next.letters = []
    return next
  }
}
