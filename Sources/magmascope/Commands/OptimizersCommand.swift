import ArgumentParser
import Foundation
import Optimizers
import RunModel

/// `magmascope optimizers [--json]`: everything an arm can be made of.
struct OptimizersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizers",
    abstract: "Lists optimizers and wrappers with their settings, ranges and papers.")

  @Flag(help: "As JSON.")
  var json = false

  func run() throws {
    let catalog = OptimizerRegistry.catalog
    try StandardOutput().write(json ? try encoded(catalog) : text(catalog))
  }

  private func encoded(_ catalog: OptimizerCatalog) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let listing = Listing(
      bases: catalog.bases.map { Listing.Entry($0) },
      wrappers: catalog.wrappers.map { Listing.Entry($0) },
      sharedBaseSettings: catalog.sharedBaseSettings.map { Listing.Setting($0) },
      sharedWrapperSettings: catalog.sharedWrapperSettings.map { Listing.Setting($0) })
    return String(decoding: try encoder.encode(listing), as: UTF8.self) + "\n"
  }

  private func text(_ catalog: OptimizerCatalog) -> String {
    """
    An arm is base, wrapper(base) or matched(wrapper(base)), then :key=value,...

    Bases
    \(catalog.bases.map(text).joined())\
    Every base also takes
    \(catalog.sharedBaseSettings.map(text).joined())
    \(wrappers(catalog))\
    Every wrapper also takes
    \(catalog.sharedWrapperSettings.map(text).joined())
    Formulas of rule(base):keep='...',scale='...' speak of
    \(RuleName.allCases.map(text).joined())
    with + - * / ^, comparisons, and or not, min max clamp abs sqrt exp log sigmoid sign
    where(c, a, b) ema(x, beta), and over a block's elements mean sum share count least most.

    matched(wrapper(base)) is the control: the base with its rate on the masked blocks \
    multiplied, step by step, by keep times the mean damping of that arm.

    """
  }

  /// Wrappers under their headings, in the order of the first of each.
  private func wrappers(_ catalog: OptimizerCatalog) -> String {
    var groups: [String] = []
    for wrapper in catalog.wrappers where !groups.contains(wrapper.group) {
      groups.append(wrapper.group)
    }
    return groups.map { group in
      let members = catalog.wrappers.filter { $0.group == group }
      return "Wrappers: \(group)\n" + members.map(text).joined()
    }.joined()
  }

  private func text(_ name: RuleName) -> String {
    "      \(name.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)) \(name.summary)\n"
  }

  private func text(_ entry: OptimizerDescriptor) -> String {
    """

      \(entry.name)  \(entry.summary)
        \(entry.equation)
        \(entry.paper)
    \(entry.hyperparameters.map(text).joined())
    """
  }

  private func text(_ setting: Hyperparameter) -> String {
    let key = setting.key.padding(toLength: 12, withPad: " ", startingAt: 0)
    let live = setting.isLive ? ", live" : ""
    return "      \(key) \(setting.defaultValue)  (\(setting.allowed)\(live))  \(setting.summary)\n"
  }
}

/// The catalog as plain JSON: names, papers, and for every setting its default and what is allowed.
private struct Listing: Encodable {
  struct Setting: Encodable {
    var key: String
    var summary: String
    var defaultValue: String
    var allowed: String
    var live: Bool

    init(_ setting: Hyperparameter) {
      key = setting.key
      summary = setting.summary
      defaultValue = setting.defaultValue.description
      allowed = setting.allowed
      live = setting.isLive
    }
  }

  struct Entry: Encodable {
    var name: String
    var summary: String
    var equation: String
    var paper: String
    var group: String
    var stateBytesPerElement: Double
    var settings: [Setting]

    init(_ entry: OptimizerDescriptor) {
      name = entry.name
      summary = entry.summary
      equation = entry.equation
      paper = entry.paper
      group = entry.group
      stateBytesPerElement = entry.stateBytesPerElement
      settings = entry.hyperparameters.map { Setting($0) }
    }
  }

  var bases: [Entry]
  var wrappers: [Entry]
  var sharedBaseSettings: [Setting]
  var sharedWrapperSettings: [Setting]
}
