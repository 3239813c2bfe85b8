/// How densely an area is filled.
package enum FillPattern: Hashable, Sendable {
  case solid
  /// Every second subcell, as a chessboard.
  case half
  /// Every fourth column's every second subcell: a band that lets lines through.
  case sparse

  @inline(__always)
  func covers(_ x: Int, _ y: Int) -> Bool {
    switch self {
    case .solid: true
    case .half: (x + y) & 1 == 0
    case .sparse: x & 1 == 0 && (y + x / 2) & 1 == 0
    }
  }
}

extension Canvas {
  /// Sets one subcell, if it lies inside.
  package mutating func point(x: Int, y: Int, pen: Pen) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    mark(x, y, pen: number(of: pen))
  }

  /// Draws a straight line between subcells given as reals (a subcell's centre is its integer).
  ///
  /// Clipped before it is rastered, so that the cost depends on the canvas alone; an end that is
  /// not a number draws nothing.
  package mutating func line(
    fromX x0: Double, y y0: Double, toX x1: Double, y y1: Double, pen: Pen
  ) {
    guard width > 0, height > 0 else { return }
    guard let (a, b) = clip((bounded(x0), bounded(y0)), (bounded(x1), bounded(y1))) else { return }
    raster(
      (Int(a.0.rounded()), Int(a.1.rounded())), (Int(b.0.rounded()), Int(b.1.rounded())),
      pen: number(of: pen))
  }

  /// Sets the subcells of a column between two heights (in either order), inside the canvas.
  package mutating func column(
    x: Int, from y0: Double, to y1: Double, pen: Pen, pattern: FillPattern = .solid
  ) {
    guard x >= 0, x < width, height > 0, !y0.isNaN, !y1.isNaN else { return }
    let limit = Double(height)
    let top = max(0, min(y0, y1).clamped(-1, limit).rounded())
    let bottom = min(limit - 1, max(y0, y1).clamped(-1, limit).rounded())
    guard top <= bottom else { return }
    let pen = number(of: pen)
    for y in Int(top)...Int(bottom) where pattern.covers(x, y) { mark(x, y, pen: pen) }
  }

  /// Bresenham's line between subcells inside the canvas.
  private mutating func raster(_ a: (Int, Int), _ b: (Int, Int), pen: UInt8) {
    let (dx, dy) = (abs(b.0 - a.0), -abs(b.1 - a.1))
    let (stepX, stepY) = (a.0 < b.0 ? 1 : -1, a.1 < b.1 ? 1 : -1)
    var (x, y, error) = (a.0, a.1, dx + dy)
    while true {
      mark(x, y, pen: pen)
      if x == b.0 && y == b.1 { return }
      let doubled = 2 * error
      if doubled >= dy {
        error += dy
        x += stepX
      }
      if doubled <= dx {
        error += dx
        y += stepY
      }
    }
  }

  /// Liang and Barsky's clipping to the canvas; nil when no part lies inside.
  private func clip(
    _ a: (Double, Double), _ b: (Double, Double)
  ) -> ((Double, Double), (Double, Double))? {
    guard !(a.0.isNaN || a.1.isNaN || b.0.isNaN || b.1.isNaN) else { return nil }
    let (dx, dy) = (b.0 - a.0, b.1 - a.1)
    var (entry, exit) = (0.0, 1.0)
    let edges = [
      (-dx, a.0), (dx, Double(width - 1) - a.0), (-dy, a.1), (dy, Double(height - 1) - a.1),
    ]
    for (slope, distance) in edges {
      if slope == 0 {
        // Parallel to this edge: half a subcell of rounding still counts as inside.
        if distance < -0.5 { return nil }
      } else if slope < 0 {
        entry = max(entry, distance / slope)
      } else {
        exit = min(exit, distance / slope)
      }
    }
    guard entry <= exit else { return nil }
    return (
      inside(a.0 + entry * dx, a.1 + entry * dy), inside(a.0 + exit * dx, a.1 + exit * dy)
    )
  }

  private func inside(_ x: Double, _ y: Double) -> (Double, Double) {
    (x.clamped(0, Double(width - 1)), y.clamped(0, Double(height - 1)))
  }
}

/// Keeps differences of coordinates finite.
private func bounded(_ value: Double) -> Double { value.clamped(-1e9, 1e9) }

extension Double {
  /// The nearest value in the range; NaN stays NaN.
  fileprivate func clamped(_ low: Double, _ high: Double) -> Double {
    self < low ? low : self > high ? high : self
  }
}
