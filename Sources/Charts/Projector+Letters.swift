extension Projector {
  /// How often a curve's letter is repeated along it.
  private static let repetitions = 3

  /// The letters of all lettered curves, each curve's at places of its own so they do not collide.
  ///
  /// A curve too short to reach one of its places carries its letter at its end.
  func letters() -> [Projection.Shape] {
    let lines = scene.marks.compactMap { mark -> LineMark? in
      guard case .line(let line) = mark, line.letter != nil else { return nil }
      return line
    }
    return lines.enumerated().flatMap { index, line in
      letters(of: line, index: index, lineCount: lines.count)
    }
  }

  private func letters(of line: LineMark, index: Int, lineCount: Int) -> [Projection.Shape] {
    let parts = polylines(line.points)
    guard let letter = line.letter, let end = parts.last?.last else { return [] }
    let slots = Double(Self.repetitions)
    let places = (0..<Self.repetitions).compactMap { slot -> DevicePoint? in
      let share = (Double(slot) + (Double(index) + 0.5) / Double(lineCount)) / slots
      return place(atX: share * Double(width - 1), in: parts)
    }
    return (places.isEmpty ? [end] : places).map { .symbol($0, letter, line.tone) }
  }

  /// Where a curve first crosses a device column.
  private func place(atX x: Double, in parts: [[DevicePoint]]) -> DevicePoint? {
    for part in parts {
      for (left, right) in zip(part, part.dropFirst()) where left.x <= x && x <= right.x {
        let length = right.x - left.x
        let share = length > 0 ? (x - left.x) / length : 0
        return DevicePoint(x: x, y: left.y + share * (right.y - left.y))
      }
    }
    return nil
  }
}
