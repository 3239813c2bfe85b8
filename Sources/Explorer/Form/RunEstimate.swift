import RunModel

/// What a comparison would take, known before it starts.
package enum RunEstimate: Sendable, Hashable {
  case figures(Figures)
  /// It could not be made: why.
  case problem(String)

  package struct Figures: Sendable, Hashable {
    package var parameters: Int
    /// Of all arms and seeds.
    package var bytes: Int
    /// Of the whole comparison; nil where nothing is read.
    package var tokensPerSecond: Double?
    /// To the end of all arms and seeds on this machine.
    package var seconds: Double

    package init(parameters: Int, bytes: Int, tokensPerSecond: Double?, seconds: Double) {
      (self.parameters, self.bytes) = (parameters, bytes)
      (self.tokensPerSecond, self.seconds) = (tokensPerSecond, seconds)
    }
  }
}

extension RunEstimate {
  /// `133k parameters, 9.1 MB, about 16s, 105k tokens/s`; later parts are left out where room is short.
  func text(room: Int) -> String {
    switch self {
    case .problem(let reason): return "! \(reason)"
    case .figures(let figures):
      var parts = [
        "\(Shown.count(figures.parameters)) parameters", Shown.bytes(figures.bytes),
        "about \(Shown.duration(figures.seconds))",
      ]
      if let tokens = figures.tokensPerSecond { parts.append("\(Shown.number(tokens)) tokens/s") }
      while parts.joined(separator: ", ").columns > room, parts.count > 1 { parts.removeLast() }
      return parts.joined(separator: ", ")
    }
  }
}
