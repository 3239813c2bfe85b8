import RunModel
import Statistics

extension ExplorerState {
  mutating func take(_ picture: SweepPicture) {
    let old = sweep?.stage
    if case .failed(let reason) = picture.stage, picture.directory.isEmpty, let before = lastSweep {
      // It never began: what was on the screen before stays.
      (sweep, lastSweep) = (before, nil)
      return say("no sweep: \(reason)", isAlert: true, seconds: 60)
    }
    sweep = picture
    if let alarm = picture.alarm { say("ALARM: \(alarm)", isAlert: true, seconds: 60) }
    guard old != picture.stage else { return }
    switch picture.stage {
    case .failed(let reason): say("the sweep failed: \(reason)", isAlert: true, seconds: 60)
    case .stopped:
      let what = picture.isWatched ? "nobody works on it" : "stopped"
      say("\(what); :sweep join goes on with it", seconds: 15)
    case .finished: say("the sweep is finished; kept in \(picture.directory)", seconds: 15)
    case .preparing, .tuning, .judging: break
    }
  }

  /// What keys mean otherwise while the sweep is on the screen; nil where they mean the same.
  mutating func performOnSweep(_ command: KeyCommand) -> [Effect]? {
    switch command {
    case .open, .newComparison: return openSweepForm()
    case .pause: return pauseSweep(!(sweep?.isPaused ?? false))
    case .extend: return extendSweep()
    case .increase, .decrease, .reset, .left, .right, .stepOne, .stepTen:
      say("knobs and steps belong to the run on screen 1")
      return []
    default: return nil
    }
  }

  /// `:sweep`, `:sweep lr=1e-4..1e-2:5 tuning=2`, `:sweep pause`; nil when it makes no sense.
  mutating func sweep(_ argument: String) -> [Effect]? {
    let words = argument.split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case (nil, _): return openSweepForm()
    case ("pause", 1): return pauseSweep(true)
    case ("stop", 1): return stopSweep()
    case ("resume", 1): return resumeSweep()
    case ("join", 1): return joinSweep(sweep?.directory)
    case ("join", 2): return joinSweep(words[1])
    case ("open", 2): return watchSweep(words[1])
    default: return sweepRequest(words).map { start($0) }
    }
  }

  mutating func start(_ request: SweepRequest) -> [Effect] {
    screen = .sweep
    modal = nil
    guard !refusesAnother() else { return [] }
    begin()
    return freeCores() + [.sweep(.start(request))]
  }

  private mutating func openSweepForm() -> [Effect] {
    screen = .sweep
    guard !refusesAnother() else { return [] }
    return open(form(draft, .sweep))
  }

  /// Whether a sweep is under way; says how to end it.
  private mutating func refusesAnother() -> Bool {
    guard let sweep, sweep.isUnderWay, !sweep.isWatched else { return false }
    say("a sweep is under way: Space pauses it, :sweep stop ends it", isAlert: true)
    return true
  }

  private mutating func pauseSweep(_ isWanted: Bool) -> [Effect] {
    guard let sweep, sweep.isUnderWay else {
      say("no sweep is under way: Enter sets one up")
      return []
    }
    guard !sweep.isWatched else {
      say("others work on it; :sweep join works on it here too")
      return []
    }
    self.sweep?.isPaused = isWanted
    return isWanted ? [.sweep(.pause)] : freeCores() + [.sweep(.goOn)]
  }

  private mutating func stopSweep() -> [Effect] {
    guard let sweep, sweep.isUnderWay, !sweep.isWatched else {
      say("no sweep is under way here")
      return []
    }
    return [.sweep(.stop)]
  }

  private mutating func resumeSweep() -> [Effect] {
    if let sweep, sweep.isUnderWay, !sweep.isWatched { return pauseSweep(false) }
    return joinSweep(sweep?.directory)
  }

  /// Makes this process a worker on the sweep of a directory.
  private mutating func joinSweep(_ directory: String?) -> [Effect] {
    screen = .sweep
    guard !refusesAnother() else { return [] }
    begin()
    let place = directory.flatMap { $0.isEmpty ? nil : $0 }
    return freeCores() + [.sweep(.join(directory: place))]
  }

  /// How far outward an arm may be taken at a time.
  private static let extensionStep = 3

  /// Goes on outward where a best value lies at the edge, in a sweep of its own.
  private mutating func extendSweep() -> [Effect] {
    guard let sweep, !sweep.directory.isEmpty else {
      say("no sweep to extend: Enter sets one up")
      return []
    }
    if sweep.isUnderWay {
      say("the sweep is under way: its edges are known when it is done")
      return []
    }
    guard sweep.arms.contains(where: { !$0.edgeKeys.isEmpty }) else {
      say("no best value lies at the edge of the grid")
      return []
    }
    begin()
    let order = SweepOrder.extend(directory: sweep.directory, by: Self.extensionStep)
    return freeCores() + [.sweep(order)]
  }

  /// Shows the sweep of a directory, whoever works on it, and leaves it alone.
  package mutating func watchSweep(_ directory: String) -> [Effect] {
    screen = .sweep
    guard !refusesAnother() else { return [] }
    begin()
    return [.sweep(.watch(directory: directory))]
  }

  /// An empty picture, with the last one kept in case nothing comes of it.
  private mutating func begin() {
    if let sweep, sweep.stage != .preparing { lastSweep = sweep }
    sweep = SweepPicture()
  }

  /// Lets the run wait: two trainings at a time would only slow each other down.
  private mutating func freeCores() -> [Effect] {
    guard !history.phase.isOver, history.phase != .paused, !isPauseWanted else { return [] }
    isPauseWanted = true
    say("the run on screen 1 waits, so that the sweep has the cores")
    return [.command(.pause)]
  }

  static let sweepForms =
    "wants grids such as lr=1e-4..1e-2:5 or m:tau=1..4:5 (then tuning=3 judging=8 steps=N extend=K "
    + "margin=X control=no out=DIR), or pause, resume, stop, join [DIR], open DIR"

  /// Grids, and `tuning`, `judging`, `steps`, `extend`, `margin`, `control` and `out` as KEY=VALUE.
  private func sweepRequest(_ words: [String]) -> SweepRequest? {
    var request = SweepRequest(configuration: draft, grids: [])
    for word in words {
      let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else { return nil }
      if pair[1].contains("..") {
        request.grids.append(word)
      } else if pair[0] == "out" {
        request.directory = pair[1]
      } else if !request.take(key: pair[0], text: pair[1]) {
        return nil
      }
    }
    return request.grids.isEmpty ? nil : request
  }
}

extension SweepRequest {
  /// Whether the key is known and the text a value for it.
  fileprivate mutating func take(key: String, text: String) -> Bool {
    if key == "margin", let margin = Double(text), margin >= 0 {
      self.margin = .absolute(margin)
      return true
    }
    if key == "control", ["yes", "no"].contains(text) {
      hasControl = text == "yes"
      return true
    }
    guard let count = Int(text) else { return false }
    switch (key, count) {
    case ("extend", 0...100): extending = count
    case ("tuning", 1...1000): tuningSeeds = count
    case ("judging", 0...1000): judgingSeeds = count
    case ("steps", 1...10_000_000): configuration.steps = count
    default: return false
    }
    return true
  }
}
