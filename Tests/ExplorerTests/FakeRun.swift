import Explorer
import RunModel
import TerminalUI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A catalog, a configuration and a run made of formulas, so that screens never depend on training.
enum Fake {
  static let catalog: OptimizerCatalog = {
    func number(
      _ key: String, _ help: String, _ value: Double, _ range: ClosedRange<Double>,
      log: Bool = false, live: Bool = false
    ) -> Hyperparameter {
      Hyperparameter(
        key, help, .number(default: value, range: range, scale: log ? .logarithmic : .linear),
        isLive: live)
    }
    let rate = number("lr", "learning rate", 1e-3, 1e-6...10, log: true, live: true)
    let betas = [
      number("beta1", "decay of the first moment", 0.9, 0...0.9999),
      number("beta2", "decay of the second moment", 0.999, 0...0.99999),
      number("eps", "added to the root of the second moment", 1e-8, 1e-15...1, log: true),
      number("wd", "coupled weight decay", 0, 0...1, log: true),
    ]
    let mask = number(
      "mask", "probability that a block's update is dropped", 0.5, 0...0.999, live: true)
    let tau = number(
      "tau", "temperature of the alignment score", 2, 0.01...100, log: true, live: true)
    let damping = [
      tau, number("s0", "start value of the damping scale", 0.5, 0...1),
      number("ema", "decay of the damping average", 0.9, 0...0.9999),
      Hyperparameter(
        "mu", "momentum before or after the update",
        .choice(default: "after", allowed: ["after", "before"])),
    ]
    func optimizer(
      _ name: String, _ kind: OptimizerDescriptor.Kind, _ summary: String,
      _ settings: [Hyperparameter]
    ) -> OptimizerDescriptor {
      OptimizerDescriptor(
        name: name, kind: kind, summary: summary, equation: "", paper: "",
        hyperparameters: settings, stateBytesPerElement: 8)
    }
    return OptimizerCatalog(
      bases: [
        optimizer(
          "sgd", .base, "gradient descent with momentum",
          [
            number("lr", "learning rate", 0.1, 1e-6...10, log: true, live: true),
            number("momentum", "decay of the velocity", 0, 0...0.9999),
          ]),
        optimizer("adam", .base, "rescales by running moments", [rate] + betas),
        optimizer("adamw", .base, "Adam with decoupled weight decay", [rate] + betas),
      ],
      wrappers: [
        optimizer("skip", .wrapper, "drops whole block updates", [mask]),
        optimizer("damp", .wrapper, "scales updates by alignment", damping),
        optimizer("magma", .wrapper, "drops and damps block updates", [mask] + damping),
      ],
      sharedBaseSettings: [],
      sharedWrapperSettings: [
        Hyperparameter("scope", "which blocks are masked", .pattern(default: "workload"))
      ])
  }()

