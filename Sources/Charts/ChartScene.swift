/// A chart without a resolution: axes and marks in the units of the data.
///
/// `project(width:height:)` turns it into geometry for a terminal canvas or an SVG picture alike.
package struct ChartScene: Sendable, Equatable {
  package var title: String
  /// What is set, for the right end of the title line, such as `log y  EMA .90  step`.
  package var settings: [String]
  package var xAxis: ChartAxis
  package var yAxis: ChartAxis
  /// In drawing order: later marks lie on top.
  package var marks: [ChartMark]
  package var legend: [LegendEntry]
  /// Said instead of a picture when there is nothing to draw, or below it.
  package var note: String?

  package init(
    title: String, settings: [String] = [], xAxis: ChartAxis, yAxis: ChartAxis,
    marks: [ChartMark] = [], legend: [LegendEntry] = [], note: String? = nil
  ) {
    (self.title, self.settings, self.xAxis, self.yAxis) = (title, settings, xAxis, yAxis)
    (self.marks, self.legend, self.note) = (marks, legend, note)
  }
}

package struct ChartAxis: Sendable, Equatable {
  package var label: String
  package var scale: Scale
  /// Names of equal slots along the axis instead of ticks; slot i covers the values i ..< i + 1.
  package var categories: [String]

  package init(_ label: String, _ scale: Scale, categories: [String] = []) {
    (self.label, self.scale, self.categories) = (label, scale, categories)
  }

  /// An axis of named slots, the first at value 0.
  package static func categorical(_ label: String, _ names: [String]) -> ChartAxis {
    ChartAxis(
      label, Scale(.linear, from: 0, to: Double(max(names.count, 1))), categories: names)
  }
}

/// Which colour something asks for; renderers decide what colour that is.
package enum Tone: Hashable, Sendable {
  /// Arm number i of the run, in the order given: 0 is blue, 1 orange.
  case arm(Int)
  case neutral, expectation, event, warning
  case kept, masked, excluded
}

package enum Stroke: Sendable, Equatable { case thin, thick, dashed }

package struct LegendEntry: Sendable, Equatable {
  package var letter: Character
  package var name: String
  package var tone: Tone

  package init(letter: Character, name: String, tone: Tone) {
    (self.letter, self.name, self.tone) = (letter, name, tone)
  }
}

package struct ChartPoint: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}
