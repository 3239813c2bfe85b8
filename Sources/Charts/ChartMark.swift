/// One thing drawn in a chart.
package enum ChartMark: Sendable, Equatable {
  case line(LineMark)
  case band(BandMark)
  case points(PointsMark)
  case rule(RuleMark)
  case bars(BarsMark)
  case cells(CellsMark)
}

/// A curve through points; one that cannot be placed (NaN, or ≤ 0 on a log axis) interrupts it.
package struct LineMark: Sendable, Equatable {
  package var points: [ChartPoint]
  package var tone: Tone
  package var stroke: Stroke
  /// Rides on the curve, so that hue is never the only cue.
  package var letter: Character?

  package init(_ points: [ChartPoint], tone: Tone, stroke: Stroke, letter: Character? = nil) {
    (self.points, self.tone, self.stroke, self.letter) = (points, tone, stroke, letter)
  }
}

/// The area between two curves, such as an interval over seeds.
package struct BandMark: Sendable, Equatable {
  package struct Edge: Sendable, Equatable {
    package var x: Double
    package var lower: Double
    package var upper: Double

    package init(x: Double, lower: Double, upper: Double) {
      (self.x, self.lower, self.upper) = (x, lower, upper)
    }
  }

  package var edges: [Edge]
  package var tone: Tone

  package init(_ edges: [Edge], tone: Tone) { (self.edges, self.tone) = (edges, tone) }
}

/// Single points, each drawn as the character `symbol`.
package struct PointsMark: Sendable, Equatable {
  package var points: [ChartPoint]
  package var symbol: Character
  package var tone: Tone

  package init(_ points: [ChartPoint], symbol: Character, tone: Tone) {
    (self.points, self.symbol, self.tone) = (points, symbol, tone)
  }
}

/// A straight line right across the chart at one value, such as a floor or an event.
package struct RuleMark: Sendable, Equatable {
  package enum Place: Sendable, Equatable {
    /// Left to right at a y value.
    case horizontal(Double)
    /// Top to bottom at an x value.
    case vertical(Double)
  }

  package var place: Place
  package var label: String
  package var tone: Tone

  package init(_ place: Place, label: String, tone: Tone) {
    (self.place, self.label, self.tone) = (place, label, tone)
  }
}

/// Bars from zero, each with the value expected of it where there is one.
package struct BarsMark: Sendable, Equatable {
  package struct Bar: Sendable, Equatable {
    /// Extent along the axis of bins.
    package var lower: Double
    package var upper: Double
    package var value: Double
    package var expected: Double?

    package init(lower: Double, upper: Double, value: Double, expected: Double? = nil) {
      (self.lower, self.upper, self.value, self.expected) = (lower, upper, value, expected)
    }
  }

  package enum Direction: Sendable, Equatable {
    /// Bins along x, values along y.
    case upwards
    /// Bins along y, values along x: one bin per text row.
    case rightwards
  }

  package var bars: [Bar]
  package var direction: Direction
  package var tone: Tone

  package init(_ bars: [Bar], direction: Direction, tone: Tone) {
    (self.bars, self.direction, self.tone) = (bars, direction, tone)
  }
}

/// A raster of states; row r covers the y values r ..< r + 1, column c the x values c ..< c + 1.
package struct CellsMark: Sendable, Equatable {
  package struct Cell: Sendable, Equatable {
    package var tone: Tone
    /// How strongly the cell is filled, 0...1.
    package var strength: Double

    package init(tone: Tone, strength: Double) { (self.tone, self.strength) = (tone, strength) }
  }

  /// `rows[r][c]`; nil where nothing is known.
  package var rows: [[Cell?]]

  package init(rows: [[Cell?]]) { self.rows = rows }
}