  static let workloads = [
    WorkloadDescriptor(
      name: "language", summary: "next-byte prediction by a small decoder", source: "built in",
      isLanguage: true, hyperparameters: []),
    WorkloadDescriptor(
      name: "quadratic", summary: "a block quadratic with known curvature", source: "method",
      isLanguage: false,
      hyperparameters: [
        Hyperparameter(
          "condition", "largest over smallest eigenvalue",
          .number(default: 100, range: 1...1e6, scale: .logarithmic))
      ]),
  ]

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
      arms: zip(configuration.lanes, configuration.arms).map {
        RunSummary.Arm(lane: $0, specification: $1, stateBytes: 1_000_000)
      },
      blocks: blocks, tokensPerStep: 1024, entropyFloor: 1.112,
      dataDescription: "built-in language, 512 words", bytesPerArm: 4_000_000)
  }

  /// A run on a bowl, with its plane and a trajectory that spirals in.
  static func bowl(to step: Int = 200) throws -> ExplorerState {
    var state = try state(["adamw:lr=0.1", "magma(adamw):lr=0.1"])
    var summary = summary(state.configuration)
    summary.blocks = (0..<3).map {
      BlockDescriptor(name: "block.\($0)", shape: [3], role: .mlp, isMaskable: true)
    }
    summary.plane = EigenPlane(
      horizontal: [1, 0, 0], vertical: [0, 1, 0], horizontalCurvature: 1, verticalCurvature: 99)
    var batch = RunBatch(run: 1, events: [.started(summary)])
    for arm in 0..<2 {
      for step in 1...step {
        var metrics = metrics(
          state.configuration, arm: arm, step: step, isMasked: arm == 1, seed: 0)
        let radius = exp(-Double(step) / (40 + 30 * Double(arm)))
        metrics.planeX = Float(radius * cos(Double(step) / 25))
        metrics.planeY = Float(radius * sin(Double(step) / 25))
        batch.steps.append(metrics)
        for block in 0..<3 {
          var metrics = blockMetrics(arm, step, block + 2, isMasked: arm == 1, seed: 0)
          metrics.block = Int32(block)
          batch.blocks.append(metrics)
        }
      }
    }
    _ = reduce(&state, .run(batch))
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
      kind: kind, arm: arm, step: step,
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
    _ configuration: RunConfiguration, steps range: ClosedRange<Int>, run: Int = 1, seed: Int = 0
  ) -> RunBatch {
    var batch = RunBatch(run: run)
    if range.lowerBound == 1, seed == 0 { batch.events.append(.started(summary(configuration))) }
    for arm in configuration.arms.indices {
      let specification = configuration.arms[arm]
      let isMasked = specification.wrapper != nil && !specification.isMatched
      if range.lowerBound == 1 {
        batch.events.append(
          .evaluated(arm: arm, seed: seed, record(configuration, arm: arm, step: 0, seed: seed)))
      }
      for step in range {
        batch.steps.append(
          metrics(configuration, arm: arm, step: step, isMasked: isMasked, seed: seed))
        for block in blocks.indices {
          batch.blocks.append(blockMetrics(arm, step, block, isMasked: isMasked, seed: seed))
        }
        if configuration.evaluates(after: step) {
          batch.events.append(
            .evaluated(
              arm: arm, seed: seed, record(configuration, arm: arm, step: step, seed: seed)))
        }
      }
      if range.upperBound == configuration.steps {
        var last = record(configuration, arm: arm, step: range.upperBound, seed: seed)
        last.final = true
        batch.events.append(.armFinished(arm: arm, seed: seed, last))
      }
    }
    if range.upperBound == configuration.steps, seed == configuration.seeds - 1 {
      batch.events.append(.finished(.completed))
    }
    return batch
  }

  private static func metrics(
    _ configuration: RunConfiguration, arm: Int, step: Int, isMasked: Bool, seed: Int
  ) -> StepMetrics {
    let rate = 1e-3 * configuration.schedule.factor(step: step, of: configuration.steps)
    let noisy = loss(arm, step, seed: seed) + 0.15 * noise(arm, step + seed)
    return StepMetrics(
      arm: arm, seed: seed, step: step, loss: Float(noisy), learningRate: Float(rate),
      effectiveLearningRate: Float(isMasked ? rate * 0.277 : rate), gradientNorm: 1,
      alignment: isMasked ? Float(0.43 + 0.08 * noise(arm + 3, step)) : .nan,
      scale: isMasked ? 0.554 : .nan,
      maskRate: isMasked ? Float(0.5 + 0.1 * noise(arm + 7, step)) : .nan,
      cpuSeconds: Double(step) * (0.016 + 0.0003 * Double(arm)),
      wallSeconds: Double(step) * 0.0165)
  }

  private static func blockMetrics(
    _ arm: Int, _ step: Int, _ block: Int, isMasked: Bool, seed: Int
  ) -> BlockMetrics {
    guard isMasked, blocks[block].isMaskable else {
      return BlockMetrics(
        arm: arm, seed: seed, step: step, block: block, updateNorm: 0.02 + 0.001 * Float(block),
        distance: 0.01 * Float(step), weightNorm: 2 + 0.1 * Float(block))
    }
    let alignment = 0.43 + 0.4 * noise(step * 31 + block, arm) * noise(step, block * 7)
    return BlockMetrics(
      arm: arm, seed: seed, step: step, block: block,
      keptShare: noise(step, block) > 0 ? 1 : 0, alignment: Float(alignment), score: 0.55,
      scale: Float(0.554 + 0.02 * noise(block, 3)), updateNorm: 0.01 + 0.0005 * Float(block),
      distance: 0.006 * Float(step), weightNorm: 2 + 0.1 * Float(block))
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
