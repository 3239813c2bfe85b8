import RunModel

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
