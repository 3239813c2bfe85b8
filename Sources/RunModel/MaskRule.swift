import Expressions

/// What a rule of one's own may speak of, of the unit and step at hand; the raw value is the name.
package enum RuleName: String, Sendable, CaseIterable {
  case step, t, depth, layer, attention, mlp, cos, cosMean, noise, score, s, g, m, u, w, uniform, n
  case keep

  /// One line for the form's help.
  package var summary: String {
    switch self {
    case .step: "number of the step, from 1"
    case .t: "step / all steps"
    case .depth: "0 for the first masked block to 1 for the last"
    case .layer: "number of the layer, -1 outside of layers"
    case .attention: "1 in attention, else 0"
    case .mlp: "1 in an MLP, else 0"
    case .cos: "cosine of momentum and gradient in this step"
    case .cosMean: "its average before this step"
    case .noise: "the cosine that pure noise would show"
    case .score: "sigmoid(cos / tau)"
    case .s: "running average of the score"
    case .g: "norm of the gradient; at grain=element the element's"
    case .m: "norm of the momentum; at grain=element the element's"
    case .u: "norm of the base's update without the rate; at grain=element the element's"
    case .w: "norm of the weights; at grain=element the element's"
    case .uniform: "the unit's own random number in [0, 1)"
    case .n: "elements of the block"
    case .keep: "the probability just decided, for scale"
    }
  }

  package var slot: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether elements have values of their own.
  package var isPerElement: Bool {
    switch self {
    case .g, .m, .u, .w, .uniform: true
    case .step, .t, .depth, .layer, .attention, .mlp, .cos, .cosMean, .noise, .score, .s, .n,
      .keep:
      false
    }
  }

  /// Whether a cosine has to be taken for it.
  var readsAlignment: Bool {
    switch self {
    case .cos, .cosMean, .score, .s: true
    case .step, .t, .depth, .layer, .attention, .mlp, .noise, .g, .m, .u, .w, .uniform, .n, .keep:
      false
    }
  }

  /// Whether it is known before the step's gradient has been looked at.
  var isForeseeable: Bool {
    switch self {
    case .step, .t, .depth, .layer, .attention, .mlp, .cosMean, .noise, .w, .uniform, .n: true
    case .cos, .score, .s, .g, .m, .u, .keep: false
    }
  }

  /// The one domain is a block's elements.
  static var vocabulary: Vocabulary {
    Vocabulary(
      allCases.map(\.rawValue), domains: ["elements"], onlyDomain: 0,
      gatherings: [.mean, .sum, .share, .count, .least, .most])
  }
}

/// One formula of `rule(base):keep=…,scale=…`, read and understood.
package struct MaskRule: Sendable {
  package let expression: Expression

  /// Reads a formula; throws what is wrong, where, and the nearest name.
  package init(_ text: String) throws(ExpressionError) {
    expression = try Expression(text, RuleName.vocabulary)
  }

  /// Whether `name` decides, for the unit or inside a gathering over its elements.
  package func reads(_ name: RuleName) -> Bool { expression.allSlots.contains(name.slot) }

  /// Whether it decides outside of gatherings: at grain=element, element by element.
  package func readsByElement(_ name: RuleName) -> Bool { expression.slots.contains(name.slot) }

  /// Whether the rule looks at the alignment of momentum and gradient.
  package var readsAlignment: Bool { names.contains(where: \.readsAlignment) }

  /// The value that never changes, as a coin's probability must be for the Binomial to apply.
  package var constant: Double? { expression.constant }

  /// Whether the value is known before the step's gradient, so that moments may be frozen by it.
  ///
  /// What is gathered over elements is not: the block is run through after its moments.
  package var isForeseeable: Bool {
    names.allSatisfy(\.isForeseeable) && expression.gathered.isEmpty
  }

  private var names: [RuleName] { RuleName.allCases.filter(reads) }
}
