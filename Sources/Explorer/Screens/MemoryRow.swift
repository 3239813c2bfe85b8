import RunModel
import TerminalUI

/// What every arm's optimizer keeps in memory, the others against the first, and what an arm takes in all.
struct MemoryRow {
  let state: ExplorerState

  /// `memory  9.1 MB an arm in all`, or nothing before that is known.
  var total: String {
    guard let bytes = state.shown.summary?.bytesPerArm, bytes > 0 else { return "" }
    return "memory  \(Shown.bytes(bytes)) an arm in all"
  }

  /// `optimizer state  a 1.07 MB   m 1.07 MB (+56 B)`.
  var line: TextLine {
    var line = TextLine("optimizer state", .muted)
    let arms = state.shown.arms
    for arm in arms {
      guard let bytes = arm.stateBytes else { continue }
      line.append("  \(arm.letter) ", .lane(arm.place))
      line.append(Shown.bytes(bytes), .text)
      guard arm.place > 0, let first = arms.first?.stateBytes else { continue }
      let difference = bytes - first
      line.append(" (\(Self.text(difference)))", .muted)
    }
    return line
  }

  private static func text(_ difference: Int) -> String {
    guard difference != 0 else { return "same" }
    return (difference > 0 ? "+" : "-") + Shown.bytes(abs(difference))
  }
}
