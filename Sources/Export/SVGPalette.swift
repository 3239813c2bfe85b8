import Charts

/// Colours of charts on white paper, told apart also by the colour-blind (Okabe & Ito, 2008).
enum SVGPalette {
  static let text = "#222222"
  static let grid = "#e4e4e4"
  static let border = "#888888"

  private static let arms = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7f6f00",
  ]

  static func color(_ tone: Tone) -> String {
    switch tone {
    case .arm(let index): arms[((index % arms.count) + arms.count) % arms.count]
    case .neutral: "#888888"
    case .expectation: "#444444"
    case .event: "#a03070"
    case .warning: "#b00020"
    case .kept: "#0072b2"
    case .masked: "#e0e0e0"
    case .excluded: "#b8b8b8"
    }
  }
}
