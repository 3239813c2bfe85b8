/// A bar of keys and what they do; less important ones are left out when room is short.
package struct KeyHints: Widget {
  package struct Hint: Hashable, Sendable {
    package var key: String
    package var label: String
    package var priority: Int

    package init(_ key: String, _ label: String, priority: Int = 0) {
      self.key = key
      self.label = label
      self.priority = priority
    }

    fileprivate var columns: Int { key.columns + 1 + label.columns }
  }

  package var hints: [Hint]

  package init(_ hints: [Hint]) { self.hints = hints }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    var line = TextLine()
    for index in visible(room: area.width) {
      if !line.runs.isEmpty { line.append("  ") }
      line.append(hints[index].key, .key)
      line.append(" " + hints[index].label, .muted)
    }
    line.draw(on: &buffer, in: area)
  }

  /// Indices of the hints that fit; dropped by lowest priority, then from the right.
  private func visible(room: Int) -> [Int] {
    let order = hints.indices.sorted { left, right in
      let (a, b) = (hints[left].priority, hints[right].priority)
      return a != b ? a > b : left < right
    }
    var used = -2
    var kept: [Int] = []
    for index in order where used + 2 + hints[index].columns <= room {
      used += 2 + hints[index].columns
      kept.append(index)
    }
    return kept.sorted()
  }
}
