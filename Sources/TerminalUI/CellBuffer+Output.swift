extension CellBuffer {
  /// The characters of one row, exactly as wide as the buffer.
  package func row(_ y: Int) -> String {
    guard y >= 0, y < height else { return "" }
    var line = String.UnicodeScalarView()
    for cell in cells[y * width..<(y + 1) * width] where !cell.isContinuation {
      line.append(cell.scalar)
    }
    return String(line)
  }

  /// All rows as text, each ended by a newline; golden files hold this.
  ///
  /// Blanks at the end of rows are dropped unless asked for, so that editors leave files alone.
  package func plainText(keepingTrailingBlanks: Bool = false) -> String {
    var text = ""
    for y in 0..<height {
      var line = row(y)
      while !keepingTrailingBlanks && line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }

  /// The picture as an SVG document in a monospaced font, in the theme's 256-colour tier.
  package func svg(theme: Theme = .standard) -> String {
    let (cellWidth, cellHeight) = (8, 16)
    let (w, h) = (width * cellWidth, height * cellHeight)
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(w)" height="\(h)" \
      viewBox="0 0 \(w) \(h)" font-family="DejaVu Sans Mono, Menlo, monospace" font-size="13">
      <rect width="100%" height="100%" fill="\(theme.paper)"/>

      """
    for y in 0..<height {
      for run in runs(inRow: y) {
        let style = theme.resolve(run.style, at: .indexed)
        let (x, columns) = (run.x * cellWidth, run.columns * cellWidth)
        let paper = style.paper(theme)
        if paper != theme.paper {
          let (top, tall) = (y * cellHeight, cellHeight)
          out += "<rect x=\"\(x)\" y=\"\(top)\" width=\"\(columns)\" height=\"\(tall)\" "
          out += "fill=\"\(paper)\"/>\n"
        }
        if run.text.allSatisfy({ $0 == " " }) { continue }
        out += "<text x=\"\(x)\" y=\"\(y * cellHeight + 12)\" textLength=\"\(columns)\" "
        out += "xml:space=\"preserve\" fill=\"\(style.ink(theme))\"\(style.fontAttributes)>"
        out += escapedForXML(run.text) + "</text>\n"
      }
    }
    return out + "</svg>\n"
  }

  /// Neighbouring cells of one style.
  struct Run {
    var x: Int
    var columns: Int
    var text: String
    var style: Style
  }

  func runs(inRow y: Int) -> [Run] {
    var runs: [Run] = []
    for x in 0..<width {
      let cell = cells[y * width + x]
      if let last = runs.last, last.style == cell.style {
        runs[runs.count - 1].columns += 1
        if !cell.isContinuation { runs[runs.count - 1].text.unicodeScalars.append(cell.scalar) }
      } else {
        runs.append(Run(x: x, columns: 1, text: String(cell.scalar), style: cell.style))
      }
    }
    return runs
  }
}

extension Theme {
  fileprivate var isLight: Bool { name == Theme.light.name }
  fileprivate var paper: String { isLight ? "#ffffff" : "#101010" }
  fileprivate var ink: String { isLight ? "#101010" : "#d0d0d0" }
}

extension ResolvedStyle {
  private var isReverse: Bool { attributes.contains(.reverse) }
  fileprivate func paper(_ theme: Theme) -> String {
    isReverse ? hex(foreground) ?? theme.ink : hex(background) ?? theme.paper
  }
  fileprivate func ink(_ theme: Theme) -> String {
    isReverse ? hex(background) ?? theme.paper : hex(foreground) ?? theme.ink
  }
  fileprivate var fontAttributes: String {
    (attributes.contains(.bold) ? " font-weight=\"bold\"" : "")
      + (attributes.contains(.dim) ? " opacity=\"0.6\"" : "")
      + (attributes.contains(.underline) ? " text-decoration=\"underline\"" : "")
  }
}

/// A palette index from 16 (6 x 6 x 6 cube, then greys) as a colour; nil for none.
private func hex(_ index: UInt8?) -> String? {
  guard let index, index >= 16 else { return nil }
  if index >= 232 {
    let grey = 8 + 10 * (Int(index) - 232)
    return "#" + [grey, grey, grey].map(twoDigits).joined()
  }
  let cube = Int(index) - 16
  let channels = [cube / 36, cube / 6 % 6, cube % 6].map { $0 == 0 ? 0 : 55 + 40 * $0 }
  return "#" + channels.map(twoDigits).joined()
}

private func twoDigits(_ value: Int) -> String {
  let digits = String(value, radix: 16)
  return digits.count < 2 ? "0" + digits : digits
}

private func escapedForXML(_ text: String) -> String {
  var out = ""
  for character in text {
    switch character {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    default: out.append(character)
    }
  }
  return out
}
