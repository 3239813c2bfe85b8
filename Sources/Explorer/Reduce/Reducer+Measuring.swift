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
    guard screen == .compare, !isCovered, let directory = place.directory,
      let evaluated = live.arms.first?.seeds.first?.evaluations.last?.step,
      texts.isWanting(evaluated, now: now),
      ScreenLayout(self, size: size).placed.contains(.texts)
    else { return [] }
    texts.ask(evaluated, now: now)
    return [.sample(directory: directory, prompt: nil, run: runNumber)]
  }

  /// Whether what lies over the screen hides all of it.
  private var isCovered: Bool {
    if case .form = modal { true } else { false }
  }
}

extension ExplorerState {
  /// `:probe curvature` once, `:probe curvature:50` (or ` 50`) every 50 steps, `:probe curvature off`.
  mutating func probe(_ argument: String) -> [Effect]? {
    let parts = argument.split { " :".contains($0) }.map(String.init)
    guard let name = parts.first, let kind = ProbeKind(rawValue: name), parts.count <= 2 else {
      return nil
    }
    guard !history.phase.isOver else {
      say("the run is over: r restarts it, and probes look at a run under way")
      return []
    }
    guard parts.count == 2 else {
      say("measuring \(name): see the block inspector on screen 3")
      return [.command(.probe(kind))]
    }
    if parts[1] == "off" {
      say("\(name) is no longer measured")
      return [.command(.probeEvery(kind, nil))]
    }
    guard let every = Int(parts[1]), every > 0 else { return nil }
    say("measuring \(name) every \(every) steps: see the block inspector on screen 3")
    return [.command(.probeEvery(kind, every))]
  }

  static let probeForms =
    "wants KIND (once), KIND:50 (every 50 steps) or KIND off; kinds: "
    + ProbeKind.allCases.map(\.rawValue).joined(separator: ", ")
}
