import Charts
import Export
import Foundation
import Metrics
import Testing

@Suite struct SVGChartTests {
  /// Two arms, evaluations, an interval, a floor, an event and a divergence, all from formulas.
  private static var lossScene: ChartScene {
    var curves = [
      LossChart.Curve(letter: "a", name: "adam:lr=1e-3", arm: 0),
      LossChart.Curve(letter: "m", name: "magma(adam):lr=1e-3", arm: 1),
    ]
    for index in curves.indices {
      var (training, validation) = (MetricSeries(), MetricSeries())
      for step in 0...800 {
        let loss = 1.4 + 4 / Double(step + 1 + 20 * index).squareRoot()
        training.append(x: Double(step), y: loss + Double((step * 37) % 11) / 100)
        if step.isMultiple(of: 80) { validation.append(x: Double(step), y: loss + 0.03) }
      }
      (curves[index].training, curves[index].validation) = (training, validation)
    }
    curves[0].band = [0, 400, 800].map { .init(x: $0, lower: 1.6, upper: 2) }
    curves[1].divergedAtStep = 700
    var options = LossChart.Options()
    options.columnCount = 40
    var chart = LossChart(title: "validation loss <mean>", curves: curves, options: options)
    chart.entropyFloor = 1.3
    chart.events = [EventMark(number: 1, step: 300, label: "lr x0.5")]
    return chart.scene()
  }

  private static var maskRateScene: ChartScene {
    let rates = (0..<14).map { 0.5 + 0.004 * Double($0 - 7) }
    return DistributionChart.maskRate(
      rates: rates, maskProbability: 0.5, stepCount: 1_240, arm: 1, binCount: 11
    ).scene()
  }

  private static var rasterScene: ChartScene {
    var history = BlockHistory(blockCount: 3)
    for step in 1...20 {
      history.append(step: step) { block in
        block == 0 ? .excluded() : BlockCell(keptShare: step % (block + 2) == 0 ? 0 : 1)
      }
    }
    return RasterChart(
      title: "block x time", history: history, blockNames: ["emb", "0.q", "0.k"], columnCount: 24
    ).scene()
  }

  @Test(arguments: ["loss", "mask-rate", "raster"])
  func picturesAreThoseOnRecord(_ name: String) throws {
    let scene =
      name == "loss" ? Self.lossScene : name == "raster" ? Self.rasterScene : Self.maskRateScene
    let picture = SVGChart(width: 640, height: 360).render(scene)
    let recorded = Bundle.module.url(forResource: "Fixtures/" + name, withExtension: "svg")
    let expected = try recorded.map { try String(contentsOf: $0, encoding: .utf8) }
    if picture != expected {
      let actual = FileManager.default.temporaryDirectory.appending(path: name + ".actual.svg")
      try picture.write(to: actual, atomically: true, encoding: .utf8)
      Issue.record("\(name).svg differs from its record; see \(actual.path)")
    }
  }

  @Test func everyTextIsEscaped() {
    let picture = SVGChart().render(Self.lossScene)
    #expect(picture.contains("validation loss &lt;mean&gt;"))
    #expect(!picture.contains("<mean>"))
  }

  @Test func anEmptySceneSaysSo() {
    let scene = LossChart(title: "loss", curves: []).scene()
    #expect(SVGChart().render(scene).contains(">no data yet</text>"))
  }
}
