import Charts
import Metrics
import Testing

@Suite struct ProjectionTests {
  private static func scene(_ marks: [ChartMark]) -> ChartScene {
    ChartScene(
      title: "t", xAxis: ChartAxis("x", Scale(.linear, from: 0, to: 10)),
      yAxis: ChartAxis("y", Scale(.linear, from: 0, to: 10)), marks: marks)
  }

  private static func lines(_ points: [(Double, Double)]) -> [[DevicePoint]] {
    let line = LineMark(
      points.map { ChartPoint(x: $0.0, y: $0.1) }, tone: .neutral, stroke: .thin)
    return scene([.line(line)]).project(width: 101, height: 101).shapes.compactMap {
      guard case .polyline(let points, _, _) = $0 else { return nil }
      return points
    }
  }

  @Test func pointsLandWhereTheAxesSay() {
    #expect(
      Self.lines([(0, 0), (10, 10)]) == [[DevicePoint(x: 0, y: 100), DevicePoint(x: 100, y: 0)]])
  }

  @Test func gapsInterruptALineAndALonePointIsADot() {
    let lines = Self.lines([(0, 0), (1, 1), (2, .nan), (5, 5), (6, .infinity), (8, 8), (9, 9)])
    #expect(lines.map(\.count) == [2, 1, 2])
  }

  @Test func whatLeavesTheChartIsCutAtItsBorder() {
    let lines = Self.lines([(5, 5), (5, 20), (7, 20), (7, 5)])
    #expect(
      lines == [
        [DevicePoint(x: 50, y: 50), DevicePoint(x: 50, y: 0)],
        [DevicePoint(x: 70, y: 0), DevicePoint(x: 70, y: 50)],
      ])
    #expect(Self.lines([(-5, 5), (-1, 9)]).isEmpty)
  }

  @Test func aConnectedLineStaysOnePiece() {
    let points = (0...100).map { (Double($0) / 10, Double($0 % 7)) }
    #expect(Self.lines(points).map(\.count) == [101])
  }

  @Test func bandsAreCutAtTheSidesAndAtTheTop() throws {
    let band = BandMark(
      [.init(x: -10, lower: 0, upper: 20), .init(x: 20, lower: 0, upper: 20)], tone: .arm(0))
    let shapes = Self.scene([.band(band)]).project(width: 11, height: 11).shapes
    guard case .band(let upper, let lower, _) = try #require(shapes.first) else {
      Issue.record("no band")
      return
    }
    #expect(upper == [DevicePoint(x: 0, y: 0), DevicePoint(x: 10, y: 0)])
    #expect(lower == [DevicePoint(x: 0, y: 10), DevicePoint(x: 10, y: 10)])
  }

  @Test func everyLetteredLineShowsItsLetterSomewhereOfItsOwn() {
    let lines = ["a", "m", "c"].map { letter -> ChartMark in
      let points = (0...10).map { ChartPoint(x: Double($0), y: Double($0)) }
      return .line(
        LineMark(points, tone: .neutral, stroke: .thick, letter: Character(letter)))
    }
    let shapes = Self.scene(lines).project(width: 181, height: 50).shapes
    let letters = shapes.compactMap { shape -> (Character, Double)? in
      guard case .symbol(let place, let letter, _) = shape else { return nil }
      return (letter, place.x)
    }
    #expect(letters.count == 9)
    #expect(Set(letters.map(\.0)) == ["a", "m", "c"])
    #expect(Set(letters.map(\.1)).count == 9)
  }

  @Test func barsStartAtZeroAndCarryTheirExpectation() throws {
    let bars = BarsMark(
      [.init(lower: 2, upper: 4, value: 5, expected: 7.5)], direction: .upwards, tone: .arm(0))
    let shapes = Self.scene([.bars(bars)]).project(width: 11, height: 11).shapes
    guard case .bar(let rectangle, let expected, _) = try #require(shapes.first) else {
      Issue.record("no bar")
      return
    }
    #expect(rectangle == DeviceRectangle(left: 2, top: 5, right: 4, bottom: 10))
    #expect(expected == [DevicePoint(x: 2, y: 2.5), DevicePoint(x: 4, y: 2.5)])
  }
}
