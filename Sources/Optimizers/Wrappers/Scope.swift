import RunModel
import TensorKernels

/// Which blocks a wrapper acts on.
struct Scope {
  static let names = ["workload", "attention", "mlp", "attention+mlp", "all"]

  /// One flag per layout entry; throws when nothing is selected.
  static func select(_ text: String, in layout: TensorLayout) throws(RunError) -> [Bool] {
    let selected = layout.entries.map { isSelected($0, by: text) }
    guard !selected.contains(true) else { return selected }
    throw RunError(
      .usage,
      "scope '\(text)' selects no block"
        + suggestion(for: text, among: names.filter { $0 != text }),
      remedy: "use \(names.joined(separator: ", ")) or a pattern over block names such as *q_proj*")
  }

  private static func isSelected(_ entry: TensorLayout.Entry, by text: String) -> Bool {
    switch text {
    case "workload": entry.isMaskable
    case "attention": entry.role == .attention
    case "mlp": entry.role == .mlp
    case "attention+mlp", "mlp+attention": entry.role == .attention || entry.role == .mlp
    case "all": true
    default: matches(entry.name, text) || matches(entry.block.shortName, text)
    }
  }

  /// Shell-style matching: `*` any characters, `?` one.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    let (text, glob) = (Array(name), Array(pattern))
    var (i, j, star, mark) = (0, 0, -1, 0)
    while i < text.count {
      if j < glob.count, glob[j] == "*" {
        (star, mark) = (j, i)
        j += 1
      } else if j < glob.count, glob[j] == "?" || glob[j] == text[i] {
        (i, j) = (i + 1, j + 1)
      } else if star >= 0 {
        mark += 1
        (i, j) = (mark, star + 1)
      } else {
        return false
      }
    }
    return glob[j...].allSatisfy { $0 == "*" }
  }
}
