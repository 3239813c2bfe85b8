import ArgumentParser
import Checkpoints
import Optimizers
import Presets
import RunModel
import Workloads

/// The flags that choose what is trained; the same for every command that trains.
struct SelectionOptions: ParsableArguments {
  @Option(help: "Preset by name, or a .yaml file (default: first-look).")
  var preset: String?

  @Option(
    name: .customLong("arm"),
    help: "An optimizer, e.g. adam:lr=1e-3 or 'magma(adam)'; repeat it. Replaces the preset's.")
  var arms: [String] = []

  @Option(help: "Train on the bytes of this file, or - for standard input.")
  var text: String?

  @Option(
    help: ArgumentHelp(
      "Start from the weights of this checkpoint, a folder as Hugging Face writes it.",
      valueName: "dir"))
  var from: String?

  @Option(help: "What to train: language, quadratic, noise, ...")
  var workload: String?

  @Option(help: "Model size: nano, micro, tiny or small.")
  var model: ModelSize?

  @OptionGroup var modelFlags: ModelFlags

  @Option(help: "Steps to train; also the length of the schedule.")
  var steps: Int?

  @Option(help: "Learning-rate schedule: constant or cosine.")
  var schedule: ScheduleConfiguration.Kind?

  @Option(help: "Warm-up in steps, or a percentage of them: 100 or 10%.")
  var warmup: String?

  @Option(help: "Largest gradient norm, or none.")
  var clip: String?

  @Option(help: "Steps between evaluations (default: a twentieth of the run).")
  var evalEvery: Int?

  @Option(help: "Seed of weights, batches and coins (default: 0).")
  var seed: UInt64?

  @Option(help: "Paired seeds to run (default: 1).")
  var seeds: Int?

  @Option(help: "Maximum threads (default: all cores).")
  var threads: Int?

  @Flag(name: .customLong("no-observe"), help: "Leave alignment out where nothing is masked.")
  var leavesAlignmentOut = false

  @Option(name: .customLong("set"), help: "A setting of the workload: KEY=VALUE; repeat it.")
  var settings: [String] = []

  /// Whether no flag was given.
  var isEmpty: Bool {
    preset == nil && (try? fields()) == PresetFields()
  }

  /// Whether no flag was given but the one that changes no number.
  var isEmptyButThreads: Bool {
    var copy = self
    copy.threads = nil
    return copy.isEmpty
  }

