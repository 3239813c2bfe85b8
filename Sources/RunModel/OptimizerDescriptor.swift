/// Where the first moment of a base comes from on matrices: what an alignment compares.
package enum MomentumSource: Sendable, Codable, Hashable {
  /// The base keeps none; an average of the gradient stands in for it.
  case none
  /// A buffer that keeps the share `key` of its past each step.
  case buffer(key: String)
  /// The same, but left out where `key` is 0.
  case bufferUnlessZero(key: String)
}

/// What the program knows of one optimizer before any training: name, source, settings.
package struct OptimizerDescriptor: Sendable, Codable, Hashable {
  package enum Kind: String, Sendable, Codable, Hashable {
    /// Turns a gradient into a displacement: `adam`.
    case base
    /// Masks or damps the displacement of any base, block by block: `magma(adam)`.
    case wrapper
  }

  package var name: String
  package var kind: Kind
  /// One sentence: what it does.
  package var summary: String
  /// The update rule in plain text.
  package var equation: String
  /// Authors, year, identifier.
  package var paper: String
  package var hyperparameters: [Hyperparameter]
  /// Bytes of optimizer state an element costs (matrices; an estimate in words stays in `summary`).
  package var stateBytesPerElement: Double
  package var momentum: MomentumSource
  /// The setting with the steps between two expensive ones; nil: all cost alike.
  package var expensiveStepKey: String?
  /// The heading it is listed under.
  package var group: String

  package init(
    name: String, kind: Kind, summary: String, equation: String, paper: String,
    hyperparameters: [Hyperparameter], stateBytesPerElement: Double,
    momentum: MomentumSource = .none, expensiveStepKey: String? = nil, group: String = "bases"
  ) {
    self.name = name
    self.kind = kind
    self.summary = summary
    self.equation = equation
    self.paper = paper
    self.hyperparameters = hyperparameters
    self.stateBytesPerElement = stateBytesPerElement
    self.momentum = momentum
    self.expensiveStepKey = expensiveStepKey
    self.group = group
  }

  package func hyperparameter(_ key: String) -> Hyperparameter? {
    hyperparameters.first { $0.key == key }
  }
}

/// Every optimizer the program has, in the order they are listed to users.
package struct OptimizerCatalog: Sendable {
  package var bases: [OptimizerDescriptor]
  package var wrappers: [OptimizerDescriptor]
  /// Settings that every base takes beside its own (per-role rate factors, `decayOn`).
  package var sharedBaseSettings: [Hyperparameter]
  /// Settings that every wrapper takes beside its own (`scope`, `grain`, `moments`, `decay`).
  package var sharedWrapperSettings: [Hyperparameter]

  package init(
    bases: [OptimizerDescriptor], wrappers: [OptimizerDescriptor],
    sharedBaseSettings: [Hyperparameter], sharedWrapperSettings: [Hyperparameter]
  ) {
    self.bases = bases
    self.wrappers = wrappers
    self.sharedBaseSettings = sharedBaseSettings
    self.sharedWrapperSettings = sharedWrapperSettings
  }

  package func base(_ name: String) -> OptimizerDescriptor? { bases.first { $0.name == name } }
  package func wrapper(_ name: String) -> OptimizerDescriptor? {
    wrappers.first { $0.name == name }
  }

  /// The settings that apply to `wrapper(base)`, base's first, in listing order, each key once.
  package func settings(base: String, wrapper: String?) -> [Hyperparameter] {
    var settings = (self.base(base)?.hyperparameters ?? []) + sharedBaseSettings
    if let wrapper, let descriptor = self.wrapper(wrapper) {
      settings += descriptor.hyperparameters + sharedWrapperSettings
    }
    var seen: Set<String> = []
    return settings.filter { seen.insert($0.key).inserted }
  }
}
