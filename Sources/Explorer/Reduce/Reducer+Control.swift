import RunModel

extension ExplorerState {
  /// Pausing, stepping and starting over.
  mutating func control(_ command: KeyCommand) -> [Effect] {
    if place.isWatched, command != .pause {
      say("this run is only watched: its own process decides")
      return []
    }
    switch command {
    case .pause: return pauseOrToggle()
    case .stepOne: return step(1)
    case .stepTen: return step(10)
    case .restart:
      let effects = begin(configuration)
      say("restarted with the same seeds")
      return effects
    case .rerun:
      let effects = begin(draft)
      say("running clean with the present settings, same seeds")
      return effects
    default: return []
    }
  }

  private mutating func pauseOrToggle() -> [Effect] {
    if screen == .live, pane == .runs, hiddenArms.indices.contains(selectedArm) {
      hiddenArms[selectedArm].toggle()
      let (arm, isHidden) = (live.arms[selectedArm], hiddenArms[selectedArm])
      say(
        "\(arm.letter) \(arm.name) is "
          + (isHidden ? "hidden: it trains on, and verdicts count it" : "shown again"))
      return []
    }
    guard !history.phase.isOver else {
      say("the run is over: r restarts, R reruns with the present settings, n sets up a new one")
      return []
    }
    isPauseWanted.toggle()
    return [.command(isPauseWanted ? .pause : .resume)]
  }

  mutating func step(_ count: Int) -> [Effect] {
    guard !history.phase.isOver else {
      say("the run is over: r restarts it")
      return []
    }
    isPauseWanted = true
    settings.scrub = nil
    return [.command(.step(count))]
  }

  mutating func nudge(up: Bool) -> [Effect] {
    guard let knob = focusedKnob, !refusesInThePast() else { return [] }
    let key = knob.setting.key
    return turn(
      knob,
      to: knob.arms.map { knob.setting.nudged(draft.arms[$0].values[key] ?? knob.value, up: up) })
  }

  mutating func resetKnob() -> [Effect] {
    guard let knob = focusedKnob, !refusesInThePast() else { return [] }
    return set(knob, to: knob.setting.defaultValue)
  }

  /// Turns a knob: in the draft at once, in the run at its next step boundary where that is possible.
  mutating func set(_ knob: Knob, to value: SettingValue) -> [Effect] {
    turn(knob, to: knob.arms.map { _ in value })
  }

  /// The same with a value for each of the knob's arms: arms that differ go on differing.
  private mutating func turn(_ knob: Knob, to values: [SettingValue]) -> [Effect] {
    let key = knob.setting.key
    let distinct = values.reduce(into: [SettingValue]()) { if !$0.contains($1) { $0.append($1) } }
    let text = distinct.map(Shown.setting).joined(separator: ", ")
    let shown = "\(key) \(text)"
    guard zip(knob.arms, values).contains(where: { draft.arms[$0].values[key] != $1 }) else {
      say("\(key) stays \(text) (allowed: \(knob.setting.allowed))")
      return []
    }
    for (arm, value) in zip(knob.arms, values) {
      draft.arms[arm] = draft.arms[arm].setting(key, to: value)
    }
    turningKey = key
    guard !history.phase.isOver else {
      say("\(shown): R reruns with it")
      return []
    }
    guard knob.setting.isLive else {
      say("\(shown) needs a restart: R reruns with it")
      return []
    }
    say("\(shown) from the next step on: now EXPLORATORY (R reruns clean)")
    let arms = live.arms
    guard distinct.count > 1 else {
      let arm = tunesOneArm ? arms[selectedArm].id : nil
      return [.command(.set(arm: arm, key: key, value: distinct[0]))]
    }
    return zip(knob.arms, values).map { .command(.set(arm: arms[$0].id, key: key, value: $1)) }
  }

  /// Knobs turn the run at its newest step, not the step that is looked at.
  mutating func refusesInThePast() -> Bool {
    guard let scrub = settings.scrub else { return false }
    say("step \(scrub) is past: End goes to the newest step, where knobs turn")
    return true
  }
}
