import RunModel

/// A setting that the tune line offers, with its value in the arms it turns.
package struct Knob {
  package let setting: Hyperparameter
  /// The arms that have it, by index.
  package let arms: [Int]
  /// The value in the first of them, as the draft has it.
  package let value: SettingValue
  /// Whether the arms differ in it.
  package let isMixed: Bool
  /// Whether the draft differs from what trains.
  package let isPending: Bool
}

extension ExplorerState {
  /// The arms that knobs turn.
  package var tunedArms: [Int] { tunesOneArm ? [selectedArm] : Array(run.arms.indices) }

  /// Every setting that can be nudged in the tuned arms: rate and mask first, then the live ones.
  package var knobs: [Knob] {
    let all = tunedKeys.compactMap(knob)
    let leading = ["lr", "mask", "tau"].compactMap { key in all.first { $0.setting.key == key } }
    let rest = all.filter { !["lr", "mask", "tau"].contains($0.setting.key) }
    return leading + rest.filter(\.setting.isLive) + rest.filter { !$0.setting.isLive }
  }

  package var focusedKnob: Knob? {
    let all = knobs
    return all.isEmpty ? nil : all[min(knob, all.count - 1)]
  }

  private var tunedKeys: [Hyperparameter] {
    var seen: Set<String> = []
    return tunedArms.flatMap { index in
      let arm = draft.arms[index]
      return catalog.settings(base: arm.base, wrapper: arm.wrapper)
    }.filter { $0.canBeNudged && seen.insert($0.key).inserted }
  }

  private func knob(_ setting: Hyperparameter) -> Knob? {
    let arms = tunedArms.filter { draft.arms[$0].values[setting.key] != nil }
    guard let first = arms.first, let value = draft.arms[first].values[setting.key] else {
      return nil
    }
    return Knob(
      setting: setting, arms: arms, value: value,
      isMixed: arms.contains { draft.arms[$0].values[setting.key] != value },
      isPending: arms.contains {
        draft.arms[$0].values[setting.key] != run.arms[$0].specification.values[setting.key]
      })
  }
}

extension Hyperparameter {
  var canBeNudged: Bool {
    switch kind {
    case .number, .integer, .flag, .choice: true
    case .pattern: false
    }
  }

  /// The next value up or down; the same one at the end of the range.
  package func nudged(_ value: SettingValue, up: Bool) -> SettingValue {
    switch kind {
    case .number(_, let range, let scale):
      let number = value.number ?? 0
      let next = Nudge.next(number, range: range, scale: scale, isShare: isRetention, up: up)
      return .number(min(max(next, range.lowerBound), range.upperBound))
    case .integer(_, let range):
      let number = Int(value.number ?? 0) + (up ? 1 : -1)
      return .number(Double(min(max(number, range.lowerBound), range.upperBound)))
    case .flag: return .flag(up)
    case .choice(let first, let allowed):
      let place = allowed.firstIndex(of: value.text ?? first) ?? 0
      let next = min(max(0, place + (up ? 1 : -1)), allowed.count - 1)
      return .text(allowed[next])
    case .pattern: return value
    }
  }

  /// Decay factors are felt through 1 − β and have a ladder of their own.
  private var isRetention: Bool {
    key.hasPrefix("beta") || key == "ema" || key == "momentum" || key == "alpha"
  }
}

/// Where a nudge leads.
enum Nudge {
  static let retentions = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999]

  static func next(
    _ value: Double, range: ClosedRange<Double>, scale: Hyperparameter.Scale, isShare: Bool,
    up: Bool
  ) -> Double {
    if isShare { return neighbour(of: value, in: retentions, up: up) }
    switch scale {
    case .logarithmic:
      return neighbour(of: value, in: grid(range), up: up)
    case .linear:
      let width = range.upperBound - range.lowerBound
      let divisions = width <= 1.5 ? 20.0 : width <= 20 ? 10 : 1
      let place = value * divisions
      let next = up ? (place + 1e-6).rounded(.down) + 1 : (place - 1e-6).rounded(.up) - 1
      return next / divisions
    }
  }

  private static func neighbour(of value: Double, in ladder: [Double], up: Bool) -> Double {
    let slack = abs(value) * 1e-9
    let next =
      up ? ladder.first { $0 > value + slack } : ladder.last { $0 < value - slack }
    return next ?? value
  }

  /// 1, 2, 3 and 5 times the powers of ten within the range, and 0 where it is allowed.
  private static func grid(_ range: ClosedRange<Double>) -> [Double] {
    let decades = [
      "e-12", "e-11", "e-10", "e-9", "e-8", "e-7", "e-6", "e-5", "e-4", "e-3", "e-2",
      "e-1", "e0", "e1", "e2", "e3",
    ]
    let values = decades.flatMap { decade in
      ["1", "2", "3", "5"].compactMap { Double($0 + decade) }
    }
    return (range.lowerBound == 0 ? [0] : []) + values.filter(range.contains)
  }
}
