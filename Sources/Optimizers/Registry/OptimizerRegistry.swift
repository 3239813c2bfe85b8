import RunModel
import TensorKernels

/// Every optimizer of the program: its description, and for a base how to make one.
///
/// The arm grammar, command-line help, set-up form, preset schema and the shared test battery are all
/// derived from this list; adding a base is one file in `Bases` and one line here.
package enum OptimizerRegistry {
  struct Entry: Sendable {
    var descriptor: OptimizerDescriptor
    var type: any GradientTransformation.Type
  }

  static let bases: [Entry] = [
    Entry(descriptor: SGD.descriptor, type: SGD.self),
    Entry(descriptor: TAM.descriptor, type: TAM.self),
    Entry(descriptor: RMSProp.descriptor, type: RMSProp.self),
    Entry(descriptor: Adam.descriptor, type: Adam.self),
    Entry(descriptor: AdamW.descriptor, type: AdamW.self),
    Entry(descriptor: CautiousAdamW.descriptor, type: CautiousAdamW.self),
    Entry(descriptor: LaProp.descriptor, type: LaProp.self),
    Entry(descriptor: Lion.descriptor, type: Lion.self),
    Entry(descriptor: Adafactor.descriptor, type: Adafactor.self),
    Entry(descriptor: Muon.descriptor, type: Muon.self),
    Entry(descriptor: NorMuon.descriptor, type: NorMuon.self),
    Entry(descriptor: SOAP.descriptor, type: SOAP.self),
    Entry(descriptor: APOLLO.descriptor, type: APOLLO.self),
  ]

  /// All metadata, in the order it is listed to users.
  package static let catalog = OptimizerCatalog(
    bases: bases.map(\.descriptor), wrappers: Wrapper.all.map(\.descriptor),
    sharedBaseSettings: sharedBaseSettings, sharedWrapperSettings: Setting.shared)

  static func base(_ name: String) -> Entry? { bases.first { $0.descriptor.name == name } }

  /// Reads an arm as the command line and presets write it.
  package static func arm(_ text: String) throws(ArmError) -> ArmSpecification {
    try ArmGrammar(catalog: catalog).parse(text)
  }

  private static let sharedBaseSettings: [Hyperparameter] =
    BlockRole.allCases.map { role in
      .number(roleFactorKey(role), "factor on the rate of \(role.rawValue) blocks", 1, 0...1000)
    } + [
      .choice(
        "decayOn", "which blocks weight decay acts on: all, or those of two dimensions", "all",
        ["all", "matrices"])
    ]

  /// `lrEmbedding`, `lrAttention`, `lrMlp`, `lrNorm`, `lrHead`.
  static func roleFactorKey(_ role: BlockRole) -> String {
    switch role {
    case .embedding: "lrEmbedding"
    case .attention: "lrAttention"
    case .mlp: "lrMlp"
    case .norm: "lrNorm"
    case .head: "lrHead"
    }
  }
}
