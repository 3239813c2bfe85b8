import Expressions

/// The candidate closest to a misspelt `name`, or nil when none is near enough to be meant.
package func nearestName(to name: String, among candidates: [String]) -> String? {
  NearestName.find(name, among: candidates)
}

/// ` (did you mean 'x'?)`, or nothing when no candidate is near.
package func suggestion(for name: String, among candidates: [String]) -> String {
  nearestName(to: name, among: candidates).map { " (did you mean '\($0)'?)" } ?? ""
}
