import RunModel

/// Every workload the program has: what it is called, what can be set, and how it is made.
package enum WorkloadRegistry {
  /// In the order they are listed to users.
  package static let descriptors = WorkloadDescriptor.all

  package static func descriptor(_ name: String) -> WorkloadDescriptor? {
    WorkloadDescriptor.named(name)
  }

  /// Reads the data and prepares all that the arms of a seed share.
  ///
  /// What a workload draws for itself (the quadratic's rotations, the inputs of the class imbalance)
  /// is a function of `configuration.seed`; `seeded` gives the source of another seed.
  ///
  /// - Throws: `RunError(.usage)` for an unknown workload or setting, `.input` for bad data.
  package static func source(
    for configuration: RunConfiguration
  ) throws(RunError) -> any WorkloadSource {
    try draft(for: configuration).trained()
  }

  /// The source before anything is trained, for those who only ask about blocks, data and costs.
  package static func draft(
    for configuration: RunConfiguration
  ) throws(RunError) -> any WorkloadSource {
    switch configuration.workload {
    case WorkloadDescriptor.language.name: try LanguageSource(configuration)
    case WorkloadDescriptor.quadratic.name: try QuadraticSource(configuration)
    case WorkloadDescriptor.noise.name: try NoiseSource(configuration)
    case WorkloadDescriptor.linearTransformer.name:
      try LinearTransformerSource(configuration)
    case WorkloadDescriptor.classImbalance.name:
      try ClassImbalanceSource(configuration)
    default: throw unknown(configuration.workload)
    }
  }

  private static func unknown(_ name: String) -> RunError {
    let names = descriptors.map(\.name)
    return RunError(
      .usage, "unknown workload '\(name)'" + suggestion(for: name, among: names),
      place: "--workload", remedy: "choose one of " + names.joined(separator: ", "))
  }
}
