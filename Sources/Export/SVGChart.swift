import Charts

/// A chart scene as one self-contained SVG picture.
package struct SVGChart: Sendable {
  package var width = 760
  package var height = 440

  package init() {}

  package init(width: Int, height: Int) {
    (self.width, self.height) = (max(width, 120), max(height, 90))
  }

  /// The picture as text; the same scene always gives the same bytes.
  package func render(_ scene: ChartScene) -> String {
    let layout = SVGLayout(scene: scene, width: width, height: height)
    var writer = SVGWriter()
    writer.open(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("width", "\(width)"), ("height", "\(height)"),
        ("viewBox", "0 0 \(width) \(height)"), ("role", "img"), ("aria-label", scene.title),
        ("font-family", "ui-sans-serif, system-ui, Helvetica, Arial, sans-serif"),
        ("font-size", "12"), ("fill", SVGPalette.text),
      ])
    writer.text(scene.title, tag: "title", [])
    writer.element(
      "rect", [("width", "\(width)"), ("height", "\(height)"), ("fill", "#ffffff")])
    SVGFrame(scene: scene, layout: layout).write(to: &writer)
    let projection = scene.project(width: layout.plotWidth + 1, height: layout.plotHeight + 1)
    SVGShapes(layout: layout, projection: projection).write(to: &writer)
    writer.close("svg")
    return writer.lines.joined(separator: "\n") + "\n"
  }
}

/// Where things go in the picture, in pixels.
struct SVGLayout {
  static let characterWidth = 6.8
  static let lineHeight = 18.0

  let left: Int
  let top: Int
  let plotWidth: Int
  let plotHeight: Int
  /// Legend entries with their places, wrapped into as many lines as needed.
  let legend: [(entry: LegendEntry, x: Double, y: Double)]

  init(scene: ChartScene, width: Int, height: Int) {
    let names = scene.yAxis.categories.map(\.count).max() ?? 0
    left = min(max(64, 24 + Int(Double(names) * Self.characterWidth)), width / 2)
    legend = Self.placed(scene.legend, left: Double(left), width: Double(width))
    top = Int((legend.last?.y ?? 22) + 14)
    plotWidth = max(width - left - 20, 1)
    plotHeight = max(height - top - (scene.note == nil ? 44 : 62), 1)
  }

  private static func placed(
    _ entries: [LegendEntry], left: Double, width: Double
  ) -> [(entry: LegendEntry, x: Double, y: Double)] {
    var (x, y) = (left, 42.0)
    return entries.map { entry in
      let extent = 22 + characterWidth * Double(entry.name.count + 2)
      if x > left, x + extent > width - 10 { (x, y) = (left, y + lineHeight) }
      defer { x += extent }
      return (entry, x, y)
    }
  }
}
