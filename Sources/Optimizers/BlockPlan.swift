import RunModel
import TensorKernels

/// What an arm's settings say about each block: rate, decay, scope, groups of coins.
struct BlockPlan {
  /// Whether the wrapper (or the matched control) acts on the block.
  var inScope: [Bool]
  var maskedCount: Int
  /// Learning rate of the block before schedule and matching.
  var rates: [Double]
  var decays: [Double]
  /// 0 for the first block in scope … 1 for the last, by position.
  var depths: [Double]

  init(
    _ specification: ArmSpecification, layout: TensorLayout, base: any GradientTransformation,
    masks: MaskSettings?
  ) throws(RunError) {
    let settings = Settings(values: specification.values)
    let entries = layout.entries
    inScope = Array(repeating: false, count: entries.count)
    if masks != nil { inScope = try Scope.select(settings.text("scope"), in: layout) }
    maskedCount = inScope.count { $0 }
    rates = entries.indices.map { block in
      let own = base.ownLearningRate(block) ?? settings.number("lr")
      return own * settings.number(OptimizerRegistry.roleFactorKey(entries[block].role))
    }
    let onMatrices = settings.text("decayOn") == "matrices"
    let decay = settings.number("wd")
    decays = entries.map { onMatrices && $0.shape.count < 2 ? 0 : decay }
    depths = Self.depths(inScope)
  }

  private static func depths(_ inScope: [Bool]) -> [Double] {
    let last = max(1, inScope.count { $0 } - 1)
    var position = -1
    return inScope.map { selected in
      if selected { position += 1 }
      return Double(max(0, position)) / Double(last)
    }
  }
}
