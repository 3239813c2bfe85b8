import RunModel

/// What the list of runs goes by.
package enum RunOrder: Int, CaseIterable, Sendable {
  case newest, name, bestLoss, length

  var title: String {
    switch self {
    case .newest: "newest first"
    case .name: "by name"
    case .bestLoss: "best loss first"
    case .length: "longest first"
    }
  }

  /// Whether one run stands before another; false both ways where they are alike.
  func places(_ one: RunEntry, before other: RunEntry) -> Bool {
    switch self {
    case .newest: one.age < other.age
    case .name: one.name.lowercased() < other.name.lowercased()
    case .bestLoss: (one.bestLoss ?? .infinity) < (other.bestLoss ?? .infinity)
    case .length: one.step > other.step
    }
  }
}

/// The list of kept runs: what is there, what the filter lets through, which is selected.
package struct RunList {
  /// A run in the list, under as many runs that it descends from.
  package struct Row: Sendable {
    package let run: RunEntry
    package let depth: Int
  }

  /// Nil before they have been read.
  package var entries: [RunEntry]?
  package var filter = ""
  package var order = RunOrder.newest
  package var isReversed = false
  package var selected = 0

  package init() {}

  /// Forks stand under the run they were branched off, when that is in the list; a family stands where
  /// the first of its members would.
  package var rows: [Row] {
    let sorted = sorted
    let parents = parents(in: sorted)
    let children = Dictionary(grouping: sorted.indices) { parents[$0] }
    var rows: [Row] = []
    var placed: Set<Int> = []
    func place(_ run: Int, depth: Int) {
      guard placed.insert(run).inserted else { return }
      rows.append(Row(run: sorted[run], depth: depth))
      for child in children[run] ?? [] { place(child, depth: depth + 1) }
    }
    for run in sorted.indices { place(eldest(of: run, parents), depth: 0) }
    return rows
  }

  package var visible: [RunEntry] { rows.map(\.run) }

  package var chosen: RunEntry? {
    let visible = visible
    return visible.indices.contains(selected) ? visible[selected] : nil
  }

  mutating func move(by distance: Int) {
    selected = min(max(0, selected + distance), max(0, visible.count - 1))
  }

  /// Another order; the chosen run stays chosen.
  mutating func arrange(_ change: (inout RunList) -> Void) {
    let kept = chosen?.directory
    change(&self)
    selected = visible.firstIndex { $0.directory == kept } ?? 0
  }

  private var sorted: [RunEntry] {
    let filter = RunFilter(filter)
    let kept = (entries ?? []).filter(filter.lets).enumerated()
    return kept.sorted { one, other in
      let (first, second) = isReversed ? (other, one) : (one, other)
      if order.places(first.element, before: second.element) { return true }
      if order.places(second.element, before: first.element) { return false }
      return one.offset < other.offset
    }.map(\.element)
  }

  /// For each run the place of the one it was branched off; nil where that is not in the list.
  private func parents(in runs: [RunEntry]) -> [Int?] {
    let places = Dictionary(
      zip(runs.map(\.label), runs.indices), uniquingKeysWith: { first, _ in first })
    return runs.indices.map { run in
      runs[run].origin.flatMap { places[$0.run] }.flatMap { $0 == run ? nil : $0 }
    }
  }

  /// The oldest forebear in the list; labels that go round in a circle end at the run itself.
  private func eldest(of run: Int, _ parents: [Int?]) -> Int {
    var (eldest, steps) = (run, 0)
    while let parent = parents[eldest] {
      (eldest, steps) = (parent, steps + 1)
      if steps > parents.count { return run }
    }
    return eldest
  }
}
