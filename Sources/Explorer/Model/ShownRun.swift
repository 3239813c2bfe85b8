import History
import RunModel

/// A run as its directory tells it, for looking at it and perhaps going on with it.
package struct ShownRun: Sendable {
  package var directory: String
  package var configuration: RunConfiguration
  package var events: [RunEvent]
  package var archive: (any RowArchive)?
  package var phase: RunPhase
  /// Whether another process trains it, and this one only looks.
  package var isWatched: Bool
  /// Said when it is shown: how it came to stand where it stands.
  package var note: String?

  package init(
    directory: String, configuration: RunConfiguration, events: [RunEvent],
    archive: (any RowArchive)?, phase: RunPhase, isWatched: Bool
  ) {
    self.directory = directory
    self.configuration = configuration
    self.events = events
    self.archive = archive
    self.phase = phase
    self.isWatched = isWatched
  }
}

/// Where the run on the screen is kept, and who trains it.
package struct RunPlace: Sendable, Hashable {
  /// nil: nowhere.
  package var directory: String?
  package var isWatched = false

  package init(directory: String? = nil, isWatched: Bool = false) {
    (self.directory, self.isWatched) = (directory, isWatched)
  }
}

extension ExplorerState {
  /// Shows a run that its directory tells of, instead of the present one.
  mutating func show(_ opened: ShownRun) {
    configuration = opened.configuration
    history = RunHistory(opened.configuration, archive: opened.archive)
    history.append(opened.events)
    history.readArchive()
    history.set(opened.phase)
    draft = opened.configuration
    draft.arms = settingsAhead(opened.events)
    texts = WrittenTexts()
    place = RunPlace(directory: opened.directory, isWatched: opened.isWatched)
    isPauseWanted = opened.phase == .paused
    verdicts = opened.phase.isOver ? Judging.verdicts(of: live) : []
    (modal, replay) = (nil, nil)
    resetSelection()
    hiddenArms = Array(repeating: false, count: live.arms.count)
    message = nil
    if let note = opened.note { say(note, seconds: 15) }
    selectedBlock = live.blocks.firstIndex(where: \.isMaskable) ?? 0
  }

  /// How the arms are set from the next step on: what has been changed since the newest one counts.
  private func settingsAhead(_ events: [RunEvent]) -> [ArmSpecification] {
    var course = RunCourse(configuration)
    for case .journaled(let entry) in events { course.note(entry) }
    return live.arms.map { course.settings(of: $0.arm, at: .max) }
  }

  /// Asks for a kept run, or one that another process trains; what trains now makes way.
  mutating func look(at directory: String, isWatching: Bool) -> [Effect] {
    runNumber += 1
    replay = nil
    return isWatching
      ? [.watch(directory: directory, run: runNumber)]
      : [.open(directory: directory, run: runNumber)]
  }
}

extension ExplorerState {
  /// Selects a block by its short or full name; false when there is none of that name.
  package mutating func select(block name: String) -> Bool {
    guard let place = live.blocks.firstIndex(where: { $0.shortName == name || $0.name == name })
    else { return false }
    selectedBlock = place
    return true
  }
}
