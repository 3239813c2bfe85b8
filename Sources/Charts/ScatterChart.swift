/// Points of one quantity against another, with optional joining lines and a reference line.
package struct ScatterChart: Sendable {
  package struct Group: Sendable, Equatable {
    package var letter: Character
    package var name: String
    package var arm: Int
    package var points: [ChartPoint]
    package var isJoined: Bool

    package init(
      letter: Character, name: String, arm: Int, points: [ChartPoint], isJoined: Bool = false
    ) {
      (self.letter, self.name, self.arm) = (letter, name, arm)
      (self.points, self.isJoined) = (points, isJoined)
    }
  }

  package var title: String
  package var xLabel: String
  package var yLabel: String
  package var groups: [Group]
  package var isLogX = false
  package var isLogY = false
  /// A line to compare with, such as y = x or a power law.
  package var reference: (points: [ChartPoint], label: String)?

  package init(title: String, xLabel: String, yLabel: String, groups: [Group]) {
    (self.title, self.xLabel, self.yLabel, self.groups) = (title, xLabel, yLabel, groups)
  }

  /// P(X > x) of each sample on logarithmic axes: a power law of tail index α falls with slope −α.
  ///
  /// `samples` per group are magnitudes; those that are not positive are left out.
  package static func survival(
    title: String, xLabel: String,
    samples: [(letter: Character, name: String, arm: Int, values: [Double])]
  ) -> ScatterChart {
    let groups = samples.map { sample in
      Group(
        letter: sample.letter, name: sample.name, arm: sample.arm,
        points: survivalPoints(sample.values), isJoined: true)
    }
    var chart = ScatterChart(title: title, xLabel: xLabel, yLabel: "P(X > x)", groups: groups)
    (chart.isLogX, chart.isLogY) = (true, true)
    return chart
  }

  package func scene() -> ChartScene {
    let points = groups.flatMap(\.points) + (reference?.points ?? [])
    let (xKind, yKind): (Scale.Kind, Scale.Kind) = (
      isLogX ? .logarithmic : .linear, isLogY ? .logarithmic : .linear
    )
    var scene = ChartScene(
      title: title, settings: (isLogX ? ["log x"] : []) + (isLogY ? ["log y"] : []),
      xAxis: ChartAxis(xLabel, Scale.holding(points.map(\.x), xKind).padded(by: 0.04)),
      yAxis: ChartAxis(yLabel, Scale.holding(points.map(\.y), yKind).padded(by: 0.04)))
    if let reference {
      scene.marks.append(
        .line(LineMark(reference.points, tone: .expectation, stroke: .dashed)))
      scene.settings.append(reference.label)
    }
    scene.marks += groups.map { group in
      group.isJoined
        ? .line(
          LineMark(group.points, tone: .arm(group.arm), stroke: .thick, letter: group.letter))
        : .points(PointsMark(group.points, symbol: group.letter, tone: .arm(group.arm)))
    }
    scene.legend = groups.map { LegendEntry(letter: $0.letter, name: $0.name, tone: .arm($0.arm)) }
    if groups.allSatisfy(\.points.isEmpty) { scene.note = "no data yet" }
    return scene
  }

  /// One point per value but the largest, thinned evenly to at most 512.
  private static func survivalPoints(_ values: [Double]) -> [ChartPoint] {
    let sorted = values.filter { $0.isFinite && $0 > 0 }.sorted()
    let interval = max(1, sorted.count / 512)
    return stride(from: 0, to: sorted.count - 1, by: interval).map { index in
      ChartPoint(x: sorted[index], y: Double(sorted.count - 1 - index) / Double(sorted.count))
    }
  }
}
