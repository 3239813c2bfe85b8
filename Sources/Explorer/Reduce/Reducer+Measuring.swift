import History
import RunModel

/// The steps of blocks that were looked at, the newest of them.
package struct BlockLooks: Sendable {
  private var looks: [BlockLook] = []
  /// What the run was last asked to look at.
  var wish: BlockWish?

  private static let most = 64

  mutating func take(_ new: [BlockLook]) {
    looks += new
    if looks.count > Self.most { looks.removeFirst(looks.count - Self.most) }
  }

  /// The look at a block in a step, when it was looked at then.
  func look(arm: ArmID, block: Int, step: Int) -> BlockLook? {
    looks.last { $0.arm == arm && $0.block == block && $0.step == step }
  }
}

extension ExplorerState {
  /// Asks the run for the maps of the block that is on the screen, and for none when they are not.
  mutating func askForLook() -> [Effect] {
    let wanted = wantedLook
    guard wanted != looks.wish else { return [] }
    looks.wish = wanted
    return [.command(.look(wanted))]
  }

  private var wantedLook: BlockWish? {
    guard screen == .blocks, !isCovered, !place.isWatched, settings.scrub == nil,
      !history.phase.isOver, let arm = distributedArm,
      shown.blocks.indices.contains(selectedBlock),
      ScreenLayout(self, size: size).placed.contains(.blockMaps)
    else { return nil }
    return BlockWish(arm: arm.id, block: selectedBlock)
  }

  /// Asks for texts of newly kept models while they are on the screen.
  mutating func askForTexts() -> [Effect] {
    // The cheap questions first: this is asked with every tick.
    guard screen == .compare, !isCovered, let directory = place.directory,
      pane == .texts || size.height >= Recipe.rowsWithTexts,
      let evaluated = live.arms.first?.seeds.first?.evaluations.last?.step,
      texts.isWanting(evaluated, now: now),
      ScreenLayout(self, size: size).placed.contains(.texts)
    else { return [] }
    texts.ask(evaluated, now: now)
    return [.sample(directory: directory, prompt: nil, run: runNumber)]
  }

  /// What would fill the panel of maps; nil where they are there, or cannot be had.
  var missingMaps: PastOrder? {
    guard place.directory != nil, let arm = distributedArm, let step = arm.track?.step, step > 0,
      shown.blocks.indices.contains(selectedBlock),
      looks.look(arm: arm.id, block: selectedBlock, step: step) == nil
    else { return nil }
    return .look(BlockWish(arm: arm.id, block: selectedBlock), step: step)
  }

  /// Enter: the maps of the shown step where their panel has the focus and lacks them; nil elsewhere.
  mutating func computeMaps() -> [Effect]? {
    guard screen == .blocks, pane == .blockMaps, let order = missingMaps else { return nil }
    return computeAgain(order)
  }

  /// Whether what lies over the screen hides all of it.
  private var isCovered: Bool {
    if case .form = modal { true } else { false }
  }
}

extension ExplorerState {
  /// `:probe curvature` at the shown step, `:probe curvature:50` (or ` 50`) every 50 steps to come,
  /// `:probe curvature off`, `:probe curvature 100..200 every 10` along the past.
  mutating func probe(_ argument: String) -> [Effect]? {
    let parts = argument.split { " :".contains($0) }.map(String.init)
    guard let name = parts.first, let kind = ProbeKind(rawValue: name) else { return nil }
    let rest = Array(parts.dropFirst())
    guard let wanted = rest.first else { return measure(kind) }
    if let stretch = ProbeCadence.stretch(wanted) {
      return cadence(kind, stretch, rest.dropFirst()).map { computeAgain(.probe($0)) }
    }
    return rest.count == 1 ? measure(kind, again: wanted) : nil
  }

  /// Once, at the shown step: by the run itself where it stands there, else by computing it again.
  private mutating func measure(_ kind: ProbeKind) -> [Effect] {
    guard isUnderWay, settings.scrub == nil else {
      return computeAgain(.probe(ProbeCadence(kind, along: shownStep...shownStep)))
    }
    say("measuring \(kind.rawValue): see the block inspector on screen 3")
    return [.command(.probe(kind))]
  }

  /// From now on, every so many steps, or no longer.
  private mutating func measure(_ kind: ProbeKind, again wanted: String) -> [Effect]? {
    let every = Int(wanted).flatMap { $0 > 0 ? $0 : nil }
    guard every != nil || wanted == "off" else { return nil }
    guard isUnderWay else {
      say("no step is to come here: :probe \(kind.rawValue) A..B measures along the past")
      return []
    }
    say(
      every.map {
        "measuring \(kind.rawValue) every \($0) steps: see the block inspector on screen 3"
      } ?? "\(kind.rawValue) is no longer measured")
    return [.command(.probeEvery(kind, every))]
  }

  /// Whether the run is one of this process and may go on.
  private var isUnderWay: Bool { !history.phase.isOver && !place.isWatched }

  /// `every N` behind a stretch, or nothing.
  private func cadence(
    _ kind: ProbeKind, _ stretch: ClosedRange<Int>, _ words: ArraySlice<String>
  ) -> ProbeCadence? {
    if words.isEmpty { return ProbeCadence(kind, along: stretch) }
    guard words.count == 2, words.first == "every", let every = words.last.flatMap({ Int($0) }),
      every > 0
    else { return nil }
    return ProbeCadence(kind, along: stretch, every: every)
  }

  static let probeForms =
    "wants KIND (at the shown step), KIND:50 (every 50 steps), KIND off, or KIND A..B every N (along "
    + "the past); kinds: " + ProbeKind.allCases.map(\.rawValue).joined(separator: ", ")
}
