import Presets
import RunModel

/// A small catalog, so that these tests do not depend on which optimizers exist.
enum Catalogs {
  static let rate = Hyperparameter(
    "lr", "learning rate", .number(default: 1e-3, range: 0...10, scale: .logarithmic), isLive: true)
  static let mask = Hyperparameter(
    "mask", "mask probability", .number(default: 0.5, range: 0...0.999, scale: .linear))

  static let optimizers = OptimizerCatalog(
    bases: [descriptor("adam", .base, [rate]), descriptor("sgd", .base, [rate])],
    wrappers: [descriptor("magma", .wrapper, [mask])],
    sharedBaseSettings: [], sharedWrapperSettings: [])

  static let workloads = [
    WorkloadDescriptor(
      name: "language", summary: "", source: "", isLanguage: true, hyperparameters: []),
    WorkloadDescriptor(
      name: "quadratic", summary: "", source: "", isLanguage: false,
      hyperparameters: [
        Hyperparameter(
          "arrangement", "", .choice(default: "grouped", allowed: ["grouped", "mixed"]))
      ]),
  ]

  static let builder = ConfigurationBuilder(catalog: optimizers, workloads: workloads)

  static func read(_ text: String) throws -> RunConfiguration {
    try builder.build(try PresetReader(file: "test.yaml").read(text), category: .input)
  }

  private static func descriptor(
    _ name: String, _ kind: OptimizerDescriptor.Kind, _ settings: [Hyperparameter]
  ) -> OptimizerDescriptor {
    OptimizerDescriptor(
      name: name, kind: kind, summary: "", equation: "", paper: "", hyperparameters: settings,
      stateBytesPerElement: 8)
  }
}
