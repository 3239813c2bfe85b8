import RunModel

/// What a preset or the command line says of a run; nil is "not said here".
///
/// Fields of the command line laid over those of a preset, laid over the defaults, give a run.
package struct PresetFields: Sendable, Equatable {
  /// The file or preset that says all this, for messages; empty on the command line.
  package var source = ""
  /// Where keys were written, `file:line` or the flag, for messages.
  package var places: [String: String] = [:]
  package var title: String?
  package var about: String?
  package var tunedBy: String?
  package var workload: String?
  package var data: RunConfiguration.DataSource?
  package var model = ModelFields()
  package var from: String?
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
  package var observes: Bool?
  package var arms: [ArmField]?
  /// Of a `run.yaml`: the letters its arms were given, in order.
  package var letters: [String]?
  /// Of a `run.yaml`: the print of its text.
  package var textPrint: String?

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

  /// A ready size, and the settings that are said one by one.
  package struct ModelFields: Sendable, Equatable {
    package var size: ModelSize?
    package var values: [String: SettingValue] = [:]

    package init() {}

    package subscript(key: String) -> SettingValue? {
      get { values[key] }
      set { values[key] = newValue }
    }
  }

  /// These fields with everything that `other` says in place of what they say.
  ///
  /// A size named by `other` replaces the numbers said here, not only the size; arms are replaced
  /// together; settings are replaced key by key.
  package func overridden(by other: PresetFields) -> PresetFields {
    var merged = self
    merged.places.merge(other.places) { $1 }
    merged.title = other.title ?? title
    merged.about = other.about ?? about
    merged.workload = other.workload ?? workload
    merged.data = other.data ?? data
    merged.model = model.overridden(by: other.model)
    merged.tunedBy = other.tunedBy ?? tunedBy
    merged.from = other.from ?? from
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
    merged.observes = other.observes ?? observes
    merged.arms = other.arms ?? arms
    if other.data != nil { merged.textPrint = other.textPrint }
    // Other arms have other letters.
    merged.letters = other.arms == nil ? other.letters ?? letters : other.letters
    return merged
  }
}

extension PresetFields.ModelFields {
  /// A size replaces all numbers said before it, but not the family or what belongs to it.
  fileprivate func overridden(by other: Self) -> Self {
    var merged = self
    if let size = other.size {
      merged.size = size
      for setting in ModelSetting.all where setting.isPartOfSize { merged[setting.key] = nil }
    }
    merged.values.merge(other.values) { $1 }
    return merged
  }

  /// The model these fields describe: the size's numbers (micro when none is named), then their own.
  package var configuration: ModelConfiguration {
    ModelConfiguration(size: size, values: values)
  }
}
