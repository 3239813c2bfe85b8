/// A name as an expression writes it: `m.loss`, `m.scale[block.1]@300`.
package struct Reference: Sendable, Hashable {
  package var name: String
  /// What stands in brackets, each a name or a number, as written.
  package var indices: [String]
  /// The number after `@`.
  package var step: Int?

  package init(_ name: String, indices: [String] = [], step: Int? = nil) {
    self.name = name
    self.indices = indices
    self.step = step
  }
}

/// What an expression may speak of: whoever evaluates it says which names there are.
///
/// A name becomes a slot, a number of the owner's choice, by which its value is asked for.
package struct Vocabulary {
  /// Names offered when one is misspelt.
  package var names: [String]
  /// What `mean(domain, e)` may run over; the place in this list is the domain's number.
  package var domains: [String]
  /// The domain of `mean(e)`, where only one is meant; nil: it has to be said.
  package var onlyDomain: Int?
  /// What may be made of the values over a domain.
  package var gatherings: [Gathering]
  private let resolve: (Reference) -> Int?

  package init(
    names: [String], domains: [String] = [], onlyDomain: Int? = nil,
    gatherings: [Gathering] = Gathering.allCases, resolve: @escaping (Reference) -> Int?
  ) {
    self.names = names
    self.domains = domains
    self.onlyDomain = onlyDomain
    self.gatherings = gatherings
    self.resolve = resolve
  }

  /// Plain names, the place in the list being the slot.
  package init(
    _ names: [String], domains: [String] = [], onlyDomain: Int? = nil,
    gatherings: [Gathering] = Gathering.allCases
  ) {
    self.init(
      names: names, domains: domains, onlyDomain: onlyDomain, gatherings: gatherings
    ) { reference in
      guard reference.indices.isEmpty, reference.step == nil else { return nil }
      return names.firstIndex(of: reference.name)
    }
  }

  func slot(of reference: Reference) -> Int? { resolve(reference) }
}

/// The candidate closest to a misspelt name.
package enum NearestName {
  /// nil when none is near enough to be meant: edit distance (insert, delete, replace, swap
  /// neighbours) of at most a third of the name or two, else a candidate that it begins.
  package static func find(_ name: String, among candidates: [String]) -> String? {
    let limit = max(2, name.count / 3)
    let ranked = candidates.map { ($0, distance(name.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= limit else {
      return candidates.first { !name.isEmpty && $0.lowercased().hasPrefix(name.lowercased()) }
    }
    return best.0
  }

  private static func distance(_ left: String, _ right: String) -> Int {
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
}
