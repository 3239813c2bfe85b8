/// How much of an axis one part of a split asks for.
package enum Extent: Hashable, Sendable {
  /// Exactly this many cells, as far as there is room.
  case cells(Int)
  /// A share of what the fixed parts leave over, by weight, but not under the minimum.
  case share(Int, atLeast: Int = 0)
}

extension Rectangle {
  /// Stacks parts from top to bottom; earlier parts are served first when room is short.
  package func rows(_ extents: [Extent]) -> [Rectangle] {
    var top = y
    return distribute(height, over: extents).map { length in
      defer { top += length }
      return Rectangle(x: x, y: top, width: width, height: length)
    }
  }

  /// Places parts from left to right; earlier parts are served first when room is short.
  package func columns(_ extents: [Extent]) -> [Rectangle] {
    var left = x
    return distribute(width, over: extents).map { length in
      defer { left += length }
      return Rectangle(x: left, y: y, width: length, height: height)
    }
  }

  /// Cuts `count` rows off the top and returns (those rows, the rest).
  package func cutTop(_ count: Int) -> (Rectangle, Rectangle) {
    let taken = min(max(0, count), height)
    return (
      Rectangle(x: x, y: y, width: width, height: taken),
      Rectangle(x: x, y: y + taken, width: width, height: height - taken)
    )
  }

  /// Cuts `count` rows off the bottom and returns (the rest, those rows).
  package func cutBottom(_ count: Int) -> (Rectangle, Rectangle) {
    cutTop(height - min(max(0, count), height))
  }

  /// Cuts `count` columns off the left and returns (those columns, the rest).
  package func cutLeft(_ count: Int) -> (Rectangle, Rectangle) {
    let taken = min(max(0, count), width)
    return (
      Rectangle(x: x, y: y, width: taken, height: height),
      Rectangle(x: x + taken, y: y, width: width - taken, height: height)
    )
  }

  /// Cuts `count` columns off the right and returns (the rest, those columns).
  package func cutRight(_ count: Int) -> (Rectangle, Rectangle) {
    cutLeft(width - min(max(0, count), width))
  }
}

/// Lengths that never exceed `total` together; shares divide the remainder exactly.
private func distribute(_ total: Int, over extents: [Extent]) -> [Int] {
  var room = max(0, total)
  var lengths = extents.map { extent in
    let wanted =
      switch extent {
      case .cells(let count): count
      case .share(_, let minimum): minimum
      }
    let granted = min(max(0, wanted), room)
    room -= granted
    return granted
  }
  var weight = extents.reduce(0) { $0 + $1.weight }
  for (index, extent) in extents.enumerated() where extent.weight > 0 {
    let extra = room * extent.weight / weight
    lengths[index] += extra
    room -= extra
    weight -= extent.weight
  }
  return lengths
}

extension Extent {
  fileprivate var weight: Int {
    switch self {
    case .cells: 0
    case .share(let weight, _): max(0, weight)
    }
  }
}
