/// Level lines of a function of two parameters with the paths the arms take over it.
package struct ContourChart: Sendable {
  package struct Path: Sendable, Equatable {
    package var letter: Character
    package var name: String
    package var arm: Int
    package var points: [ChartPoint]

    package init(letter: Character, name: String, arm: Int, points: [ChartPoint]) {
      (self.letter, self.name, self.arm, self.points) = (letter, name, arm, points)
    }
  }

  package var title: String
  package var function: @Sendable (Double, Double) -> Double
  package var paths: [Path]
  package var xRange: ClosedRange<Double>
  package var yRange: ClosedRange<Double>
  package var levelCount = 8
  package var gridSize = 48

  package init(
    title: String, paths: [Path], xRange: ClosedRange<Double>, yRange: ClosedRange<Double>,
    function: @escaping @Sendable (Double, Double) -> Double
  ) {
    (self.title, self.paths, self.function) = (title, paths, function)
    (self.xRange, self.yRange) = (xRange, yRange)
  }

  package func scene() -> ChartScene {
    let xScale = Scale(.linear, from: xRange.lowerBound, to: xRange.upperBound)
    let yScale = Scale(.linear, from: yRange.lowerBound, to: yRange.upperBound)
    let grid = ContourGrid(
      xs: xScale.edges(count: max(gridSize, 2)), ys: yScale.edges(count: max(gridSize, 2)),
      function: function)
    var scene = ChartScene(
      title: title, xAxis: ChartAxis("θ₁", xScale), yAxis: ChartAxis("θ₂", yScale))
    scene.marks = grid.levels(count: levelCount).map {
      .line(LineMark(grid.segments(at: $0), tone: .neutral, stroke: .thin))
    }
    for path in paths {
      let tone = Tone.arm(path.arm)
      scene.marks.append(
        .line(LineMark(path.points, tone: tone, stroke: .thick, letter: path.letter)))
      let end = path.points.last { $0.x.isFinite && $0.y.isFinite }
      scene.marks.append(.points(PointsMark([end].compactMap { $0 }, symbol: "o", tone: tone)))
    }
    scene.legend = paths.map { LegendEntry(letter: $0.letter, name: $0.name, tone: .arm($0.arm)) }
    return scene
  }
}

/// A function sampled on a grid, for level lines by marching squares (Lorensen & Cline's in 2-D).
struct ContourGrid {
  let xs: [Double]
  let ys: [Double]
  /// `values[row][column]` at (`xs[column]`, `ys[row]`).
  let values: [[Double]]

  init(xs: [Double], ys: [Double], function: (Double, Double) -> Double) {
    (self.xs, self.ys) = (xs, ys)
    values = ys.map { y in xs.map { function($0, y) } }
  }

  /// Levels at squares of equal steps above the minimum, which space the lines of a quadratic evenly.
  func levels(count: Int) -> [Double] {
    let finite = values.joined().filter(\.isFinite)
    guard count > 0, let low = finite.min(), let high = finite.max(), high > low else { return [] }
    return (1...count).map { index in
      let share = Double(index) / Double(count + 1)
      return low + (high - low) * share * share
    }
  }

  /// The line of one level as pieces of two points, each followed by a gap.
  func segments(at level: Double) -> [ChartPoint] {
    var points: [ChartPoint] = []
    for row in 0..<(ys.count - 1) {
      for column in 0..<(xs.count - 1) {
        guard straddles(row: row, column: column, level: level) else { continue }
        let crossings = crossings(row: row, column: column, level: level)
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          points += [crossings[pair], crossings[pair + 1], ChartPoint(x: .nan, y: .nan)]
        }
      }
    }
    return points
  }

  /// Whether the corners of a grid cell lie on both sides of the level.
  private func straddles(row: Int, column: Int, level: Double) -> Bool {
    let isBelow = values[row][column] < level
    return (values[row][column + 1] < level) != isBelow
      || (values[row + 1][column] < level) != isBelow
      || (values[row + 1][column + 1] < level) != isBelow
  }

  /// Where the level crosses the four sides of a grid cell, in order round it: 0, 2 or 4 points.
  private func crossings(row: Int, column: Int, level: Double) -> [ChartPoint] {
    let corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
    guard corners.allSatisfy({ values[$0.0][$0.1].isFinite }) else { return [] }
    return corners.indices.compactMap { index in
      let (start, end) = (corners[index], corners[(index + 1) % 4])
      let (from, to) = (values[start.0][start.1], values[end.0][end.1])
      guard (from < level) != (to < level) else { return nil }
      let share = (level - from) / (to - from)
      return ChartPoint(
        x: xs[start.1] + share * (xs[end.1] - xs[start.1]),
        y: ys[start.0] + share * (ys[end.0] - ys[start.0]))
    }
  }
}
