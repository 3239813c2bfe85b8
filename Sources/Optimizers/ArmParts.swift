import RunModel
import TensorKernels

/// An arm's specification taken apart: the base's type, typed settings, the mask.
///
/// To be had only where the settings are complete, allowed, and free of contradiction on the layout.
struct ArmParts {
  let type: any GradientTransformation.Type
  let settings: Settings
  let masks: MaskSettings?
  private let specification: ArmSpecification

  init(_ specification: ArmSpecification, layout: TensorLayout) throws(RunError) {
    self.specification = specification
    guard let entry = OptimizerRegistry.base(specification.base) else {
      throw RunError(
        .usage,
        "there is no optimizer '\(specification.base)'"
          + suggestion(
            for: specification.base, among: OptimizerRegistry.bases.map(\.descriptor.name)),
        remedy: "see `magmascope optimizers`")
    }
    try Self.checkValues(specification)
    type = entry.type
    settings = Settings(values: specification.values)
    masks = specification.wrapper.flatMap(WrapperKind.init(rawValue:)).map {
      [settings] in MaskSettings($0, settings)
    }
    guard let masks else { return }
    try check(masks, layout)
    _ = try Scope.select(settings.text("scope"), in: layout)
  }

  /// Every setting of the catalog is there, of its kind and within its range.
  private static func checkValues(_ specification: ArmSpecification) throws(RunError) {
    let settings = OptimizerRegistry.catalog.settings(
      base: specification.base, wrapper: specification.wrapper)
    for setting in settings {
      guard let value = specification.values[setting.key] else {
        throw RunError(
          .usage, "arm '\(specification.text)' says nothing of '\(setting.key)'",
          remedy: "allowed: \(setting.allowed)")
      }
      guard setting.value(from: value.description) == value else {
        throw RunError(
          .usage, "arm '\(specification.text)': \(setting.key)=\(value) is not allowed",
          remedy: "allowed: \(setting.allowed)")
      }
    }
  }

  private func check(_ masks: MaskSettings, _ layout: TensorLayout) throws(RunError) {
    if masks.isSparse { try checkSparse(masks) }
    if masks.kind == .cautious || masks.kind == .damp, masks.grain != .tensor {
      throw refusal(
        "grain=\(masks.grain.rawValue) needs a coin, and \(masks.kind.rawValue) tosses none",
        "leave grain out, or use skip, magma or sample")
    }
    if masks.decaysOutside, type.decayStyle == .coupled, settings.number("wd") > 0 {
      throw refusal(
        "decay=outside needs decoupled weight decay; \(specification.base)'s is part of its gradient",
        "use adamw, or leave decay out")
    }
    if masks.grain == .head, !layout.entries.contains(where: { $0.block.heads != nil }) {
      throw refusal(
        "grain=head needs attention blocks whose number of heads is known",
        "use grain=row or grain=tensor here")
    }
  }

  private func checkSparse(_ masks: MaskSettings) throws(RunError) {
    guard masks.kind == .skip || masks.kind == .magma else {
      let why =
        masks.kind == .sample
        ? "sample needs this step's moments before it can toss its coin"
        : "\(masks.kind.rawValue) drops no block"
      throw refusal("moments=sparse does not apply: \(why)", "use skip or magma")
    }
    guard masks.grain == .tensor else {
      throw refusal(
        "moments=sparse freezes whole tensors, so grain=\(masks.grain.rawValue) contradicts it",
        "use grain=tensor")
    }
  }

  private func refusal(_ problem: String, _ remedy: String) -> RunError {
    RunError(.usage, "arm '\(specification.text)': \(problem)", remedy: remedy)
  }
}
