/// The candidate closest to a misspelt `name`, or nil when none is near enough to be meant.
///
/// Edit distance (insert, delete, replace, swap neighbours), at most a third of the name or two.
package func nearestName(to name: String, among candidates: [String]) -> String? {
  let limit = max(2, name.count / 3)
  let ranked = candidates.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
  guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= limit else {
    return candidates.first { !name.isEmpty && $0.lowercased().hasPrefix(name.lowercased()) }
  }
  return best.0
}

/// ` (did you mean 'x'?)`, or nothing when no candidate is near.
package func suggestion(for name: String, among candidates: [String]) -> String {
  nearestName(to: name, among: candidates).map { " (did you mean '\($0)'?)" } ?? ""
}

private func editDistance(_ left: String, _ right: String) -> Int {
  let (a, b) = (Array(left), Array(right))
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforePrevious[j - 1] + 1)
      }
      current.append(cost)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[b.count]
}
