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
    json ? try printJSON(catalog) : printText(catalog)
  }

  private func printJSON(_ catalog: OptimizerCatalog) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let listing = Listing(
      bases: catalog.bases.map { Listing.Entry($0) },
      wrappers: catalog.wrappers.map { Listing.Entry($0) },
      sharedBaseSettings: catalog.sharedBaseSettings.map { Listing.Setting($0) },
      sharedWrapperSettings: catalog.sharedWrapperSettings.map { Listing.Setting($0) })
    print(String(decoding: try encoder.encode(listing), as: UTF8.self))
  }

  private func printText(_ catalog: OptimizerCatalog) {
    print("An arm is base, wrapper(base) or matched(wrapper(base)), then :key=value,...\n")
    print("Bases")
    catalog.bases.forEach(printEntry)
    print("Every base also takes")
    catalog.sharedBaseSettings.forEach(printSetting)
    print("\nWrappers")
    catalog.wrappers.forEach(printEntry)
    print("Every wrapper also takes")
    catalog.sharedWrapperSettings.forEach(printSetting)
    print(
      """

      matched(wrapper(base)) is the control: the base with its rate on the masked blocks \
      multiplied, step by step, by keep times the mean damping of that arm.
      """)
  }

  private func printEntry(_ entry: OptimizerDescriptor) {
    print("\n  \(entry.name)  \(entry.summary)")
    print("    \(entry.equation)")
    print("    \(entry.paper)")
    entry.hyperparameters.forEach(printSetting)
  }

  private func printSetting(_ setting: Hyperparameter) {
    let key = setting.key.padding(toLength: 12, withPad: " ", startingAt: 0)
    let live = setting.isLive ? ", live" : ""
    print("      \(key) \(setting.defaultValue)  (\(setting.allowed)\(live))  \(setting.summary)")
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
    var stateBytesPerElement: Double
    var settings: [Setting]

    init(_ entry: OptimizerDescriptor) {
      name = entry.name
      summary = entry.summary
      equation = entry.equation
      paper = entry.paper
      stateBytesPerElement = entry.stateBytesPerElement
      settings = entry.hyperparameters.map { Setting($0) }
    }
  }

  var bases: [Entry]
  var wrappers: [Entry]
  var sharedBaseSettings: [Setting]
  var sharedWrapperSettings: [Setting]
}
