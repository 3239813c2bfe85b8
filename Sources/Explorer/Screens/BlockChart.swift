import Charts
import History
import RunModel
import TerminalUI

/// The charts of the Blocks screen: the selected block's own, and those of the probes.
enum BlockChart: CaseIterable {
  /// The trajectories in the workload's plane, where it has one.
  case plane
  case alignment, maskingCost, curvature, sharpness, noiseTail, ratio, distance

  /// Those that a run can have, in their order.
  static func offered(_ run: RunMoment) -> [BlockChart] {
    run.summary?.plane == nil ? allCases.filter { $0 != .plane } : allCases
  }
}

/// As many charts as there is room for, the chosen one first.
struct BlockCharts: Widget {
  let state: ExplorerState
  let arm: ArmMoment
  /// The chart that comes first.
  let first: Int
  var isFocused = false

  static let smallest = Size(width: 44, height: 8)

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let all = BlockChart.offered(state.shown)
    let start = min(first, all.count - 1)
    let order = Array(all[start...] + all[..<start])
    let places = places(order, in: area)
    for (chart, place) in zip(order, places) {
      draw(
        chart, number: places.count < all.count ? all.firstIndex(of: chart) : nil,
        of: all.count, on: &buffer, in: place, isFocused: isFocused && chart == order.first)
    }
  }

  /// The plane takes half of the room when it comes first; the others share theirs evenly.
  private func places(_ order: [BlockChart], in area: Rectangle) -> [Rectangle] {
    let isWide = area.width >= 2 * Self.smallest.width
    guard order.first == .plane, isWide || area.height >= 2 * Self.smallest.height else {
      return grid(order.count, in: area)
    }
    let parts =
      isWide
      ? area.columns([.share(1), .share(1)]) : area.rows([.share(3), .share(2)])
    return [parts[0]] + grid(order.count - 1, in: parts[1])
  }

  private func grid(_ count: Int, in area: Rectangle) -> [Rectangle] {
    let columns = max(1, min(count, area.width / Self.smallest.width))
    let rows = max(1, min((count + columns - 1) / columns, area.height / Self.smallest.height))
    return area.rows(Array(repeating: .share(1), count: rows)).flatMap {
      $0.columns(Array(repeating: .share(1), count: columns))
    }
  }

  private func draw(
    _ chart: BlockChart, number: Int?, of count: Int, on buffer: inout CellBuffer,
    in area: Rectangle, isFocused: Bool
  ) {
    let scene = BlockScenes(state: state, arm: arm, size: area.size).scene(chart)
    // The number says that Tab brings others where not all of them are seen.
    let place = number.map { "\($0 + 1)/\(count)" } ?? ""
    if scene.marks.isEmpty {
      let inside = buffer.box(area, title: scene.title, note: place, focused: isFocused)
      sayNothing(scene.note ?? "", on: &buffer, in: inside)
      return
    }
    let (note, foot) = notes(scene, place, width: area.width)
    buffer.draw(
      ChartPanel(
        scene, letters: state.shown.arms.map(\.symbol), isFocused: isFocused, note: note,
        foot: foot),
      in: area)
  }

  /// The settings that fit beside the title with the chart's number, and the others.
  private func notes(
    _ scene: ChartScene, _ place: String, width: Int
  ) -> (note: String, foot: [TextLine]) {
    var parts: [String] = []
    var others: [TextLine] = []
    for setting in scene.settings {
      let columns = (parts + [setting, place]).map(\.columns).reduce(0) { $0 + $1 + 2 }
      if scene.title.columns + columns + 6 <= width {
        parts.append(setting)
      } else {
        others.append(TextLine(setting, .muted))
      }
    }
    return ((parts + [place]).filter { !$0.isEmpty }.joined(separator: "  "), others)
  }
}
