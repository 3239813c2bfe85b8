import Checkpoints
import Optimizers
import RunModel
import TensorKernels

/// A model of the built-in language, and the shifted language it is fine-tuned to.
///
/// Both languages have exact floors, so that what an optimizer gains on the new one and forgets of the
/// old one are two distances to known ends. The base model is trained here: Adam with a cosine
/// schedule and a tenth of warm-up, a function of its steps, its seed and the model alone.
struct FineTuning {
  /// The new language: what is trained on and judged.
  let data: LanguageData
  /// The old language, for what is forgotten.
  let base: LanguageData
  private let model: ModelConfiguration
  private let steps: Int
  private let seed: UInt64
  private let cache: DataCache

  private static let arm = "adam:lr=3e-3"

  /// Nil where the run is no fine-tuning.
  ///
  /// - Throws: `RunError(.usage)` for settings that do not go with it.
  init?(_ configuration: RunConfiguration, cache: DataCache) throws(RunError) {
    let settings = try WorkloadSettings(.language, configuration)
    guard settings.flag("finetune") else { return nil }
    guard configuration.data == .builtIn, configuration.from == nil,
      settings.choice("tokenizer") == "byte"
    else {
      throw RunError(
        .usage, "finetune works with the built-in language, read byte by byte", place: "--set",
        remedy: "leave out --text, --from and tokenizer; to fine-tune on a text of your own, give "
          + "--from and --text without it")
    }
    let language = BuiltInLanguage.shifted(by: settings.number("shift"))
    base = try LanguageData(
      corpus: Corpus(
        bytes: BuiltInLanguage.standardText(cache: cache), place: "built-in language"),
      tokenizer: ByteTokenizer(), model: configuration.model, language: .standard, cache: cache)
    data = try LanguageData(
      corpus: Corpus(
        bytes: language.text(cache: cache),
        place: "built-in language shifted by \(compactDecimal(settings.number("shift")))"),
      tokenizer: ByteTokenizer(), model: configuration.model, language: language, cache: cache)
    model = configuration.model
    steps = settings.integer("baseSteps")
    seed = UInt64(settings.integer("baseSeed"))
    self.cache = cache
  }

  /// The base model, from the cache when the same was trained before.
  func weights() throws(RunError) -> [Float] {
    let source = LanguageSource(data: base, model: model)
    var optimizer = try ArmOptimizer(
      try Self.parsedArm(), layout: source.layout, observation: .nowhere)
    let model = ModelSetting.all.map { "\($0.key)=\($0.value(of: source.configuration.model))" }
    let recipe = model + [Self.arm, "\(steps)", "\(seed)", "\(KernelLevel.current)"]
    let key = "base-" + ContentHash(Array(recipe.joined(separator: ";").utf8)).text
    return cache.values(key, isValid: { $0.count == source.layout.count }) {
      Self.train(source, &optimizer, steps: steps, seed: seed)
    }
  }

  private static func parsedArm() throws(RunError) -> ArmSpecification {
    do {
      return try ArmGrammar(catalog: OptimizerRegistry.catalog).parse(arm)
    } catch {
      throw .unexpected(error.description)
    }
  }

  private static func train(
    _ source: LanguageSource, _ optimizer: inout ArmOptimizer, steps: Int, seed: UInt64
  ) -> [Float] {
    let workload = source.makeWorkload(threads: 2)
    let schedule = ScheduleConfiguration(kind: .cosine, warmup: .share(0.1))
    var weights = [Float](repeating: 0, count: source.layout.count)
    var gradients = weights
    Self.initialize(&weights, workload, seed)
    for step in 1...steps {
      Self.fill(&gradients, workload, at: weights, BatchKey(seed: seed, step: step))
      Self.move(
        &weights, &optimizer, gradients,
        StepContext(
          step: step, scheduleFactor: schedule.factor(step: step, of: steps), seed: seed))
    }
    return weights
  }

  private static func initialize(_ weights: inout [Float], _ workload: any Workload, _ seed: UInt64)
  {
    var span = weights.mutableSpan
    workload.initialize(&span, seed: seed)
  }

  private static func fill(
    _ gradients: inout [Float], _ workload: any Workload, at weights: [Float], _ key: BatchKey
  ) {
    var span = gradients.mutableSpan
    _ = workload.lossAndGradient(parameters: weights.span, gradients: &span, batch: key)
  }

  private static func move(
    _ weights: inout [Float], _ optimizer: inout ArmOptimizer, _ gradients: [Float],
    _ context: StepContext
  ) {
    var span = weights.mutableSpan
    optimizer.step(parameters: &span, gradients: gradients.span, context: context)
  }
}
