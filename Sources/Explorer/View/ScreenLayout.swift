import TerminalUI

/// How much room there is; decides what is shown at all.
enum SizeClass: Int, Comparable {
  /// One pane at a time.
  case narrow
  /// 80 x 24 and its like.
  case compact
  /// 120 x 40.
  case medium
  /// 200 x 60.
  case large

  init(_ size: Size) {
    if size.width >= 160, size.height >= 50 {
      self = .large
    } else if size.width >= 100, size.height >= 34 {
      self = .medium
    } else if size.width >= 60, size.height >= 18 {
      self = .compact
    } else {
      self = .narrow
    }
  }

  static func < (left: SizeClass, right: SizeClass) -> Bool { left.rawValue < right.rawValue }
}

/// Where everything lies; the same for drawing and for the mouse.
package struct ScreenLayout {
  let size: Size
  let sizeClass: SizeClass
  let screen: Screen
  let header, tabs, body, tune, message, hints: Rectangle
  /// The panels on the screen: those of the recipe that fit, or the one that fills it.
  package let places: [PanelPlace]
  private let recipe: Recipe
  /// The panels that `Tab` goes round.
  package var panes: [PanelID] { recipe.order }

  package init(_ state: ExplorerState, size: Size) {
    self.size = size
    sizeClass = SizeClass(size)
    screen = state.screen
    let isForAudience = state.settings.audience == .projector
    let hasTuneLine = [.live, .compare, .lessons].contains(state.screen)
    let messageRows = SizeClass(size) == .narrow ? 0 : 1
    let rows = Rectangle(size).rows([
      .cells(1), .cells(1), .share(1), .cells(hasTuneLine && !isForAudience ? 1 : 0),
      .cells(messageRows), .cells(1),
    ])
    (header, tabs, body) = (rows[0], rows[1], rows[2])
    (tune, message, hints) = (rows[3], messageRows == 0 ? rows[5] : rows[4], rows[5])
    recipe = Recipe(
      screen: state.screen, audience: state.settings.audience, size: rows[2].size,
      blockCount: state.keptBlocks.count, sweptArmCount: state.sweep?.arms.count,
      hasMaps: state.shown.summary?.plane == nil,
      hasTexts: state.configuration.descriptor.isLanguage)
    let fitting = recipe.arrangement.places(in: rows[2])
    let focused = state.pane
    let isAlone =
      (state.settings.isFull || !fitting.contains { $0.id == focused })
      && recipe.order.contains(focused)
    places = isAlone ? [PanelPlace(id: focused, area: rows[2])] : fitting
  }

  var placed: Set<PanelID> { Set(places.map(\.id)) }

  package func area(of id: PanelID) -> Rectangle? { places.first { $0.id == id }?.area }

  func pane(at position: Position) -> PanelID? {
    places.first {
      $0.area.contains(x: position.x, y: position.y) && panes.contains($0.id)
    }?.id
  }
}

extension ScreenLayout {
  /// What is said at the end of the tab line: the panel that stands for all the others.
  var lonePanelTitle: String? {
    guard places.count == 1, panes.count > 1, let place = places.first else { return nil }
    return place.id.spec.title
  }

  /// The tabs with the columns they take: with gaps, without, or as numbers but for the shown one.
  var tabSpans: [(screen: Screen, text: String, x: Int)] {
    let room = size.width - (lonePanelTitle.map { $0.columns + 5 } ?? 0)
    let forms = [(gap: 1, isNamed: true), (gap: 0, isNamed: true), (gap: 0, isNamed: false)]
    var spans: [(screen: Screen, text: String, x: Int)] = []
    for form in forms {
      spans = tabSpans(gap: form.gap, isNamed: form.isNamed)
      if let last = spans.last, last.x + last.text.columns <= room { break }
    }
    return spans
  }

  private func tabSpans(
    gap: Int, isNamed: Bool
  ) -> [(screen: Screen, text: String, x: Int)] {
    var x = 0
    return Screen.allCases.map { screen in
      let name = "\(screen.rawValue) \(screen.title)"
      let text = screen == self.screen ? "[\(name)]" : " \(isNamed ? name : "\(screen.rawValue)") "
      defer { x += text.columns + gap }
      return (screen, text, x)
    }
  }

  func screen(at position: Position) -> Screen? {
    guard position.y == tabs.y else { return nil }
    return tabSpans.first { (($0.x)..<($0.x + $0.text.columns)).contains(position.x) }?.screen
  }

  /// The key whose hint is clicked.
  func hint(at position: Position, _ options: ExplorerOptions) -> Key? {
    guard position.y == hints.y else { return nil }
    return HintBar(options, screen: screen).key(atColumn: position.x - hints.x, width: hints.width)
  }
}
