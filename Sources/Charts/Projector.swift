/// Carries marks from the units of the data to a device, by way of the unit square.
struct Projector {
  let scene: ChartScene
  let width: Int
  let height: Int

  func shapes(of mark: ChartMark) -> [Projection.Shape] {
    switch mark {
    case .line(let line):
      return polylines(line.points).map { .polyline($0, line.stroke, line.tone) }
    case .band(let band): return bands(band)
    case .points(let points): return symbols(points)
    case .rule(let rule): return self.rule(rule)
    case .bars(let bars): return bars.bars.compactMap { bar($0, bars) }
    case .cells(let cells): return self.cells(cells)
    }
  }

  /// The visible parts of a curve, each connected.
  func polylines(_ points: [ChartPoint]) -> [[DevicePoint]] {
    var result: [[DevicePoint]] = []
    var previous: UnitPoint?
    var isConnected = false
    for point in points {
      guard let next = unit(point) else {
        (previous, isConnected) = (nil, false)
        continue
      }
      if let start = previous, let (from, to) = Clipping.segment(start, next) {
        if isConnected, from == start {
          result[result.count - 1].append(device(to))
        } else {
          result.append([device(from), device(to)])
        }
        isConnected = to == next
      } else if previous == nil, next.isInside {
        result.append([device(next)])
        isConnected = true
      } else {
        isConnected = false
      }
      previous = next
    }
    return result
  }

  private func bands(_ band: BandMark) -> [Projection.Shape] {
    var runs: [[(lower: UnitPoint, upper: UnitPoint)]] = [[]]
    for edge in band.edges {
      guard let lower = unit(ChartPoint(x: edge.x, y: edge.lower)),
        let upper = unit(ChartPoint(x: edge.x, y: edge.upper))
      else {
        runs.append([])
        continue
      }
      runs[runs.count - 1].append((lower, upper))
    }
    return runs.map(Clipping.bandWithinX).filter { $0.count > 1 }.map { run in
      .band(
        upper: run.map { device($0.upper.clamped) }, lower: run.map { device($0.lower.clamped) },
        band.tone)
    }
  }

  private func symbols(_ mark: PointsMark) -> [Projection.Shape] {
    mark.points.compactMap { point in
      guard let place = unit(point), place.isInside else { return nil }
      return .symbol(device(place), mark.symbol, mark.tone)
    }
  }

  private func rule(_ rule: RuleMark) -> [Projection.Shape] {
    let ends: (UnitPoint, UnitPoint)?
    switch rule.place {
    case .horizontal(let y):
      ends = scene.yAxis.scale.position(of: y).map { (UnitPoint(0, $0), UnitPoint(1, $0)) }
    case .vertical(let x):
      ends = scene.xAxis.scale.position(of: x).map { (UnitPoint($0, 1), UnitPoint($0, 0)) }
    }
    guard let (from, to) = ends, from.isInside, to.isInside else { return [] }
    return [.rule(device(from), device(to), label: rule.label, rule.tone)]
  }

  private func bar(_ bar: BarsMark.Bar, _ mark: BarsMark) -> Projection.Shape? {
    let isUpwards = mark.direction == .upwards
    let bins = isUpwards ? scene.xAxis.scale : scene.yAxis.scale
    let values = isUpwards ? scene.yAxis.scale : scene.xAxis.scale
    guard let lower = bins.position(of: bar.lower), let upper = bins.position(of: bar.upper),
      lower < 1, upper > 0, let value = values.position(of: bar.value)
    else { return nil }
    let zero = values.position(of: 0) ?? 0
    let corner = { (bin: Double, value: Double) in
      device((isUpwards ? UnitPoint(bin, value) : UnitPoint(value, bin)).clamped)
    }
    let expected = bar.expected.flatMap { values.position(of: $0) }.map {
      [corner(lower, $0), corner(upper, $0)]
    }
    return .bar(
      rectangle(corner(lower, zero), corner(upper, value)), expected: expected ?? [], mark.tone)
  }

  private func cells(_ mark: CellsMark) -> [Projection.Shape] {
    mark.rows.enumerated().flatMap { row, cells in
      cells.enumerated().compactMap { column, cell -> Projection.Shape? in
        guard let cell,
          let from = unit(ChartPoint(x: Double(column), y: Double(row))),
          let to = unit(ChartPoint(x: Double(column + 1), y: Double(row + 1))),
          from.x < 1, to.x > 0, min(from.y, to.y) < 1, max(from.y, to.y) > 0
        else { return nil }
        let corners = (device(from.clamped), device(to.clamped))
        return .cell(rectangle(corners.0, corners.1), strength: cell.strength, cell.tone)
      }
    }
  }

  private func rectangle(_ one: DevicePoint, _ other: DevicePoint) -> DeviceRectangle {
    DeviceRectangle(
      left: min(one.x, other.x), top: min(one.y, other.y), right: max(one.x, other.x),
      bottom: max(one.y, other.y))
  }

  func unit(_ point: ChartPoint) -> UnitPoint? {
    guard let x = scene.xAxis.scale.position(of: point.x),
      let y = scene.yAxis.scale.position(of: point.y)
    else { return nil }
    return UnitPoint(x, y)
  }

  func device(_ point: UnitPoint) -> DevicePoint {
    DevicePoint(x: point.x * Double(width - 1), y: (1 - point.y) * Double(height - 1))
  }
}
