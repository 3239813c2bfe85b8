/// What the program knows of one workload before any training: name, purpose, words, settings.
package struct WorkloadDescriptor: Sendable, Codable, Hashable {
  package var name: String
  package var summary: String
  /// Where the set-up comes from.
  package var source: String
  /// Whether it takes a `model:` and text data.
  package var isLanguage: Bool
  package var lossUnit: LossUnit
  /// What the loss curves show: `loss, nats per token`.
  package var lossCaption: String
  package var hyperparameters: [Hyperparameter]

  package init(
    name: String, summary: String, source: String, isLanguage: Bool = false,
    lossUnit: LossUnit = .none, lossCaption: String = "held-out loss",
    hyperparameters: [Hyperparameter]
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.isLanguage = isLanguage
    self.lossUnit = lossUnit
    self.lossCaption = lossCaption
    self.hyperparameters = hyperparameters
  }

  /// Every setting at its default.
  package var defaults: [String: SettingValue] {
    Dictionary(uniqueKeysWithValues: hyperparameters.map { ($0.key, $0.defaultValue) })
  }

  /// The loss that is judged, in two words.
  package var judgedLoss: String { isLanguage ? "val loss" : "held-out loss" }

  /// What is read when no file is named.
  package var builtInData: String {
    isLanguage ? "the built-in language" : "its built-in data"
  }

  /// What learns: a model of `size`, or the workload itself.
  package func learner(size: String) -> String {
    isLanguage ? "\(size) model" : "\(name) workload"
  }
}

extension RunConfiguration {
  /// The description of the run's workload; of a name that nobody knows, one that claims nothing.
  package var descriptor: WorkloadDescriptor {
    WorkloadDescriptor.named(workload)
      ?? WorkloadDescriptor(name: workload, summary: "", source: "", hyperparameters: [])
  }

  package var lossUnit: LossUnit { descriptor.lossUnit }
  package var lossCaption: String { descriptor.lossCaption }
}
