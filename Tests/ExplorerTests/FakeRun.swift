import Explorer
import Optimizers
import RunModel
import TerminalUI
import Workloads

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A run made of formulas, so that screens never depend on training; catalogs are the real ones.
enum Fake {
  static let catalog = OptimizerRegistry.catalog

  static let workloads = WorkloadRegistry.descriptors

  static func arm(_ text: String) throws -> ArmSpecification {
    try ArmGrammar(catalog: catalog).parse(text)
  }

  static func configuration(
    _ arms: [String] = ["adam:lr=1e-3", "magma(adam):lr=1e-3"], seeds: Int = 1, steps: Int = 800
  ) throws -> RunConfiguration {
    RunConfiguration(
      title: "Adam against Magma, first look",
      about: "Watch both curves fall. Magma drops half of the block updates and still learns; "
        + "look at eff.lr to see how much smaller its mean step is.",
      steps: steps,
      schedule: ScheduleConfiguration(kind: .cosine, warmup: .share(0.1)), seeds: seeds,
      arms: try arms.map(arm))
  }

  static func presets() throws -> [PresetEntry] {
    var matched = try configuration([
      "adam:lr=1e-3", "magma(adam):lr=1e-3", "matched(magma(adam)):lr=1e-3",
    ])
    matched.title = "Is it the mask, or just a smaller step?"
    var text = try configuration()
    text.title = "A text of your own"
    text.data = .required
    return [
      PresetEntry(name: "first-look", configuration: try configuration()),
      PresetEntry(name: "matched-step", configuration: matched),
      PresetEntry(name: "shakespeare", configuration: text),
    ]
  }

  static func state(
    _ arms: [String] = ["adam:lr=1e-3", "magma(adam):lr=1e-3"], seeds: Int = 1,
    glyphs: GlyphTier = .braille
  ) throws -> ExplorerState {
    var state = ExplorerState(
      catalog: catalog, workloads: workloads, presets: try presets(),
      configuration: try configuration(arms, seeds: seeds),
      options: ExplorerOptions(version: "0.1.0", glyphs: glyphs, exports: [.csv, .svg]))
    _ = launch(&state)
    return state
  }

  static let blocks: [BlockDescriptor] = {
    var blocks = [
      BlockDescriptor(
        name: "model.embed_tokens.weight", shape: [256, 64], role: .embedding, isMaskable: false)
    ]
    for layer in 0..<2 {
      let prefix = "model.layers.\(layer)."
      blocks.append(
        BlockDescriptor(
          name: prefix + "input_layernorm.weight", shape: [64], role: .norm, isMaskable: false))
      for name in ["q", "k", "v", "o"] {
        blocks.append(
          BlockDescriptor(
            name: prefix + "self_attn.\(name)_proj.weight", shape: [64, 64], role: .attention,
            isMaskable: true))
      }
      for (name, shape) in [("gate", [176, 64]), ("up", [176, 64]), ("down", [64, 176])] {
        blocks.append(
          BlockDescriptor(
            name: prefix + "mlp.\(name)_proj.weight", shape: shape, role: .mlp, isMaskable: true))
      }
    }
    blocks.append(
      BlockDescriptor(name: "lm_head.weight", shape: [256, 64], role: .head, isMaskable: false))
    return blocks
  }()

  static func summary(_ configuration: RunConfiguration) -> RunSummary {
    RunSummary(
      configuration: configuration,
      arms: configuration.roster.map { arm in
        RunSummary.Arm(
          arm: arm, stateBytes: 1_000_000,
          isMasked: blocks.map { $0.isMaskable && isMasking(arm.specification) })
      },
      blocks: blocks, tokensPerStep: 1024, entropyFloor: 1.112,
      dataDescription: "built-in language, 512 words", bytesPerArm: 4_000_000)
  }

  static func isMasking(_ arm: ArmSpecification) -> Bool { arm.wrapper != nil && !arm.isMatched }

