import History
import RunModel
import Statistics
import TerminalUI

/// Applies what happened and says what is to be done; pure but for the state handed in.
package func reduce(_ state: inout ExplorerState, _ action: Action) -> [Effect] {
  let effects = apply(action, to: &state)
  // Steps come more often than frames; what they make wanting is asked for with the next tick.
  if case .run = action { return effects }
  return effects + state.askForLook() + state.askForTexts()
}

private func apply(_ action: Action, to state: inout ExplorerState) -> [Effect] {
  switch action {
  case .key(let key): return state.remembering { $0.handle(key) }
  case .mouse(let event): return state.remembering { $0.handle(event) }
  case .resize(let size):
    state.size = size
    return []
  case .background(let isLight):
    state.follow(isLight: isLight)
    return []
  case .run(let batch):
    guard batch.run == state.runNumber else { return [] }
    state.take(batch)
    return state.lessonNews()
  case .opened(let run, let opened):
    guard run == state.runNumber else { return [] }
    state.show(opened)
    return []
  case .recorded(let run, let directory, let archive):
    guard run == state.runNumber else { return [] }
    state.history.archive = archive
    state.place.directory = directory
    return []
  case .watched(let run, let events, let phase):
    guard run == state.runNumber else { return [] }
    state.history.append(events)
    state.history.readArchive()
    state.history.set(phase)
    return []
  case .runs(let entries):
    state.runList.entries = entries
    state.runList.move(by: 0)
    return []
  case .overlaid(let opened):
    state.overlay(opened)
    return []
  case .texts(let run, let prompt, let texts):
    guard run == state.runNumber else { return [] }
    if prompt == nil { state.texts.take(texts) } else { state.show(texts) }
    return []
  case .replaying(let run, let step, let target, let secondsLeft):
    guard run == state.runNumber else { return [] }
    state.replay(at: step, of: target, secondsLeft)
    return []
  case .computedAgain(let run, let outcome):
    guard run == state.runNumber else { return [] }
    state.endReplay(outcome)
    return []
  case .sweep(let picture):
    state.take(picture)
    return state.takeForLesson(picture)
  case .estimated(let configuration, let estimate):
    state.take(estimate, of: configuration)
    return []
  case .completed(let path, let paths):
    state.complete(path, paths)
    return []
  case .tick(let now):
    state.now = now
    if let message = state.message, message.until <= now { state.message = nil }
    return []
  case .stored(let result):
    state.take(result)
    return []
  case .measured(let statistics):
    state.statistics = statistics
    return []
  case .notice(let text):
    state.say(text, isAlert: true)
    return []
  }
}

extension ExplorerState {
  mutating func take(_ batch: RunBatch) {
    history.append(batch.events)
    history.append(batch.rows)
    looks.take(batch.looks)
    for event in batch.events {
      switch event {
      case .started(let summary):
        selectedBlock = summary.blocks.firstIndex(where: \.isMaskable) ?? 0
      case .journaled(let entry): take(entry)
      case .refused(let error): take(error)
      case .failed(let error):
        replay = nil
        say("the run failed: \(error.description)", isAlert: true, seconds: 60)
      case .finished(let outcome): end(outcome)
      case .evaluated, .probed, .armFinished: break
      }
    }
  }

  private mutating func take(_ entry: JournalEntry) {
    switch entry.kind {
    case .change: if let change = entry.change { follow(change) }
    case .pause: isPauseWanted = true
    case .resume: isPauseWanted = false
    case .diverged:
      guard let arm = entry.arm.flatMap({ live[$0] }) else { return }
      say("\(arm.letter) \(arm.name) diverged at step \(entry.step)", isAlert: true)
    case .mark, .join, .leave, .fork, .replace, .extend, .end: break
    }
  }

  /// A refused command has changed nothing: the knobs go back to what trains.
  private mutating func take(_ error: RunError) {
    for (place, arm) in live.arms.enumerated() where draft.arms.indices.contains(place) {
      draft.arms[place] = arm.specification
    }
    say(error.description, isAlert: true, seconds: 15)
  }

  private mutating func end(_ outcome: RunOutcome) {
    verdicts = Judging.verdicts(of: live)
    if outcome == .everyArmDiverged {
      say("every arm diverged: lower lr and press R", isAlert: true, seconds: 30)
    } else if isAlarming {
      say(
        "ALARM: arms set alike came out different; a repeat should reproduce the run bit for bit (v)",
        isAlert: true, seconds: 60)
    }
  }

  /// Whether a repeated arm differs from itself, which no verdict survives.
  private var isAlarming: Bool {
    verdicts.contains { $0.checklist.status(.identicalRepeat) == .failed }
  }

  /// Keeps the knobs at what trains when the change came from elsewhere, such as a replayed journal.
  private mutating func follow(_ change: Intervention) {
    for (arm, moment) in live.arms.enumerated() where change.concerns(moment.id) {
      guard draft.arms.indices.contains(arm), draft.arms[arm].values[change.key] != nil,
        !isTurning(change.key)
      else { continue }
      draft.arms[arm] = draft.arms[arm].setting(change.key, to: change.newValue)
    }
  }

  /// Whether the user is turning the knob right now: the run answers a little behind.
  private func isTurning(_ key: String) -> Bool {
    focusedKnob?.setting.key == key && turningKey == key
  }

  mutating func take(_ result: StoreResult) {
    switch result {
    case .saved(let path):
      say("kept in \(path)", seconds: 15)
    case .exported(let path): say("exported to \(path)", seconds: 15)
    case .failed(let reason): say(reason, isAlert: true, seconds: 15)
    }
  }

  /// Whether the window is too small to show anything but how to leave.
  package var isTooSmall: Bool {
    size.width < ExplorerState.minimumSize.width || size.height < ExplorerState.minimumSize.height
  }

  package static let minimumSize = Size(width: 40, height: 12)

  mutating func handle(_ key: Key) -> [Effect] {
    if isTooSmall { return KeyTable.command(for: key, options) == .quit ? quit() : [] }
    switch key {
    case .control("c"): return quit()
    case .control("z"): return [.suspend]
    case .control("l"): return [.redraw]
    default: break
    }
    let wasPauseWanted = isPauseWanted
    let effects =
      modal != nil
      ? handleModal(key) : KeyTable.command(for: key, options).map { perform($0) } ?? []
    guard let refusal = commandRefusal else { return effects }
    let allowed = effects.filter { if case .command = $0 { false } else { true } }
    if allowed.count < effects.count {
      draft.arms = live.arms.map(\.specification)
      isPauseWanted = wasPauseWanted
      say(refusal, isAlert: true)
    }
    return allowed
  }

  /// Why the run takes no commands from here: they would take effect at a moment nobody meant.
  private var commandRefusal: String? {
    if place.isWatched { return "another process trains this run: it can only be looked at" }
    return replay == .blocking
      ? "the run waits for a part of it that is being computed again: Esc gives that up" : nil
  }

  /// Leaves at once: every run is a directory from its first step.
  func quit() -> [Effect] { [.quit] }
}
