/// Every panel of the program.
package enum PanelTable {
  package static let all: [PanelSpec] = live + compare + blocks + sweep

  private static let byID: [PanelID: PanelSpec] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.id, $0) })

  static func spec(of id: PanelID) -> PanelSpec {
    guard let spec = byID[id] else { preconditionFailure("no row in the table for \(id)") }
    return spec
  }
}