  /// A run on a bowl, with its plane and a trajectory that spirals in.
  static func bowl(to step: Int = 200) throws -> ExplorerState {
    var state = try state(["adamw:lr=0.1", "magma(adamw):lr=0.1"])
    var summary = summary(state.configuration)
    summary.blocks = (0..<3).map {
      BlockDescriptor(name: "block.\($0)", shape: [3], role: .mlp, isMaskable: true)
    }
    summary.arms = summary.arms.map { arm in
      RunSummary.Arm(
        arm: arm.arm, stateBytes: 1_000_000,
        isMasked: [Bool](repeating: arm.id.number == 1, count: 3))
    }
    summary.plane = EigenPlane(
      horizontal: [1, 0, 0], vertical: [0, 1, 0], horizontalCurvature: 1, verticalCurvature: 99)
    var rows = RunRows(blockCount: 3)
    for step in 1...step {
      for arm in 0..<2 {
        var row = row(state.configuration, arm: arm, step: step, seed: 0)
        let radius = exp(-Double(step) / (40 + 30 * Double(arm)))
        row.planeX = Float(radius * cos(Double(step) / 25))
        row.planeY = Float(radius * sin(Double(step) / 25))
        rows.append(row, blocks: (2..<5).map { block(arm, step, $0, isMasked: arm == 1) })
      }
    }
    _ = reduce(&state, .run(RunBatch(run: 1, events: [.started(summary)], rows: rows)))
    return state
  }

  /// Readings of every probe of both arms at three steps.
  static func readings() -> RunBatch {
    var batch = RunBatch(run: 1)
    for (index, step) in [100, 200, 300].enumerated() {
      for arm in 0..<2 {
        let size = Double(arm + 1) * exp(-0.5 * Double(index))
        let perBlock = blocks.indices.map { 1e-3 * size * Double(($0 * 7) % 18 + 1) }
        batch.events += [
          reading(
            .curvature, arm, step, ["withinBlocks": 0.02 * size, "crossBlocks": 0.006 * size],
            perBlock: perBlock),
          reading(
            .sharpness, arm, step, ["largestEigenvalue": 40 * size],
            perBlock: perBlock.map { 2_000 * $0 }),
          reading(
            .proposition1, arm, step,
            ["predicted": 1e-4, "measured": 9.6e-5, "learningRate": 1e-3],
            curve: [0.316, 0.562, 1, 1.78, 3.16, 5.62, 10].map { rate in
              [
                rate, 1e-4 * size * rate * rate,
                1e-4 * size * rate * rate / (1 + 0.04 * rate * rate),
                1e-6,
              ]
            }),
          reading(
            .gradientNoise, arm, step, ["hill": 3.2, "kurtosis": 4.5],
            curve: (1...100).map { [pow(Double($0) / 100, -0.3 * size), Double($0) / 100] }),
        ].map { .probed($0) }
      }
    }
    return batch
  }

  private static func reading(
    _ kind: ProbeKind, _ arm: Int, _ step: Int, _ figures: KeyValuePairs<String, Double>,
    perBlock: [Double] = [], curve: [[Double]] = []
  ) -> ProbeReading {
    ProbeReading(
      kind: kind, arm: ArmID(arm), step: step,
      figures: figures.map { ProbeReading.Figure(name: $0.key, value: $0.value) },
      perBlock: perBlock, curve: curve, cpuSeconds: 0.5)
  }

