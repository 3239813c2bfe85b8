import History
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

  /// `optimizer state  a 1.07 MB   m 1.07 MB (+56 B)`, and how many arms are left out.
  func line(room: Int) -> TextLine {
    let told = state.shown.arms.filter { $0.stateBytes != nil }
    for count in stride(from: told.count, through: 1, by: -1) {
      var line = TextLine("optimizer state", .muted)
      for arm in told.prefix(count) { line.runs += entry(arm).runs }
      if count < told.count { line.append("  and \(told.count - count) more", .muted) }
      if line.columns <= room { return line }
    }
    return TextLine("")
  }

  private func entry(_ arm: ArmMoment) -> TextLine {
    guard let bytes = arm.stateBytes else { return TextLine("") }
    var line = TextLine("  \(arm.letter) ", .lane(arm.place))
    line.append(Shown.bytes(bytes), .text)
    if arm.place > 0, let first = state.shown.arms.first?.stateBytes {
      line.append(" (\(Self.text(bytes - first)))", .muted)
    }
    return line
  }

  private static func text(_ difference: Int) -> String {
    guard difference != 0 else { return "same" }
    return (difference > 0 ? "+" : "-") + Shown.bytes(abs(difference))
  }
}
