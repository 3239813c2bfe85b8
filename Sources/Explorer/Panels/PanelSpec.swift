import TerminalUI

/// Names a panel; the same at every size and for every audience.
package enum PanelID: CaseIterable, Sendable, Hashable {
  case loss, digits, runs, mask, alignment, damping, verdict
  case raster, difference, alignmentTrace, rateTrace
  case numbers, lossPair, maskPair, alignmentPair, alignmentDifference, factors, settings, texts
  case blockTable, stepByHand, blockMaps, blockCharts
  case sweepInvitation, sweepStatus, sweepChart, sweepArms, sweepVerdict

  /// The row of the table of panels.
  package var spec: PanelSpec { PanelTable.spec(of: self) }
}

/// One panel: what it is called, how small it may be, what it tells, how it is drawn.
///
/// Layout, the order of `Tab`, clicks, help and the tests of all sizes follow from these rows.
package struct PanelSpec: Sendable {
  package let id: PanelID
  package let title: String
  /// What the panel tells in plain words; its heading when it is shown to an audience.
  package let caption: String
  /// The unit of what is drawn; empty where there is none.
  package let unit: String
  /// The smallest rectangle, frame included, in which it says anything.
  package let minimum: Size
  /// Which of two stays where only one fits; the higher.
  package let priority: Int
  /// What the marks are, what to look for, what would be alarming: at most five sentences.
  package let explanation: [String]
  private let body: @Sendable (PanelContext, inout CellBuffer, Rectangle) -> Void

  init(
    _ id: PanelID, _ title: String, caption: String = "", unit: String = "",
    minimum: (width: Int, height: Int), priority: Int, explanation: [String],
    draw: @escaping @Sendable (PanelContext, inout CellBuffer, Rectangle) -> Void
  ) {
    (self.id, self.title, self.unit) = (id, title, unit)
    self.caption = caption.isEmpty ? title : caption
    self.minimum = Size(width: minimum.width, height: minimum.height)
    (self.priority, self.explanation) = (priority, explanation)
    body = draw
  }

  /// Draws the panel within `area` and nowhere else.
  package func draw(_ state: ExplorerState, on buffer: inout CellBuffer, in area: Rectangle) {
    let layout = ScreenLayout(state, size: buffer.size)
    body(PanelContext(state: state, spec: self, placed: layout.placed), &buffer, area)
  }

  func draw(_ context: PanelContext, on buffer: inout CellBuffer, in area: Rectangle) {
    body(context, &buffer, area)
  }
}

/// What a panel draws from: the state, and what else is on the screen.
struct PanelContext {
  let state: ExplorerState
  let spec: PanelSpec
  /// The panels on the screen.
  let placed: Set<PanelID>

  var isFocused: Bool { state.pane == spec.id && placed.count > 1 }
  var isForAudience: Bool { state.settings.audience == .projector }

  /// The heading: the usual one, before an audience the caption.
  func title(_ usual: String) -> String { isForAudience ? spec.caption : usual }
}
