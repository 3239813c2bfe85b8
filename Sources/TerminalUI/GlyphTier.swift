/// The alphabet pictures are drawn with, from the finest to the most portable.
package enum GlyphTier: String, Hashable, Sendable, CaseIterable {
  /// Braille dots (2 x 4 in a cell), box lines, eighth blocks.
  case braille
  /// Quadrant blocks (2 x 2 in a cell), box lines, eighth blocks.
  case block
  /// Nothing above U+007E: letters for lines, `+-|` for boxes.
  case ascii

  /// Subcells per cell, horizontally and vertically.
  package var resolution: (x: Int, y: Int) {
    switch self {
    case .braille: (2, 4)
    case .block: (2, 2)
    case .ascii: (1, 1)
    }
  }

  package var isASCII: Bool { self == .ascii }

  /// The characters of boxes and bars in this alphabet.
  package var borders: BorderGlyphs { isASCII ? .ascii : .unicode }

  /// What a scalar is drawn as here: itself, or on the ASCII tier its nearest single letter.
  func spelling(of scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard isASCII, scalar.value > 0x7e else { return scalar }
    return asciiSpelling(of: scalar)
  }
}

/// Corner, edge and joint characters of boxes.
package struct BorderGlyphs: Hashable, Sendable {
  package let horizontal, vertical: Unicode.Scalar
  package let topLeft, topRight, bottomLeft, bottomRight: Unicode.Scalar
  package let left, right, top, bottom, cross: Unicode.Scalar

  static let unicode = BorderGlyphs(
    horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└",
    bottomRight: "┘", left: "├", right: "┤", top: "┬", bottom: "┴", cross: "┼")
  static let ascii = BorderGlyphs(
    horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
    bottomRight: "+", left: "+", right: "+", top: "+", bottom: "+", cross: "+")
}

private func asciiSpelling(of scalar: Unicode.Scalar) -> Unicode.Scalar {
  switch scalar {
  case "─", "━", "–", "—", "−", "╌", "┄": "-"
  case "│", "┃", "╎", "┆", "▏", "▎", "▍", "▌": "|"
  case "·", "…", "•", "░": "."
  case "×", "✗", "✓", "✔": "x"
  case "→", "▶", "▸", "›", "»", "≥": ">"
  case "←", "◀", "◂", "‹", "«", "≤": "<"
  case "↑", "▲", "△": "^"
  case "↓", "▼", "▽": "v"
  case "±": "~"
  case "≈": "~"
  case "●", "◆", "■", "█", "▓", "▒", "▇", "▆": "#"
  case "○", "◇", "□": "o"
  case "µ", "μ": "u"
  case "τ": "t"
  case "β": "b"
  case "σ": "s"
  case "Δ", "δ", "∆": "d"
  case "λ": "l"
  case "√": "V"
  case "∞": "8"
  case "’", "‘": "'"
  case "“", "”": "\""
  default:
    switch scalar.value {
    case 0x2500...0x257f: "+"
    case 0x2580...0x259f: "#"
    case 0x2800...0x28ff: "*"
    default: "?"
    }
  }
}
