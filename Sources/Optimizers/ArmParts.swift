import RunModel
import TensorKernels

/// An arm's specification taken apart: the base's type, typed settings, the mask.
///
/// To be had only where the settings are complete, allowed, and free of contradiction on the layout.
struct ArmParts {
  let type: any GradientTransformation.Type
  let settings: Settings
  let masks: MaskSettings?
  /// With every setting of the catalog in it.
  let specification: ArmSpecification

  init(_ written: ArmSpecification, layout: TensorLayout) throws(RunError) {
    let specification = written.completed(by: OptimizerRegistry.catalog)
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
    masks = specification.wrapper.flatMap(Wrapper.named).map {
      [settings] in MaskSettings($0, settings)
    }
    guard let masks else { return }
    try check(masks, layout)
    _ = try Scope.select(settings.text("scope"), in: layout)
  }

  /// Every setting is of its kind and within its range.
  private static func checkValues(_ specification: ArmSpecification) throws(RunError) {
    let settings = OptimizerRegistry.catalog.settings(
      base: specification.base, wrapper: specification.wrapper)
    for setting in settings {
      guard let value = specification.values[setting.key] else { continue }
      guard setting.value(from: value.description) == value else {
        throw RunError(
          .usage, "arm '\(specification.text)': \(setting.key)=\(value) is not allowed",
          remedy: "allowed: \(setting.allowed)")
      }
    }
  }

  private func check(_ masks: MaskSettings, _ layout: TensorLayout) throws(RunError) {
    if !masks.kind.hasCoin { try checkCoinless(masks) }
    try checkGates(masks)
    try checkUnits(masks, layout)
    if masks.kind == .rule { try checkRule(masks) }
    if masks.decay != .inside, type.decayStyle == .coupled, settings.number("wd") > 0 {
      throw refusal(
        "decay=\(masks.decay.rawValue) needs decoupled weight decay; "
          + "\(specification.base)'s is part of its gradient", "use adamw, or leave decay out")
    }
    if masks.rescale == .norm, masks.isWhole {
      throw refusal(
        "rescale=norm gives what is kept of a tensor the norm of all of it, "
          + "and grain=\(masks.grain.rawValue) keeps all or nothing",
        "use a finer grain, or rescale=keep")
    }
    if masks.until > 0, masks.until < masks.from {
      throw refusal(
        "until=\(masks.until) lies before from=\(masks.from)", "let the mask end after it begins")
    }
  }

  /// damp and cautious: nothing of a coin can be asked of them.
  private func checkCoinless(_ masks: MaskSettings) throws(RunError) {
    let kind = masks.kind.rawValue
    let asked: String? =
      if masks.grain != .tensor { "grain=\(masks.grain.rawValue)" } else if masks.period != 1 {
        "period=\(masks.period.map { "\($0)" } ?? "run")"
      } else if masks.draw != .coin { "draw=\(masks.draw.rawValue)" } else if masks.gate != .update
      { "gates=\(masks.gate.rawValue)" } else if masks.resets { "returns=reset" } else { nil }
    if let asked {
      throw refusal(
        "\(asked) needs a coin, and \(kind) tosses none"
          + (kind == "damp" ? ": it drops no block" : ""),
        "leave it out, or use skip, magma or sample")
    }
  }

  private func checkGates(_ masks: MaskSettings) throws(RunError) {
    if masks.gate != .update || masks.resets, masks.kind == .sample {
      throw refusal(
        "gates=\(masks.gate.rawValue) does not apply: sample needs this step's moments before it can "
          + "toss its coin", "use skip or magma")
    }
    if masks.gate == .moments, !masks.grain.isWhole {
      throw refusal(
        "gates=moments freezes whole tensors, so grain=\(masks.grain.rawValue) contradicts it",
        "use grain=tensor, module or layer")
    }
    if masks.gate == .moments, masks.decay == .cautious {
      throw refusal(
        "decay=cautious compares weights with the update of a dropped block, and gates=moments "
          + "computes none", "use decay=outside, or gates=update")
    }
    if masks.resets, !masks.grain.isWhole {
      throw refusal(
        "returns=reset makes the moments of whole tensors fresh, so grain=\(masks.grain.rawValue) "
          + "contradicts it", "use grain=tensor, module or layer")
    }
  }

  private func checkRule(_ masks: MaskSettings) throws(RunError) {
    guard let keep = masks.keepRule, let scale = masks.scaleRule else { return }
    if masks.gate != .update || masks.resets, !keep.isForeseeable {
      throw refusal(
        "keep='\(keep.expression.source)' looks at this step's gradient, and "
          + "gates=\(masks.gate.rawValue) decides before it is seen",
        "use step, t, depth, cosMean, w or uniform in keep, or gates=update")
    }
    let isUniform = !RuleName.allCases.contains { $0.isPerElement && keep.readsByElement($0) }
    if masks.gate == .gradient, scale.constant == nil || masks.grain == .element && !isUniform {
      throw refusal(
        "gates=gradient masks before there is an update, and a formula here looks at more",
        "use a number as scale, and no values of elements in keep")
    }
    let averages = keep.expression.averageCount + scale.expression.averageCount
    if masks.grain == .element, averages > 0 {
      throw refusal(
        "ema remembers one number a block, and grain=element has many", "use cosMean or s")
    }
    if keep.reads(.keep) {
      throw refusal("keep='\(keep.expression.source)' speaks of itself", "leave keep to scale")
    }
    if masks.reads(.uniform), !masks.grain.isWhole, masks.grain != .element {
      throw refusal(
        "uniform is a unit's own number, and grain=\(masks.grain.rawValue) asks the formula once a "
          + "tensor", "use grain=tensor or grain=element")
    }
    if masks.rescale == .share || masks.rescale == .norm, masks.grain != .element {
      throw refusal(
        "rescale=\(masks.rescale.rawValue) counts the elements that a rule keeps",
        "use it with grain=element, or rescale=keep")
    }
  }

  private func checkUnits(_ masks: MaskSettings, _ layout: TensorLayout) throws(RunError) {
    if masks.grain == .head, !layout.entries.contains(where: { $0.block.heads != nil }) {
      throw refusal(
        "grain=head needs attention blocks whose number of heads is known",
        "use grain=row or grain=tensor here")
    }
    guard masks.draw != .coin else { return }
    guard masks.grain.isWhole, masks.kind == .skip || masks.kind == .magma,
      masks.policy == .constant
    else {
      throw refusal(
        "draw=\(masks.draw.rawValue) chooses among whole tensors, modules or layers, all alike",
        "use grain=tensor, module or layer with skip or magma, and no maskPolicy")
    }
  }

  private func refusal(_ problem: String, _ remedy: String) -> RunError {
    RunError(.usage, "arm '\(specification.text)': \(problem)", remedy: remedy)
  }
}
