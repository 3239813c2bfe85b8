/// The letter and unique name under which an arm appears on screens and in records.
package struct Lane: Sendable, Codable, Hashable {
  /// `a` Adam, `m` Magma, `c` matched control, `k` skip, `d` damp, ...; `aa`, `ab`, ... after 26.
  package var letter: String
  /// The specification as written; a repeated one gets `#2`.
  package var name: String

  package init(letter: String, name: String) {
    self.letter = letter
    self.name = name
  }

  /// Gives each arm a letter of its own, the one its kind suggests where that is free.
  ///
  /// `m` is kept for the masked arm wherever there is one: Muon beside Magma(Muon) is `a`.
  /// - Parameter letters: recorded ones, an arm's own where they are there.
  package static func assign(to arms: [ArmSpecification], letters: [String] = []) -> [Lane] {
    var taken = Set(letters)
    let isMagmaThere = arms.contains { $0.wrapper == "magma" && !$0.isMatched }
    var copies: [String: Int] = [:]
    return arms.enumerated().map { place, arm in
      let letter =
        letters.indices.contains(place)
        ? letters[place] : free(for: arm, taken, reservesM: isMagmaThere)
      taken.insert(letter)
      copies[arm.text, default: 0] += 1
      return Lane(letter: letter, name: name(arm, copy: copies[arm.text, default: 1]))
    }
  }

  /// The lane of an arm that joins others.
  package static func next(_ arm: ArmSpecification, after others: [Lane]) -> Lane {
    let taken = Set(others.map(\.letter))
    let names = Set(others.map(\.name))
    let name = (1...).lazy.map { Self.name(arm, copy: $0) }.first { !names.contains($0) }
    return Lane(letter: free(for: arm, taken, reservesM: false), name: name ?? arm.text)
  }

  private static func name(_ arm: ArmSpecification, copy: Int) -> String {
    copy == 1 ? arm.text : "\(arm.text)#\(copy)"
  }

  private static let fallback = "abefghijlnopqrstuvwxyzcdkm"

  private static func free(
    for arm: ArmSpecification, _ taken: Set<String>, reservesM: Bool
  ) -> String {
    let isReserved = reservesM && !(arm.wrapper == "magma" && !arm.isMatched)
    let single = ((mnemonic(of: arm) ?? "") + fallback).lazy.map(String.init).first {
      !taken.contains($0) && !(isReserved && $0 == "m")
    }
    return single ?? pairs.first { !taken.contains($0) } ?? "z\(taken.count)"
  }

  /// `aa`, `ab`, ..., `zz`.
  private static let pairs: [String] = {
    let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    return letters.flatMap { first in letters.map { first + $0 } }
  }()

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
