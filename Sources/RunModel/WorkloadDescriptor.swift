/// What the program knows of one workload before any training: name, purpose, settings.
package struct WorkloadDescriptor: Sendable, Codable, Hashable {
  package var name: String
  package var summary: String
  /// Where the set-up comes from.
  package var source: String
  /// Whether it takes a `model:` and text data.
  package var isLanguage: Bool
  package var hyperparameters: [Hyperparameter]

  package init(
    name: String, summary: String, source: String, isLanguage: Bool,
    hyperparameters: [Hyperparameter]
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.isLanguage = isLanguage
    self.hyperparameters = hyperparameters
  }

  /// Every setting at its default.
  package var defaults: [String: SettingValue] {
    Dictionary(uniqueKeysWithValues: hyperparameters.map { ($0.key, $0.defaultValue) })
  }
}