  /// Noise in −1...1, a function of its arguments alone.
  static func noise(_ a: Int, _ b: Int) -> Double {
    var z = UInt64(truncatingIfNeeded: a &* 0x9E37 &+ b &* 0x85EB_CA6B &+ 12345)
    z = (z ^ (z >> 31)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Double(z >> 11) / Double(1 << 52) - 1
  }

  static func loss(_ arm: Int, _ step: Int, seed: Int = 0) -> Double {
    let pace = [120.0, 160, 150, 140][arm % 4]
    return 1.3 + 4.2 * exp(-Double(step) / pace) + 0.05 * Double(arm) + 0.01 * Double(seed)
  }

  static func record(
    _ configuration: RunConfiguration, arm: Int, step: Int, seed: Int = 0
  ) -> EvaluationRecord {
    // Arms of a seed start from the same weights.
    let own = step == 0 ? 0 : arm
    return EvaluationRecord(
      lane: configuration.lanes[arm].letter, arm: configuration.lanes[arm].name,
      seed: UInt64(seed), step: step, tokens: step * 1024, trainLoss: loss(own, step, seed: seed),
      validationLoss: loss(own, step, seed: seed) + 0.02 * noise(own + 10 * seed, step),
      learningRate: 1e-3, effectiveLearningRate: 1e-3, maskRate: nil, alignment: nil, scale: nil,
      cpuSeconds: Double(step) * 0.016, wallSeconds: Double(step) * 0.0165)
  }

  /// Steps `range` of every arm.
  static func batch(
    _ configuration: RunConfiguration, steps range: ClosedRange<Int>, run: Int = 1, seed: Int = 0,
    keep: Float = 0.5
  ) -> RunBatch {
    var events: [RunEvent] = []
    var rows = RunRows(blockCount: blocks.count)
    if range.lowerBound == 1, seed == 0 { events.append(.started(summary(configuration))) }
    for step in range.lowerBound == 1 ? 0...range.upperBound : range {
      for arm in configuration.arms.indices {
        if step > 0 {
          let isMasking = isMasking(configuration.arms[arm])
          rows.append(
            row(configuration, arm: arm, step: step, seed: seed),
            blocks: blocks.indices.map {
              block(arm, step, $0, isMasked: isMasking && blocks[$0].isMaskable, keep)
            })
        }
        guard configuration.evaluates(after: step) else { continue }
        events.append(evaluation(configuration, arm: arm, step: step, seed: seed))
      }
    }
    guard range.upperBound == configuration.steps else {
      return RunBatch(run: run, events: events, rows: rows)
    }
    for arm in configuration.arms.indices {
      var last = record(configuration, arm: arm, step: range.upperBound, seed: seed)
      last.final = true
      events.append(.armFinished(arm: ArmID(arm), last))
    }
    if seed == configuration.seeds - 1 { events.append(.finished(.completed)) }
    return RunBatch(run: run, events: events, rows: rows)
  }

  static func evaluation(
    _ configuration: RunConfiguration, arm: Int, step: Int, seed: Int = 0
  ) -> RunEvent {
    .evaluated(arm: ArmID(arm), record(configuration, arm: arm, step: step, seed: seed))
  }

  private static func row(
    _ configuration: RunConfiguration, arm: Int, step: Int, seed: Int
  ) -> StepRow {
    var row = StepRow(arm: ArmID(arm), seed: UInt64(seed), step: step)
    let isMasked = isMasking(configuration.arms[arm])
    row.trainLoss = loss(arm, step, seed: seed) + 0.15 * noise(arm, step + seed)
    row.learningRate = 1e-3 * configuration.schedule.factor(step: step, of: configuration.steps)
    row.stepFactor = isMasked ? 0.277 : 1
    row.gradientNorm = 1
    row.alignment = 0.43 + 0.08 * noise(arm + 3, step)
    row.scale = isMasked ? 0.554 : 1
    row.cpuSeconds = Double(step) * (0.016 + 0.0003 * Double(arm))
    row.wallSeconds = Double(step) * 0.0165
    guard isMasked else { return row }
    row.maskableCount = 14
    row.droppedSum = Double(blocks.indices.count { blocks[$0].isMaskable && !isKept(step, $0) })
    return row
  }

  /// Coins are the seed's, the same in every arm.
  private static func isKept(_ step: Int, _ block: Int) -> Bool { noise(step, block) > 0 }

  private static func block(
    _ arm: Int, _ step: Int, _ block: Int, isMasked: Bool, _ keep: Float = 0.5
  ) -> BlockRow {
    var row = BlockRow()
    row.isMasked = isMasked
    row.alignment = Float(0.43 + 0.4 * noise(step * 31 + block, arm) * noise(step, block * 7))
    row.updateNorm = 0.02 + 0.001 * Float(block)
    if step.isMultiple(of: 10) { row.weightNorm = 2 + 0.1 * Float(block) }
    guard isMasked else { return row }
    row.keep = keep
    row.keptShare = isKept(step, block) ? 1 : 0
    row.score = 0.55
    row.scale = Float(0.554 + 0.02 * noise(block, 3))
    row.updateNorm = row.keptShare * (0.01 + 0.0005 * Float(block))
    return row
  }

  /// A state whose run has reached `step`.
  static func running(
    to step: Int = 340, _ arms: [String] = ["adam:lr=1e-3", "magma(adam):lr=1e-3"],
    seeds: Int = 1, glyphs: GlyphTier = .braille
  ) throws -> ExplorerState {
    var state = try state(arms, seeds: seeds, glyphs: glyphs)
    _ = reduce(&state, .tick(6))
    _ = reduce(&state, .run(batch(state.configuration, steps: 1...step)))
    return state
  }
}
