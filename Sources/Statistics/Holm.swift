/// Family-wise error control by stepping down (Holm, 1979).
package enum Holm {
  /// Adjusted p values in the order given: `max over smaller p of (m − rank) · p`, at most 1.
  package static func adjust(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.sorted {
      pValues[$0] == pValues[$1] ? $0 < $1 : pValues[$0] < pValues[$1]
    }
    var adjusted = pValues
    var running = 0.0
    for (rank, index) in order.enumerated() {
      running = max(running, min(1, Double(pValues.count - rank) * pValues[index]))
      adjusted[index] = running
    }
    return adjusted
  }
}
