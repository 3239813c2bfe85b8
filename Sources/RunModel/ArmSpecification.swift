/// One arm of a comparison: a base optimizer, perhaps wrapped, perhaps step-matched, with settings.
///
/// Written `base`, `wrapper(base)` or `matched(wrapper(base))`, then `:key=value,...`.
package struct ArmSpecification: Sendable, Codable, Hashable {
  /// The specification as the user wrote it; what records and screens print.
  package var text: String
  package var base: String
  package var wrapper: String?
  /// Whether this is the step-matched control of `wrapper(base)`.
  package var isMatched: Bool
  /// The value of every setting that applies: what was written, else the default.
  package var values: [String: SettingValue]
  /// Keys the user wrote, in order.
  package var writtenKeys: [String]
  /// Where the base's first moment comes from; nil: not known.
  package var momentum: MomentumSource?

  package init(
    text: String, base: String, wrapper: String?, isMatched: Bool,
    values: [String: SettingValue], writtenKeys: [String], momentum: MomentumSource?
  ) {
    self.text = text
    self.base = base
    self.wrapper = wrapper
    self.isMatched = isMatched
    self.values = values
    self.writtenKeys = writtenKeys
    self.momentum = momentum
  }

  /// The numeric setting `key`; a programmer's mistake to ask for one that does not apply.
  package func number(_ key: String) -> Double {
    guard let value = values[key]?.number else {
      preconditionFailure("arm '\(text)' has no numeric setting '\(key)'")
    }
    return value
  }

  package func integer(_ key: String) -> Int { Int(number(key)) }

  package func flag(_ key: String) -> Bool {
    guard let value = values[key]?.flag else {
      preconditionFailure("arm '\(text)' has no switch '\(key)'")
    }
    return value
  }

  package func choice(_ key: String) -> String {
    guard let value = values[key]?.text else {
      preconditionFailure("arm '\(text)' has no setting '\(key)'")
    }
    return value
  }

  /// The specification with one setting replaced and its text rewritten to say so.
  package func setting(_ key: String, to value: SettingValue) -> ArmSpecification {
    var copy = self
    copy.put(key, value)
    if !copy.writtenKeys.contains(key) { copy.writtenKeys.append(key) }
    copy.text = copy.canonicalText
    return copy
  }

  /// Sets a value, and that of the setting which says the same in another way.
  package mutating func put(_ key: String, _ value: SettingValue) {
    values[key] = value
    guard let twin = TwinSetting(of: key, at: value), values[twin.key] != nil else { return }
    values[twin.key] = twin.value
    writtenKeys.removeAll { $0 == twin.key }
  }

  /// With the default of every setting that it says nothing of, as one read from an older file.
  package func completed(by catalog: OptimizerCatalog) -> ArmSpecification {
    var copy = self
    for setting in catalog.settings(base: base, wrapper: wrapper)
    where copy.values[setting.key] == nil {
      copy.values[setting.key] = setting.defaultValue
    }
    guard copy.values.count > values.count else { return self }
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let twin = TwinSetting(of: key, at: value), values[twin.key] == nil,
        copy.values[twin.key] != nil
      else { continue }
      copy.values[twin.key] = twin.value
    }
    return copy
  }

  /// `matched(magma(adam)):lr=1e-3,mask=0.5` rebuilt from the parts.
  package var canonicalText: String {
    let settings = writtenKeys.compactMap { key in
      values[key].map { "\(key)=" + ArmText.quoted($0.description) }
    }
    return name + (settings.isEmpty ? "" : ":" + settings.joined(separator: ","))
  }

  /// The arm without its settings: `matched(magma(adam))`.
  package var name: String {
    let wrapped = wrapper.map { "\($0)(\(base))" } ?? base
    return isMatched ? "matched(\(wrapped))" : wrapped
  }

  /// The name as a file name: `matched-magma-adam`.
  package var fileName: String {
    name.replacing("(", with: "-").replacing(")", with: "")
  }

  /// β of the average that is observed where a base keeps no momentum.
  package static let observingDecay = 0.9

  /// The alignment that gradients of pure noise would show on matrices: `√(1 − β²)`, β the decay of
  /// the momentum that is compared; 0 where it is compared before it took the gradient in.
  package var pureNoiseAlignment: Double? {
    if !isMatched {
      // A momentum of masked gradients depends on the mask as well.
      if values["gates"]?.text == "gradient" { return nil }
      if values["mu"]?.text == "before" { return 0 }
    }
    return momentumDecay.map { (1 - $0 * $0).squareRoot() }
  }

  /// The base's own, else that of the wrapper's average of the gradient, else of the observed one.
  private var momentumDecay: Double? {
    switch momentum {
    case .buffer(let key): return values[key]?.number
    case .bufferUnlessZero(let key):
      guard let own = values[key]?.number else { return nil }
      return own > 0 ? own : standInDecay
    case .some(.none): return standInDecay
    case nil: return nil
    }
  }

  /// Whether the base keeps a first moment of its own on matrices.
  package var keepsMomentum: Bool {
    switch momentum {
    case .buffer: true
    case .bufferUnlessZero(let key): (values[key]?.number ?? 0) > 0
    case .some(.none), nil: false
    }
  }

  private var standInDecay: Double {
    isMatched ? Self.observingDecay : values["beta"]?.number ?? Self.observingDecay
  }

  /// The arm that a matched control follows: the same specification, unmatched.
  package func isFollowed(by control: ArmSpecification) -> Bool {
    control.isMatched && !isMatched && base == control.base && wrapper == control.wrapper
      && values == control.values
  }
}
