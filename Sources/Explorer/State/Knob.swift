import History
import RunModel

/// A setting that the tune line offers, with its value in the arms it turns.
package struct Knob {
  package let setting: Hyperparameter
  /// The arms that have it, by index.
  package let arms: [Int]
  /// The value in the first of them: as the draft has it, or as it was at a step that is looked at.
  package let value: SettingValue
  /// Whether the arms differ in it.
  package let isMixed: Bool
  /// Whether the draft differs from what trains.
  package let isPending: Bool
}

extension ExplorerState {
  /// The arms that knobs turn.
  package var tunedArms: [Int] { tunesOneArm ? [selectedArm] : Array(draft.arms.indices) }

  /// The settings the tune line shows, arm by arm: the draft's, or those in force at a past step.
  private var shownSettings: [ArmSpecification] {
    settings.scrub == nil ? draft.arms : shown.arms.map(\.specification)
  }

  /// Every setting that can be nudged in the tuned arms: rate and mask first, then the live ones.
  package var knobs: [Knob] {
    let (settings, inForce) = (shownSettings, shown.arms.map(\.specification))
    let all = tunedKeys.compactMap { knob($0, settings, inForce) }
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
    }.filter { $0.twin == nil && $0.canBeNudged && seen.insert($0.key).inserted }
  }

  /// - Parameter inForce: the arms as they are set at the shown step.
  private func knob(
    _ setting: Hyperparameter, _ settings: [ArmSpecification], _ inForce: [ArmSpecification]
  ) -> Knob? {
    let arms = tunedArms.filter {
      settings.indices.contains($0) && settings[$0].values[setting.key] != nil
    }
    guard let first = arms.first, let value = settings[first].values[setting.key] else {
      return nil
    }
    return Knob(
      setting: setting, arms: arms, value: value,
      isMixed: arms.contains { settings[$0].values[setting.key] != value },
      isPending: arms.contains {
        inForce.indices.contains($0)
          && settings[$0].values[setting.key] != inForce[$0].values[setting.key]
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
  ///
  /// Rates move on a 1-2-3-5 grid, what is kept of an average by 1-2-5 in its distance from 1, other
  /// numbers by a natural unit.
  package func nudged(_ value: SettingValue, up: Bool) -> SettingValue {
    switch kind {
    case .number(let normal, let range, let scale):
      let number = value.number ?? normal
      let next = Nudge(range: range, scale: scale, normal: normal).next(number, up: up)
      return .number(min(max(next, range.lowerBound), range.upperBound))
    case .integer(let normal, let range):
      let number = value.number ?? Double(normal)
      let limits = Double(range.lowerBound)...Double(range.upperBound)
      let isLong = range.count > 100
      let next =
        isLong
        ? Nudge(range: limits, scale: .logarithmic, normal: 1e3).next(number, up: up)
        : number + (up ? 1 : -1)
      return .number(min(max(next.rounded(), limits.lowerBound), limits.upperBound))
    case .flag: return .flag(up)
    case .choice(let first, let allowed):
      let place = allowed.firstIndex(of: value.text ?? first) ?? 0
      let next = min(max(0, place + (up ? 1 : -1)), allowed.count - 1)
      return .text(allowed[next])
    case .pattern: return value
    }
  }
}

/// Where a nudge of a number leads.
struct Nudge {
  let range: ClosedRange<Double>
  let scale: Hyperparameter.Scale
  /// The setting's default, which says how small it gets before it is 0.
  let normal: Double

  func next(_ value: Double, up: Bool) -> Double {
    switch scale {
    case .retention: neighbour(of: value, in: Self.retentions, up: up)
    case .logarithmic: onGrid(value, up: up)
    case .linear:
      // A wide range is one of magnitudes: weight decay, a factor on a rate, a limit.
      range.upperBound - range.lowerBound > 20 && range.lowerBound >= 0
        ? onGrid(value, up: up) : byUnit(value, up: up)
    }
  }

  /// Twentieths of a short range, tenths of a longer one.
  private func byUnit(_ value: Double, up: Bool) -> Double {
    let width = range.upperBound - range.lowerBound
    let divisions = width <= 1.5 ? 20.0 : 10
    let place = value * divisions
    let next = up ? (place + 1e-6).rounded(.down) + 1 : (place - 1e-6).rounded(.up) - 1
    return next / divisions
  }

  /// The neighbour on 1, 2, 3 and 5 times the powers of ten; 0 below the smallest that is of use.
  private func onGrid(_ value: Double, up: Bool) -> Double {
    let smallest = normal > 0 ? normal * 1e-3 : 1e-4
    if range.contains(0) {
      if value <= 0 { return up ? neighbour(of: smallest * 0.999, in: Self.grid, up: true) : value }
      if !up, value <= smallest * 1.001 { return 0 }
    }
    return neighbour(of: value, in: Self.grid, up: up)
  }

  private func neighbour(of value: Double, in ladder: [Double], up: Bool) -> Double {
    let slack = abs(value) * 1e-12
    let next =
      up ? ladder.first { $0 > value + slack } : ladder.last { $0 < value - slack }
    return next ?? value
  }

  /// What is kept of an average: 1 minus 1, .5, .2, .1, .05, ...
  private static let retentions: [Double] =
    [0, 0.5, 0.8]
    + (1...9).flatMap { nines in
      ["0", "5", "8"].compactMap { Double("0." + String(repeating: "9", count: nines) + $0) }
    }

  private static let grid: [Double] = (-18...9).flatMap { decade in
    ["1", "2", "3", "5"].compactMap { Double("\($0)e\(decade)") }
  }
}
