import RunModel
import Statistics

extension ExplorerState {
  mutating func take(_ picture: SweepPicture) {
    let old = sweep?.stage
    sweep = picture
    guard old != picture.stage else { return }
    switch picture.stage {
    case .failed(let reason): say("the sweep failed: \(reason)", isAlert: true, seconds: 60)
    case .stopped: say("stopped; :sweep resume goes on with it", seconds: 15)
    case .finished: say("the sweep is finished; kept in \(picture.directory)", seconds: 15)
    case .preparing, .tuning, .judging: break
    }
  }

  /// What keys mean otherwise while the sweep is on the screen; nil where they mean the same.
  mutating func performOnSweep(_ command: KeyCommand) -> [Effect]? {
    switch command {
    case .open, .newComparison: return openSweepForm()
    case .pause: return pauseSweep(!(sweep?.isPaused ?? false))
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
    case ("open", 2): return openSweep(words[1])
    default: return sweepRequest(words).map { start($0) }
    }
  }

  mutating func start(_ request: SweepRequest) -> [Effect] {
    screen = .sweep
    modal = nil
    guard !refusesAnother() else { return [] }
    sweep = SweepPicture()
    return freeCores() + [.sweep(.start(request))]
  }

  private mutating func openSweepForm() -> [Effect] {
    screen = .sweep
    guard !refusesAnother() else { return [] }
    modal = .form(Form(draft, catalog: catalog, workloads: workloads, purpose: .sweep))
    return []
  }

  /// Whether a sweep is under way; says how to end it.
  private mutating func refusesAnother() -> Bool {
    guard sweep?.isUnderWay ?? false else { return false }
    say("a sweep is under way: Space pauses it, :sweep stop ends it", isAlert: true)
    return true
  }

  private mutating func pauseSweep(_ isWanted: Bool) -> [Effect] {
    guard let sweep, sweep.isUnderWay else {
      say("no sweep is under way: Enter sets one up")
      return []
    }
    self.sweep?.isPaused = isWanted
    return isWanted ? [.sweep(.pause)] : freeCores() + [.sweep(.goOn)]
  }

  private mutating func stopSweep() -> [Effect] {
    guard sweep?.isUnderWay ?? false else {
      say("no sweep is under way")
      return []
    }
    return [.sweep(.stop)]
  }

  private mutating func resumeSweep() -> [Effect] {
    if let sweep, sweep.isUnderWay { return pauseSweep(false) }
    return openSweep(sweep.flatMap { $0.directory.isEmpty ? nil : $0.directory })
  }

  private mutating func openSweep(_ directory: String?) -> [Effect] {
    screen = .sweep
    guard !refusesAnother() else { return [] }
    sweep = SweepPicture()
    return freeCores() + [.sweep(.open(directory: directory))]
  }

  /// Lets the run wait: two trainings at a time would only slow each other down.
  private mutating func freeCores() -> [Effect] {
    guard !history.phase.isOver, history.phase != .paused, !isPauseWanted else { return [] }
    isPauseWanted = true
    say("the run on screen 1 waits, so that the sweep has the cores")
    return [.command(.pause)]
  }

  static let sweepForms =
    "wants a grid such as lr=1e-4..1e-2:5 (then tuning=3 judging=8 steps=N margin=X out=DIR), "
    + "or pause, resume, stop, open DIR"

  /// Grids, and `tuning`, `judging`, `steps`, `margin` and `out` as KEY=VALUE.
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
    guard let count = Int(text) else { return false }
    switch (key, count) {
    case ("tuning", 1...1000): tuningSeeds = count
    case ("judging", 0...1000): judgingSeeds = count
    case ("steps", 1...10_000_000): configuration.steps = count
    default: return false
    }
    return true
  }
}
