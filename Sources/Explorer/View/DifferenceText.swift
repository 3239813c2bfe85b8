import RunModel
import TerminalUI

/// How the two compared arms are set, side by side, differences first.
enum DifferenceText {
  static func lines(_ state: ExplorerState) -> [TextLine] {
    guard let left = state.shownPair.left, let right = state.shownPair.right else {
      return [TextLine("one arm: nothing to compare", .muted)]
    }
    let rows = rows(left.specification, right.specification, state.catalog)
    let width = max(10, rows.map(\.label.columns).max() ?? 0) + 2
    var lines = [
      row("", left.letter.description, right.letter.description, width, .title),
      row("optimizer", left.name, right.name, width, left.name == right.name ? .muted : .strong),
    ]
    lines += rows.filter(\.isDifferent).map { row($0.label, $0.left, $0.right, width, .strong) }
    lines.append(TextLine(""))
    lines.append(TextLine("the same in both", .title))
    lines += rows.filter { !$0.isDifferent }.map { row($0.label, $0.left, $0.right, width, .muted) }
    return lines
  }

  struct Row {
    var key, left, right: String
    /// The setting in words.
    var label: String { Shown.label(key) }
    var isDifferent: Bool { left != right }
  }

  static func rows(
    _ left: ArmSpecification, _ right: ArmSpecification, _ catalog: OptimizerCatalog
  ) -> [Row] {
    var seen: Set<String> = []
    let settings = [left, right].flatMap { catalog.settings(base: $0.base, wrapper: $0.wrapper) }
      .filter { $0.twin == nil && seen.insert($0.key).inserted }
    return settings.map { setting in
      Row(
        key: setting.key, left: left.values[setting.key].map(Shown.setting) ?? "-",
        right: right.values[setting.key].map(Shown.setting) ?? "-")
    }
  }

  private static func row(
    _ key: String, _ left: String, _ right: String, _ width: Int, _ role: Role
  ) -> TextLine {
    TextLine([
      TextRun(key.padded(to: width), .muted), TextRun(left.padded(to: 16) + " ", role),
      TextRun(right, role),
    ])
  }
}
