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
struct ScreenLayout {
  let size: Size
  let sizeClass: SizeClass
  let screen: Screen
  let focused: Pane
  /// Rows of the table of swept arms, box and headings included.
  let sweptRows: Int
  let header, tabs, body, tune, message, hints: Rectangle

  init(_ state: ExplorerState, size: Size) {
    self.size = size
    sizeClass = SizeClass(size)
    screen = state.screen
    focused = state.pane
    sweptRows = min(max(state.sweep?.arms.count ?? 3, 2), 5) + 3
    let tuneRows = [.blocks, .sweep, .runs].contains(state.screen) ? 0 : 1
    let messageRows = SizeClass(size) == .narrow ? 0 : 1
    let rows = Rectangle(size).rows([
      .cells(1), .cells(1), .share(1), .cells(tuneRows), .cells(messageRows), .cells(1),
    ])
    (header, tabs, body) = (rows[0], rows[1], rows[2])
    (tune, message, hints) = (rows[3], messageRows == 0 ? rows[5] : rows[4], rows[5])
  }

  /// Whether the Blocks screen has no room for charts under its table.
  var isLow: Bool { body.height < 16 }

  /// The panes `Tab` goes round, in order.
  var panes: [Pane] {
    switch screen {
    case .live: sizeClass == .narrow ? Pane.allCases : places.map(\.pane)
    case .compare: [.loss, .mask, .alignment]
    case .blocks, .lessons, .runs: []
    case .sweep: [.loss, .runs, .verdict]
    }
  }

  /// Every pane of the Live screen with its rectangle, box included.
  var places: [(pane: Pane, area: Rectangle)] {
    if screen == .sweep { return sweepPlaces }
    guard screen == .live else { return [] }
    switch sizeClass {
    case .narrow: return [(focused, body)]
    case .compact: return compact
    case .medium: return medium
    case .large: return large
    }
  }

  func area(of pane: Pane) -> Rectangle? { places.first { $0.pane == pane }?.area }

  private var compact: [(pane: Pane, area: Rectangle)] {
    let bottomHeight = body.height >= 18 ? 7 : 5
    let (top, bottom) = body.cutBottom(bottomHeight)
    let runsWidth = size.width >= 100 ? 38 : size.width >= 72 ? 28 : 24
    let upper = top.columns([.share(1), .cells(runsWidth)])
    let hasVerdict = size.width >= 76
    let lower = bottom.columns(
      hasVerdict ? [.share(1), .share(1), .cells(runsWidth)] : [.share(1), .share(1)])
    var places: [(Pane, Rectangle)] = [
      (.loss, upper[0]), (.runs, upper[1]), (.mask, lower[0]), (.alignment, lower[1]),
    ]
    if hasVerdict { places.append((.verdict, lower[2])) }
    return places
  }

  private var medium: [(pane: Pane, area: Rectangle)] {
    let rows = body.rows([.share(1), .cells(9), .cells(10)])
    let upper = rows[0].columns([.share(1), .cells(46)])
    let middle = rows[1].columns([.share(1), .share(1), .cells(46)])
    let lower = rows[2]
    return [
      (.loss, upper[0]), (.runs, upper[1]), (.mask, middle[0]), (.alignment, middle[1]),
      (.verdict, middle[2]), (.blocks, lower),
    ]
  }

  private var large: [(pane: Pane, area: Rectangle)] {
    let rows = body.rows([.share(1), .cells(12), .cells(18)])
    let upper = rows[0].columns([.share(1), .cells(86)])
    let middle = rows[1].columns([.share(1), .share(1), .share(1), .share(1)])
    return [
      (.loss, upper[0]), (.runs, upper[1]), (.mask, middle[0]), (.alignment, middle[1]),
      (.verdict, middle[3]), (.blocks, rows[2]),
    ]
  }

  /// The third panel of the middle row, between alignment and verdict.
  var dampingArea: Rectangle? {
    guard screen == .live, sizeClass == .large, let left = area(of: .alignment),
      let right = area(of: .verdict)
    else { return nil }
    return Rectangle(x: left.right, y: left.y, width: right.x - left.right, height: left.height)
  }

  func pane(at position: Position) -> Pane? {
    places.first { $0.area.contains(x: position.x, y: position.y) }?.pane
  }
}

extension ScreenLayout {
  /// The tabs with the columns they take.
  var tabSpans: [(screen: Screen, text: String, x: Int)] {
    var x = 0
    return Screen.allCases.map { screen in
      let text =
        screen == self.screen
        ? "[\(screen.rawValue) \(screen.title)]" : " \(screen.rawValue) \(screen.title) "
      defer { x += text.columns + (sizeClass == .narrow ? 0 : 1) }
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
