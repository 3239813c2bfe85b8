import RunModel

/// What a preset or the command line says of a run; nil is "not said here".
///
/// Fields of the command line laid over those of a preset, laid over the defaults, give a run.
package struct PresetFields: Sendable, Equatable {
  package var title: String?
  package var about: String?
  package var workload: String?
  package var data: RunConfiguration.DataSource?
  package var model = ModelFields()
  package var settings: [SettingField] = []
  package var steps: Int?
  package var scheduleKind: ScheduleConfiguration.Kind?
  package var warmup: ScheduleConfiguration.Warmup?
  package var scheduleFloor: Double?
  package var clip: Clip?
  package var evaluateEvery: Int?
  package var seed: UInt64?
  package var seeds: Int?
  package var threads: Int?
  package var arms: [ArmField]?

  package init() {}

  /// A largest gradient norm, or the explicit wish for none.
  package enum Clip: Sendable, Equatable {
    case none
    case norm(Double)
  }

  /// One `KEY=VALUE` of the workload, with the place it was written for messages.
  package struct SettingField: Sendable, Equatable {
    package var key: String
    package var text: String
    package var place: String

    package init(key: String, text: String, place: String) {
      self.key = key
      self.text = text
      self.place = place
    }
  }

  /// One arm as written, with its place.
  package struct ArmField: Sendable, Equatable {
    package var text: String
    package var place: String

    package init(text: String, place: String) {
      self.text = text
      self.place = place
    }
  }

  package struct ModelFields: Sendable, Equatable {
    package var size: ModelSize?
    package var layers: Int?
    package var width: Int?
    package var heads: Int?
    package var ffn: Int?
    package var context: Int?
    package var batch: Int?
    package var architecture: ModelConfiguration.Architecture?
    package var head: ModelConfiguration.Head?
    package var attentionCap: Double?
    package var logitCap: Double?

    package init() {}
  }

  /// These fields with everything that `other` says in place of what they say.
  ///
  /// A size named by `other` replaces the numbers said here, not only the size; arms are replaced
  /// together; settings are replaced key by key.
  package func overridden(by other: PresetFields) -> PresetFields {
    var merged = self
    merged.title = other.title ?? title
    merged.about = other.about ?? about
    merged.workload = other.workload ?? workload
    merged.data = other.data ?? data
    merged.model = model.overridden(by: other.model)
    let replaced = Set(other.settings.map(\.key))
    merged.settings = settings.filter { !replaced.contains($0.key) } + other.settings
    merged.steps = other.steps ?? steps
    merged.scheduleKind = other.scheduleKind ?? scheduleKind
    merged.warmup = other.warmup ?? warmup
    merged.scheduleFloor = other.scheduleFloor ?? scheduleFloor
    merged.clip = other.clip ?? clip
    merged.evaluateEvery = other.evaluateEvery ?? evaluateEvery
    merged.seed = other.seed ?? seed
    merged.seeds = other.seeds ?? seeds
    merged.threads = other.threads ?? threads
    merged.arms = other.arms ?? arms
    return merged
  }
}

extension PresetFields.ModelFields {
  fileprivate func overridden(by other: Self) -> Self {
    var merged = other.size == nil ? self : Self()
    merged.size = other.size ?? size
    merged.layers = other.layers ?? merged.layers
    merged.width = other.width ?? merged.width
    merged.heads = other.heads ?? merged.heads
    merged.ffn = other.ffn ?? merged.ffn
    merged.context = other.context ?? merged.context
    merged.batch = other.batch ?? merged.batch
    merged.architecture = other.architecture ?? architecture
    merged.head = other.head ?? head
    merged.attentionCap = other.attentionCap ?? attentionCap
    merged.logitCap = other.logitCap ?? logitCap
    return merged
  }

  /// The model these fields describe: the size's numbers (micro when none is named), then their own.
  package var configuration: ModelConfiguration {
    var model = ModelConfiguration(size: size ?? .micro)
    model.layers = layers ?? model.layers
    model.width = width ?? model.width
    model.heads = heads ?? model.heads
    model.ffn = ffn ?? model.ffn
    model.context = context ?? model.context
    model.batch = batch ?? model.batch
    model.architecture = architecture ?? model.architecture
    model.head = head ?? (model.architecture == .gemma ? .tied : .untied)
    (model.attentionCap, model.logitCap) = (attentionCap, logitCap)
    if let size, model != sized(size, like: model) { model.size = nil }
    if size == nil, model != sized(.micro, like: model) { model.size = nil }
    return model
  }

  private func sized(_ size: ModelSize, like model: ModelConfiguration) -> ModelConfiguration {
    var pure = ModelConfiguration(size: size)
    pure.architecture = model.architecture
    pure.head = model.head
    (pure.attentionCap, pure.logitCap) = (model.attentionCap, model.logitCap)
    return pure
  }
}
