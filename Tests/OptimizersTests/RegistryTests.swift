import Optimizers
import RunModel
import Testing

@Suite struct RegistryTests {
  /// The defaults that records and scripts rely on.
  @Test(arguments: [
    ("sgd", ["lr": 0.1, "momentum": 0, "wd": 0]),
    ("rmsprop", ["lr": 1e-3, "alpha": 0.99, "eps": 1e-8, "momentum": 0, "wd": 0]),
    ("adam", ["lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "wd": 0]),
    ("adamw", ["lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "wd": 0.01]),
    ("cadamw", ["lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "wd": 0.01]),
    ("laprop", ["lr": 4e-4, "beta1": 0.9, "beta2": 0.999, "eps": 1e-15, "wd": 0]),
    ("lion", ["lr": 1e-4, "beta1": 0.9, "beta2": 0.99, "wd": 0]),
    ("muon", ["lr": 0.02, "momentum": 0.95, "steps": 5, "wd": 0, "auxlr": 1e-3]),
    ("skip(adam)", ["mask": 0.5]), ("damp(adam)", ["tau": 2, "s0": 0.5, "ema": 0.9, "beta": 0.9]),
    ("magma(adam)", ["mask": 0.5, "tau": 2, "s0": 0.5, "ema": 0.9, "beta": 0.9]),
  ])
  func defaultsAreTheContracts(_ arm: String, _ defaults: [String: Double]) throws {
    let specification = try OptimizerRegistry.arm(arm)
    for (key, value) in defaults.sorted(by: { $0.key < $1.key }) {
      #expect(specification.number(key) == value, "\(arm) \(key)")
    }
  }

  @Test(arguments: [
    ("skip(adam)", "rescale", "keep"), ("magma(adam)", "rescale", "none"),
    ("magma(adam)", "scope", "workload"), ("magma(adam)", "grain", "tensor"),
    ("magma(adam)", "moments", "dense"), ("magma(adam)", "decay", "inside"),
    ("magma(adam)", "mu", "after"), ("adam", "decayOn", "all"),
  ])
  func choicesDefaultToTheContracts(_ arm: String, _ key: String, _ value: String) throws {
    #expect(try OptimizerRegistry.arm(arm).choice(key) == value)
  }

  @Test func everyDescriptionIsCompleteAndEveryDefaultAllowed() {
    let catalog = OptimizerRegistry.catalog
    for descriptor in catalog.bases + catalog.wrappers {
      #expect(!descriptor.summary.isEmpty && !descriptor.equation.isEmpty)
      #expect(!descriptor.paper.isEmpty)
      if let key = descriptor.expensiveStepKey {
        #expect(descriptor.hyperparameter(key) != nil, "\(descriptor.name) has no '\(key)'")
      }
      let settings = descriptor.hyperparameters + catalog.sharedBaseSettings
      #expect(Set(settings.map(\.key)).count == settings.count, "\(descriptor.name) repeats a key")
      #expect(!descriptor.group.isEmpty)
      for setting in settings {
        let text = setting.defaultValue.description
        #expect(
          setting.value(from: text) == setting.defaultValue, "\(descriptor.name) \(setting.key)")
        #expect(!setting.summary.isEmpty)
      }
    }
  }
}
