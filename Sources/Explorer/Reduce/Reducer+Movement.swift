import RunModel
import TerminalUI

extension ExplorerState {
  /// Left and right: the crosshair when it is on, the column order of Blocks, else the knob.
  mutating func move(sideways direction: Int) -> [Effect] {
    if let crosshair = settings.crosshair {
      let stride = max(1, (live.budget >> settings.zoom) / 100)
      settings.crosshair = min(max(0, crosshair + direction * stride), shownStep)
      return []
    }
    if screen == .blocks {
      let columns = BlockColumn.allCases
      blockOrder = columns[(blockOrder.rawValue + direction + columns.count) % columns.count]
      selectFirstBlock()
      return []
    }
    let count = knobs.count
    guard count > 0 else { return [] }
    knob = (min(knob, count - 1) + direction + count) % count
    return []
  }

  /// To the top of a new order, where the extreme stands that it was chosen for.
  mutating func selectFirstBlock() {
    if let first = orderedBlocks.first { selectedBlock = first }
  }

  /// Up and down: blocks where they are listed, else arms.
  mutating func move(vertically distance: Int) -> [Effect] {
    guard screen == .blocks || pane == .raster else { return move(armBy: distance) }
    let order = orderedBlocks
    guard !order.isEmpty else { return [] }
    let place = order.firstIndex(of: selectedBlock) ?? 0
    selectedBlock = order[min(max(0, place + distance), order.count - 1)]
    return []
  }

  mutating func move(armBy distance: Int) -> [Effect] {
    let count = live.arms.count
    guard count > 0 else { return [] }
    selectedArm = ((selectedArm + distance) % count + count) % count
    if tunesOneArm { knob = 0 }
    return []
  }

  /// The next panel; the charts of a block are gone through one by one.
  mutating func cyclePane(_ direction: Int) -> [Effect] {
    let panes = ScreenLayout(self, size: size).panes
    guard !panes.isEmpty else { return [] }
    let charts = BlockChart.offered(shown).count
    if pane == .blockCharts, (0..<charts).contains(blockChart + direction) {
      blockChart += direction
      return []
    }
    let place = panes.firstIndex(of: pane) ?? (direction > 0 ? -1 : 0)
    pane = panes[(place + direction + panes.count) % panes.count]
    if pane == .blockCharts { blockChart = direction > 0 ? 0 : charts - 1 }
    return []
  }

  /// Moves the step at which every panel is frozen.
  mutating func scrub(_ command: KeyCommand) -> [Effect] {
    let stride = max(1, live.budget / 20)
    let step = shownStep
    let target: Int
    switch command {
    case .back: target = step - 1
    case .forward: target = step + 1
    case .jumpBack: target = step - stride
    case .jumpForward: target = step + stride
    case .first: target = 0
    default: target = .max
    }
    goTo(step: target)
    return []
  }

  /// Freezes the panels at a step; the newest step or beyond follows the run again. A crosshair that
  /// is on goes with them.
  mutating func goTo(step: Int) {
    settings.scrub = step >= history.newestStep ? nil : max(0, step)
    if settings.crosshair != nil { settings.crosshair = shownStep }
  }

  mutating func handle(_ event: MouseEvent) -> [Effect] {
    guard !isTooSmall else { return [] }
    switch event.action {
    case .wheelUp: return handle(.up)
    case .wheelDown: return handle(.down)
    case .press, .release: return []
    case .click, .doubleClick: break
    }
    guard modal == nil else { return [] }
    let layout = ScreenLayout(self, size: size)
    if let screen = layout.screen(at: event.position) { self.screen = screen }
    if let pane = layout.pane(at: event.position) {
      self.pane = pane
      if event.action == .doubleClick { settings.isFull.toggle() }
    }
    if let key = layout.hint(at: event.position, options) { return handle(key) }
    return []
  }
}