  /// The complete run: flags over the preset over the defaults.
  func configuration(library: PresetLibrary) throws -> RunConfiguration {
    let name = preset ?? "first-look"
    let builder = ConfigurationBuilder(
      catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
    let presetFields = try library.fields(name)
    var flags = try fields()
    if flags.workload != nil, flags.workload != presetFields.workload {
      flags = try fields().keepingNothingOf(presetFields)
      return try builder.build(flags, category: .usage)
    }
    if let directory = flags.from ?? presetFields.from {
      return try builder.build(
        try Self.starting(from: directory, presetFields, flags), category: .usage)
    }
    // The preset by itself first, so that its own mistakes are reported as the file's.
    _ = try builder.build(presetFields, category: .input)
    let merged = Self.withoutForeignWords(presetFields.overridden(by: flags), flags)
    return try builder.build(merged, category: .usage)
  }

  /// The model is the checkpoint's; how much of a text it reads at once, and what its products are
  /// rounded to, is still to be chosen.
  private static func starting(
    from directory: String, _ preset: PresetFields, _ flags: PresetFields
  ) throws(RunError) -> PresetFields {
    let checkpoint = try ModelFolder.description(of: directory).model
    var merged = withoutForeignWords(preset.overridden(by: flags), flags)
    var model = checkpoint
    let chosen = merged.model.configuration
    model.context = min(chosen.context, checkpoint.context)
    (model.batch, model.precision) = (chosen.batch, chosen.precision)
    for setting in ModelSetting.all {
      if let value = flags.model.values[setting.key], value != setting.value(of: model) {
        throw RunError(
          .usage, "the checkpoint's is \(setting.value(of: checkpoint))",
          place: "--\(setting.flag)",
          remedy: "leave it out with --from")
      }
    }
    guard flags.model.size == nil else {
      throw RunError(
        .usage, "the checkpoint has its own size", place: "--model",
        remedy: "leave it out with --from")
    }
    merged.from = directory
    merged.model.size = nil
    for setting in ModelSetting.all {
      merged.model.values[setting.key] = setting.value(of: model)
    }
    return merged
  }

  /// What a preset says is about its own arms, model and length, and holds for no others.
  private static func withoutForeignWords(_ merged: PresetFields, _ flags: PresetFields)
    -> PresetFields
  {
    var merged = merged
    // What is wrong with the two together is a mistake of the flags.
    merged.source = ""
    let isAnother = flags.arms != nil || flags.model != .init() || !flags.settings.isEmpty
    if isAnother { merged.title = nil }
    if isAnother || flags.steps != nil || flags.scheduleKind != nil || flags.warmup != nil {
      merged.about = nil
      merged.tunedBy = nil
    }
    return merged
  }

  private func fields() throws -> PresetFields {
    var fields = PresetFields()
    fields.arms = arms.isEmpty ? nil : arms.map { .init(text: $0, place: "--arm") }
    fields.data = try nonEmpty(text, "--text").map { .file($0) }
    fields.workload = workload
    fields.from = from
    fields.model = try modelFields()
    fields.steps = try check(steps, "--steps", FieldLimits.steps)
    fields.scheduleKind = schedule
    fields.warmup = try parsedWarmup()
    fields.clip = try parsedClip()
    fields.evaluateEvery = try check(evalEvery, "--eval-every", FieldLimits.evaluateEvery)
    fields.seed = seed
    fields.seeds = try check(seeds, "--seeds", FieldLimits.seeds)
    fields.threads = try check(threads, "--threads", FieldLimits.threads)
    fields.observes = leavesAlignmentOut ? false : nil
    fields.settings = try settings.map(setting)
    fields.places = places(of: fields)
    return fields
  }

  /// The flags of what is judged only together with the rest.
  private func places(of fields: PresetFields) -> [String: String] {
    let flags = [
      "workload": fields.workload == nil ? nil : "--workload",
      "data": fields.data == nil ? nil : "--text",
      "from": fields.from == nil ? nil : "--from",
      "model": fields.model.values.isEmpty
        ? fields.model.size == nil ? nil : "--model"
        : ModelSetting.all.filter { fields.model[$0.key] != nil }.map { "--" + $0.flag }
          .joined(separator: " "),
    ]
    return flags.compactMapValues(\.self)
  }

  private func modelFields() throws -> PresetFields.ModelFields {
    var model = PresetFields.ModelFields()
    model.size = self.model
    model.values = try modelFlags.values()
    return model
  }

  private func parsedWarmup() throws -> ScheduleConfiguration.Warmup? {
    guard let warmup else { return nil }
    if let parsed = ScheduleConfiguration.Warmup(text: warmup) { return parsed }
    throw RunError(
      .usage, "\(quoted(warmup)) is neither steps nor a share", place: "--warmup",
      remedy: "write for example 100 or 10%")
  }

  private func parsedClip() throws -> PresetFields.Clip? {
    guard let clip else { return nil }
    if clip == "none" { return PresetFields.Clip.none }
    if let norm = decimalNumber(clip), FieldLimits.clip.contains(norm) { return .norm(norm) }
    throw RunError(
      .usage, "\(quoted(clip)) is not a gradient norm", place: "--clip",
      remedy: "write a positive number or none")
  }

  private func setting(_ text: String) throws -> PresetFields.SettingField {
    let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard pair.count == 2 else {
      throw RunError(
        .usage, "\(quoted(text)) is not KEY=VALUE", place: "--set",
        remedy: "write for example --set dimension=8")
    }
    return .init(key: pair[0], text: pair[1], place: "--set")
  }
}

/// `value` if it is not the empty text; else the flag's error.
func nonEmpty(_ value: String?, _ flag: String) throws(RunError) -> String? {
  guard value == "" else { return value }
  throw RunError(.usage, "is empty", place: flag, remedy: "give a name, or leave the flag out")
}

/// `value` if it lies in `range`; else the flag's error.
func check<Value: Comparable>(
  _ value: Value?, _ flag: String, _ range: ClosedRange<Value>
) throws(RunError) -> Value? {
  guard let value, !range.contains(value) else { return value }
  throw RunError(
    .usage, "\(value) is out of range", place: flag,
    remedy: "allowed: \(range.lowerBound)..\(range.upperBound)")
}

extension PresetFields {
  /// These flags for a workload other than the preset's: its arms and budget still stand.
  fileprivate func keepingNothingOf(_ preset: PresetFields) -> PresetFields {
    var fields = self
    fields.arms = arms ?? preset.arms
    fields.steps = steps ?? preset.steps
    fields.scheduleKind = scheduleKind ?? preset.scheduleKind
    fields.warmup = warmup ?? preset.warmup
    fields.scheduleFloor = scheduleFloor ?? preset.scheduleFloor
    fields.clip = clip ?? preset.clip
    return fields
  }
}

extension ModelSize: ExpressibleByArgument {}
extension ModelConfiguration.Precision: ExpressibleByArgument {}
extension ScheduleConfiguration.Kind: ExpressibleByArgument {}
