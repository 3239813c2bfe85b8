import TerminalUI

/// The most useful keys, from the key table, as many as fit.
struct HintBar: Widget {
  let bindings: [KeyBinding]

  init(_ options: ExplorerOptions, screen: Screen) {
    bindings = KeyTable.offered(options).filter { binding in
      guard binding.hint != nil else { return false }
      if Self.onlyOnLessons.contains(binding.command) { return screen == .lessons }
      if binding.command == .extend { return screen == .sweep }
      switch screen {
      case .live, .compare: return true
      case .blocks: return binding.group != .tune
      case .sweep, .runs: return Self.onSweep.contains(binding.command)
      case .lessons: return Self.onLessons.contains(binding.command)
      }
    }
  }

  /// What is of use while a sweep is on the screen.
  private static let onSweep: Set<KeyCommand> = [
    .pause, .newComparison, .extend, .nextPane, .verdict, .commandLine, .help, .quit,
  ]

  private static let onlyOnLessons: Set<KeyCommand> = [.hint, .pageBefore]

  /// What is of use while a lesson is played; the page says what Enter does.
  private static let onLessons: Set<KeyCommand> = [
    .pause, .stepOne, .right, .increase, .rerun, .commandLine, .help, .quit,
  ]

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    for place in places(width: area.width) {
      let x = buffer.write(
        place.binding.shownShort, x: area.x + place.x, y: area.y, style: Style(.key))
      buffer.write(
        " " + (place.binding.hint?.label ?? ""), x: x, y: area.y, style: Style(.muted))
    }
  }

  func key(atColumn column: Int, width: Int) -> Key? {
    places(width: width).first { ($0.x..<($0.x + $0.columns)).contains(column) }?.binding.keys.first
  }

  private typealias Place = (binding: KeyBinding, x: Int, columns: Int)

  /// The hints that fit, by priority, in the order of the table.
  private func places(width: Int) -> [Place] {
    var used = -2
    var kept: [Int] = []
    let order = bindings.indices.sorted { left, right in
      let (a, b) = (bindings[left].hint?.priority ?? 0, bindings[right].hint?.priority ?? 0)
      return a != b ? a > b : left < right
    }
    for index in order where used + 2 + bindings[index].hintColumns <= width {
      used += 2 + bindings[index].hintColumns
      kept.append(index)
    }
    var x = 0
    return kept.sorted().map { index in
      defer { x += bindings[index].hintColumns + 2 }
      return (bindings[index], x, bindings[index].hintColumns)
    }
  }
}

extension KeyBinding {
  /// How the hint bar writes the keys.
  var shownShort: String {
    switch command {
    case .right: "h l"
    case .increase: "+ -"
    case .smoother: "[ ]"
    case .back: ", ."
    case .pause: "SPC"
    default: shown
    }
  }

  fileprivate var hintColumns: Int { shownShort.columns + 1 + (hint?.label.columns ?? 0) }
}
