/// The letter and unique name under which an arm appears on screens and in records.
package struct Lane: Sendable, Codable, Hashable {
  /// One lower-case letter: `a` Adam, `m` Magma, `c` matched control, `k` skip, `d` damp, ...
  package var letter: String
  /// The specification as written; a repeated one gets `#2`.
  package var name: String

  /// Gives each arm the letter its kind suggests, or the next free one.
  package static func assign(to arms: [ArmSpecification]) -> [Lane] {
    var taken: Set<Character> = []
    var copies: [String: Int] = [:]
    return arms.map { arm in
      let letter = preferredLetters(of: arm).first { !taken.contains($0) } ?? "?"
      taken.insert(letter)
      copies[arm.text, default: 0] += 1
      let copy = copies[arm.text, default: 1]
      return Lane(letter: String(letter), name: copy == 1 ? arm.text : "\(arm.text)#\(copy)")
    }
  }

  private static func preferredLetters(of arm: ArmSpecification) -> String {
    (mnemonic(of: arm) ?? "") + "abefghijlnopqrstuvwxyzcdkm"
  }

  private static func mnemonic(of arm: ArmSpecification) -> String? {
    if arm.isMatched { return "c" }
    switch arm.wrapper {
    case "magma": return "m"
    case "skip": return "k"
    case "damp": return "d"
    case "sample": return "p"
    case "cautious": return "u"
    case .some: return nil
    case nil: return arm.base.first.map(String.init)
    }
  }
}
