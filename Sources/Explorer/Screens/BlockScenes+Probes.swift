import Charts
import History
import RunModel

/// The charts of what the probes have measured; without a reading they say how to get one.
extension BlockScenes {
  /// What masking costs on a step, predicted (dashed) and measured, over learning rates.
  var maskingCost: ChartScene {
    let curves = shownArms.compactMap { arm in
      state.shown.probes.latest(.proposition1, arm.id).map { (arm, $0.maskingCosts) }
    }
    let costs = curves.flatMap(\.1)
    let heights = costs.map(\.predicted) + costs.map(\.measured)
    let unit = state.shown.configuration.lossUnit.label
    var scene = ChartScene(
      title: "cost of masking", settings: ["dashed: predicted"],
      xAxis: ChartAxis("lr", Scale.holding(costs.map(\.learningRate), .logarithmic)),
      yAxis: ChartAxis(unit, Scale.holding(heights, .logarithmic).padded(by: 0.05)))
    for (arm, costs) in curves {
      let tone = Tone.arm(arm.place)
      scene.marks += [
        .line(LineMark(points(costs, \.predicted), tone: tone, stroke: .dashed)),
        .line(
          LineMark(points(costs, \.measured), tone: tone, stroke: .thick, letter: arm.symbol)),
        .points(
          PointsMark(
            points(costs.filter { !$0.isPredicted }, \.measured), symbol: "x", tone: .warning)),
      ]
    }
    if let costs = curves.first(where: { $0.0.place == arm.place })?.1 ?? curves.first?.1 {
      scene.settings = [partingText(costs), "dashed: predicted"]
    }
    return noted(scene, .proposition1, isEmpty: costs.isEmpty)
  }

  /// From which rate on the two differ by more than a quarter.
  private func partingText(_ costs: [MaskingCost]) -> String {
    guard let parting = costs.last(where: \.isPredicted) else { return "holds nowhere" }
    return "holds to lr \(Shown.rate(parting.learningRate))"
  }

  private func points(
    _ costs: [MaskingCost], _ value: KeyPath<MaskingCost, Double>
  ) -> [ChartPoint] {
    costs.map { ChartPoint(x: $0.learningRate, y: $0[keyPath: value]) }
  }

  /// Curvature along the step to come: within blocks, and (dashed) across them.
  var curvature: ChartScene {
    let lines = shownArms.flatMap { arm in
      let history = Array(state.shown.probes.history(.curvature, arm.id))
      return [
        line(history, arm, isDashed: false) { $0.figure("withinBlocks") },
        line(history, arm, isDashed: true) { $0.figure("crossBlocks") },
      ]
    }
    return overSteps("curvature of the step", ["dashed: across"], lines, .curvature)
  }

  /// The largest eigenvalue of the Hessian: of the whole, and (dashed) of the selected block.
  var sharpness: ChartScene {
    let block = state.selectedBlock
    let lines = shownArms.flatMap { arm in
      let history = Array(state.shown.probes.history(.sharpness, arm.id))
      let whole = line(history, arm, isDashed: false) { $0.figure("largestEigenvalue") }
      guard arm.place == self.arm.place else { return [whole] }
      return [
        whole,
        line(history, arm, isDashed: true) {
          $0.perBlock.indices.contains(block) ? $0.perBlock[block] : nil
        },
      ]
    }
    return overSteps("sharpness", ["dashed: this block"], lines, .sharpness)
  }

  private func line(
    _ history: [ProbeReading], _ arm: ArmMoment, isDashed: Bool,
    _ value: (ProbeReading) -> Double?
  ) -> LineMark {
    let points = history.compactMap { reading in
      value(reading).map { ChartPoint(x: Double(reading.step), y: $0) }
    }
    return LineMark(
      points, tone: .arm(arm.place), stroke: isDashed ? .dashed : .thick,
      letter: isDashed ? nil : arm.symbol)
  }

  private func overSteps(
    _ title: String, _ settings: [String], _ lines: [LineMark], _ kind: ProbeKind
  ) -> ChartScene {
    let points = lines.flatMap(\.points)
    var scene = ChartScene(
      title: title, settings: settings,
      xAxis: ChartAxis("step", Scale.holding(points.map(\.x), .linear)),
      yAxis: ChartAxis("", Scale.holding(points.map(\.y) + [0], .linear).padded(by: 0.05)))
    scene.marks =
      lines.map { .line($0) }
      + lines.filter { $0.points.count == 1 }.map {
        .points(PointsMark($0.points, symbol: $0.letter ?? "o", tone: $0.tone))
      }
    return noted(scene, kind, isEmpty: points.isEmpty)
  }

  /// The share of minibatches whose gradient lies further from the mean, on logarithmic axes.
  var noiseTail: ChartScene {
    let samples = shownArms.compactMap { arm in
      state.shown.probes.latest(.gradientNoise, arm.id).map {
        (letter: arm.symbol, name: arm.name, arm: arm.place, values: $0.curve.compactMap(\.first))
      }
    }
    var scene = ScatterChart.survival(
      title: "tail of the gradient noise", xLabel: "|g - mean|", samples: samples
    ).scene()
    if let reading = state.shown.probes.latest(.gradientNoise, arm.id) {
      scene.settings = ["Hill \(Shown.number(reading.figure("hill")))"]
    }
    return noted(scene, .gradientNoise, isEmpty: samples.isEmpty)
  }

  private func noted(_ scene: ChartScene, _ kind: ProbeKind, isEmpty: Bool) -> ChartScene {
    guard isEmpty else { return scene }
    var scene = scene
    (scene.settings, scene.marks) = ([], [])
    let isPossible = !state.shown.phase.isOver || state.place.directory != nil
    scene.note = isPossible ? ":probe \(kind.rawValue) measures it" : "not measured"
    return scene
  }
}
