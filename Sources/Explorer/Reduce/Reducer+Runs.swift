import History
import RunModel
import TerminalUI

extension ExplorerState {
  /// What keys mean otherwise while the list of runs is on the screen; nil where they mean the same.
  mutating func performOnRuns(_ command: KeyCommand) -> [Effect]? {
    switch command {
    case .up: runList.move(by: -1)
    case .down: runList.move(by: 1)
    case .pageUp: runList.move(by: -10)
    case .pageDown: runList.move(by: 10)
    case .first: runList.move(by: -runList.selected)
    case .last: runList.move(by: .max / 2)
    case .left: orderRuns(by: -1)
    case .right: orderRuns(by: 1)
    case .reverse: runList.arrange { $0.isReversed.toggle() }
    case .open: return openChosen()
    case .pin: return overlayChosen()
    case .save:
      if let run = runList.chosen { modal = .naming(run, TextEditor(run.isNamed ? run.name : "")) }
    case .axis:
      if let run = runList.chosen { modal = .confirmDelete(run) }
    case .filter: modal = .runFilter(TextEditor(runList.filter))
    case .close where message == nil && !runList.filter.isEmpty:
      runList.filter = ""
      runList.move(by: 0)
    default: return nil
    }
    return []
  }

  private mutating func orderRuns(by distance: Int) {
    let orders = RunOrder.allCases
    runList.arrange {
      $0.order = orders[($0.order.rawValue + distance + orders.count) % orders.count]
      $0.isReversed = false
    }
  }

  private mutating func openChosen() -> [Effect] {
    guard let run = runList.chosen else { return [] }
    screen = .live
    if run.directory == place.directory { return [] }
    let isElsewhere = run.outcome == "training" || run.outcome == "paused"
    return look(at: run.directory, isWatching: isElsewhere)
  }

  /// The chosen run's curves, dashed, under those of the run on the screen.
  private mutating func overlayChosen() -> [Effect] {
    guard let run = runList.chosen else { return [] }
    screen = .live
    return [.overlay(directory: run.directory)]
  }

  /// Lays another run's curves under the present ones.
  mutating func overlay(_ opened: ShownRun) {
    let history = RunHistory(opened.configuration, archive: opened.archive)
    history.append(opened.events)
    history.readArchive()
    history.set(opened.phase)
    pinned = history.moment()
    say("overlaid, dashed: \(opened.configuration.title) (P takes it away)")
  }

  mutating func filterRuns(_ key: Key, _ editor: TextEditor) -> [Effect] {
    var editor = editor
    switch key {
    case .escape: (runList.filter, modal) = ("", nil)
    case .enter: modal = nil
    default:
      _ = editor.handle(key)
      runList.filter = editor.text
      modal = .runFilter(editor)
    }
    runList.move(by: 0)
    return []
  }

  mutating func name(_ run: RunEntry, _ key: Key, _ editor: TextEditor) -> [Effect] {
    var editor = editor
    switch key {
    case .escape:
      modal = nil
      return []
    case .enter:
      modal = nil
      let name = editor.text.trimmingBlanks
      return name.isEmpty ? [] : [.nameRun(directory: run.directory, name: name)]
    default:
      _ = editor.handle(key)
      modal = .naming(run, editor)
      return []
    }
  }

  mutating func answerDelete(_ run: RunEntry, _ key: Key) -> [Effect] {
    modal = nil
    guard key == .character("y") else { return [] }
    guard run.directory != place.directory else {
      say("this run is on the screen: open another first", isAlert: true)
      return []
    }
    return [.deleteRun(directory: run.directory)]
  }
}
