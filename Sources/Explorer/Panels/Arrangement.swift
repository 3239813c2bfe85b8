import TerminalUI

/// How panels share a rectangle: one alone, or parts stacked or side by side.
indirect enum Arrangement {
  case panel(PanelID)
  case rows([Part])
  case columns([Part])

  /// A part with the length it asks for along the axis of its parent.
  struct Part {
    enum Length {
      /// This many cells, less where room is short, more where nobody else wants the rest.
      case cells(Int)
      /// A share of what is left, by weight.
      case share(Int)
    }

    let length: Length
    let content: Arrangement

    static func share(_ weight: Int, _ id: PanelID) -> Part {
      Part(length: .share(weight), content: .panel(id))
    }

    static func cells(_ count: Int, _ id: PanelID) -> Part {
      Part(length: .cells(count), content: .panel(id))
    }

    /// Several panels side by side that share a stretch of the height.
    static func columns(share weight: Int, _ parts: [Part]) -> Part {
      Part(length: .share(weight), content: .columns(parts))
    }
  }

  /// All panels, in reading order.
  var panels: [PanelID] {
    switch self {
    case .panel(let id): [id]
    case .rows(let parts), .columns(let parts): parts.flatMap(\.content.panels)
    }
  }

  /// The panels that fit, the most important first, each in its rectangle; the rectangles are
  /// disjoint and fill `area`. Where not even one fits, that one has all of it.
  func places(in area: Rectangle) -> [PanelPlace] {
    let kept = panelsThatFit(area.size)
    return places(in: area, kept)
  }

  private func panelsThatFit(_ room: Size) -> Set<PanelID> {
    let all = Set(panels)
    if let size = minimum(all), size.width <= room.width, size.height <= room.height { return all }
    let byPriority = panels.sorted { $0.spec.priority > $1.spec.priority }
    var kept: Set<PanelID> = []
    for id in byPriority {
      guard let size = minimum(kept.union([id])) else { continue }
      if size.width <= room.width, size.height <= room.height { kept.insert(id) }
    }
    if kept.isEmpty, let first = byPriority.first { kept = [first] }
    return kept
  }

  /// The smallest size that holds the kept panels; nil where none of them is here.
  private func minimum(_ kept: Set<PanelID>) -> Size? {
    switch self {
    case .panel(let id): return kept.contains(id) ? id.spec.minimum : nil
    case .rows(let parts):
      var size: Size?
      for case let part? in parts.lazy.map({ $0.content.minimum(kept) }) {
        size = Size(
          width: max(size?.width ?? 0, part.width), height: (size?.height ?? 0) + part.height)
      }
      return size
    case .columns(let parts):
      var size: Size?
      for case let part? in parts.lazy.map({ $0.content.minimum(kept) }) {
        size = Size(
          width: (size?.width ?? 0) + part.width, height: max(size?.height ?? 0, part.height))
      }
      return size
    }
  }

  private func places(in area: Rectangle, _ kept: Set<PanelID>) -> [PanelPlace] {
    switch self {
    case .panel(let id): return kept.contains(id) ? [PanelPlace(id: id, area: area)] : []
    case .rows(let parts):
      let present = parts.filter { $0.content.minimum(kept) != nil }
      let minima = present.map { $0.content.minimum(kept)?.height ?? 0 }
      let lengths = Self.lengths(present.map(\.length), minima, total: area.height)
      let areas = area.rows(lengths.map { .cells($0) })
      return zip(present, areas).flatMap { $0.content.places(in: $1, kept) }
    case .columns(let parts):
      let present = parts.filter { $0.content.minimum(kept) != nil }
      let minima = present.map { $0.content.minimum(kept)?.width ?? 0 }
      let lengths = Self.lengths(present.map(\.length), minima, total: area.width)
      let areas = area.columns(lengths.map { .cells($0) })
      return zip(present, areas).flatMap { $0.content.places(in: $1, kept) }
    }
  }

  /// Lengths that sum to `total`: every part its minimum, then fixed parts what they ask for, then
  /// shares by weight; without shares the first part takes the rest.
  private static func lengths(
    _ wanted: [Part.Length], _ minima: [Int], total: Int
  ) -> [Int] {
    var lengths = minima
    var rest = max(0, total - minima.reduce(0, +))
    for (place, length) in wanted.enumerated() {
      guard case .cells(let count) = length else { continue }
      let extra = min(rest, max(0, count - lengths[place]))
      lengths[place] += extra
      rest -= extra
    }
    let shares = wanted.enumerated().compactMap { place, length -> (place: Int, weight: Int)? in
      if case .share(let weight) = length { (place, weight) } else { nil }
    }
    guard !shares.isEmpty else {
      if !lengths.isEmpty { lengths[0] += rest }
      return lengths
    }
    return shared(rest + shares.reduce(0) { $0 + minima[$1.place] }, shares, lengths)
  }

  /// Deals `room` out by weight; a part that would get less than its minimum has that and is out.
  private static func shared(
    _ room: Int, _ shares: [(place: Int, weight: Int)], _ minima: [Int]
  ) -> [Int] {
    var lengths = minima
    var (open, room) = (shares, room)
    while true {
      let weight = open.reduce(0) { $0 + $1.weight }
      let short = open.filter { room * $0.weight / max(1, weight) < minima[$0.place] }
      if short.isEmpty { break }
      room -= short.reduce(0) { $0 + minima[$1.place] }
      open.removeAll { part in short.contains { $0.place == part.place } }
    }
    var weight = open.reduce(0) { $0 + $1.weight }
    for part in open {
      lengths[part.place] = room * part.weight / max(1, weight)
      room -= lengths[part.place]
      weight -= part.weight
    }
    return lengths
  }
}

/// Where a panel lies.
package struct PanelPlace: Sendable, Hashable {
  package let id: PanelID
  package let area: Rectangle
}
