import Foundation
import RunModel

/// One hyperparameter of a sweep and the values it takes: `lr=1e-4..1e-1:7:log`, or of one arm alone:
/// `m:tau=0.5..4:4`.
package struct GridAxis: Codable, Sendable, Equatable {
  package enum Spacing: String, Codable, Sendable, CaseIterable {
    case log, linear
  }

  /// The letter of the arm that alone is swept over it; nil for all arms.
  package var arm: String?
  package var key: String
  /// Increasing, all different.
  package var values: [Double]
  /// The least and the largest value that the setting allows, where it is bounded: nothing lies beyond.
  package var bounds: [Double]?

  package init(arm: String? = nil, key: String, values: [Double], bounds: [Double]? = nil) {
    (self.arm, self.key, self.values, self.bounds) = (arm, key, values, bounds)
  }

  /// `lr=1e-4..1e-2:5`, without the spacing.
  package var words: String {
    guard let low = values.first, let high = values.last else { return key }
    return (arm.map { $0 + ":" } ?? "")
      + "\(key)=\(compactDecimal(low))..\(compactDecimal(high)):\(values.count)"
  }

  /// Whether a logarithmic axis shows the values better.
  package var isWide: Bool {
    guard let low = values.first, let high = values.last, low > 0 else { return false }
    return high >= 10 * low
  }

  /// The next value outward, a step of the axis beyond all of `tried`; nil where none is allowed.
  func value(beyond tried: [Double], upward: Bool) -> Double? {
    guard values.count > 1, let low = values.first, let high = values.last,
      let edge = upward ? tried.max() : tried.min()
    else { return nil }
    let gaps = Double(values.count - 1)
    let isLog = low > 0 && isLogarithmic
    let step = isLog ? pow(high / low, 1 / gaps) : (high - low) / gaps
    let next = Self.rounded(
      isLog ? (upward ? edge * step : edge / step) : (upward ? edge + step : edge - step))
    guard next.isFinite, next != edge, bounds.map({ next >= $0[0] && next <= $0[1] }) ?? true
    else { return nil }
    return next
  }

  /// Whether the values lie closer to equal ratios than to equal steps.
  private var isLogarithmic: Bool {
    guard values.count > 2, let low = values.first, let high = values.last, low > 0 else {
      return (values.first ?? 0) > 0
    }
    let middle = values[1]
    let ratio = low * pow(high / low, 1 / Double(values.count - 1))
    let step = low + (high - low) / Double(values.count - 1)
    return abs(middle - ratio) <= abs(middle - step)
  }

  private static let form =
    "write [ARM:]KEY=LOW..HIGH:COUNT[:log|linear], for example lr=1e-4..1e-1:7"

  /// Reads `KEY=LOW..HIGH:COUNT[:log|linear]`; both ends belong to the grid.
  ///
  /// Without a spacing it is logarithmic where LOW is positive, else linear. Inner values are rounded
  /// to four significant digits, so that specifications stay short and every value prints as it is.
  /// - Throws: `RunError` of category `.usage` naming the part that is wrong.
  package init(parsing text: String) throws(RunError) {
    let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard pair.count == 2, !pair[0].isEmpty else {
      throw Self.error(text, "is not KEY=LOW..HIGH:COUNT")
    }
    let parts = pair[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count) else {
      throw Self.error(text, "needs a range and a count")
    }
    let (low, high) = try Self.ends(parts[0], of: text)
    guard let count = Int(parts[1]), (1...200).contains(count) else {
      throw Self.error(text, "has the count '\(parts[1])'", "allowed: 1..200")
    }
    let spacing = try Self.spacing(parts.count == 3 ? parts[2] : nil, low: low, of: text)
    guard count > 1 || low == high else {
      throw Self.error(text, "has two ends but a count of 1", "give a count of at least 2")
    }
    guard count == 1 || low < high else {
      throw Self.error(text, "does not increase", "write the lower end first")
    }
    let name = pair[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard name.count <= 2, name.allSatisfy({ !$0.isEmpty }) else {
      throw Self.error(text, "has '\(pair[0])' where KEY or ARM:KEY is wanted")
    }
    self.init(
      arm: name.count == 2 ? name[0] : nil, key: name[name.count - 1],
      values: Self.grid(low, high, count, spacing))
    guard zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Self.error(text, "has more values than the range has room for", "lower the count")
    }
  }

  private static func ends(
    _ range: String, of text: String
  ) throws(RunError) -> (low: Double, high: Double) {
    let ends = range.components(separatedBy: "..")
    guard ends.count == 2 else { throw error(text, "has '\(range)' where LOW..HIGH is wanted") }
    guard let low = Double(ends[0]), low.isFinite else {
      throw error(text, "has '\(ends[0])' where a number is wanted")
    }
    guard let high = Double(ends[1]), high.isFinite else {
      throw error(text, "has '\(ends[1])' where a number is wanted")
    }
    return (low, high)
  }

  private static func spacing(
    _ name: String?, low: Double, of text: String
  ) throws(RunError) -> Spacing {
    guard let name else { return low > 0 ? .log : .linear }
    guard let spacing = Spacing(rawValue: name) else {
      let known = Spacing.allCases.map(\.rawValue)
      throw error(
        text, "has the spacing '\(name)'" + suggestion(for: name, among: known),
        "write log or linear")
    }
    guard spacing == .linear || low > 0 else {
      throw error(text, "starts at \(compactDecimal(low)), which has no logarithm", "use :linear")
    }
    return spacing
  }

  private static func grid(
    _ low: Double, _ high: Double, _ count: Int, _ spacing: Spacing
  ) -> [Double] {
    (0..<count).map { index in
      if index == 0 { return low }
      if index == count - 1 { return high }
      let share = Double(index) / Double(count - 1)
      switch spacing {
      case .linear: return rounded(low + (high - low) * share)
      case .log: return rounded(exp(log(low) + (log(high) - log(low)) * share))
      }
    }
  }

  /// Four significant digits, as the shortest decimal that says so.
  private static func rounded(_ value: Double) -> Double {
    Double(String(format: "%.3e", value)) ?? value
  }

  private static func error(
    _ text: String, _ problem: String, _ remedy: String = form
  ) -> RunError {
    RunError(.usage, "'\(text)' \(problem)", place: "--grid", remedy: remedy)
  }
}
