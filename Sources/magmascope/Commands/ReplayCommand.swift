import ArgumentParser
import Foundation
import Optimizers
import RunModel

/// `magmascope replay --arm SPEC FILE.json|-`: an optimizer's exact trajectory over given gradients.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Runs an arm over gradients and coins from a file and prints every state.")

  @Option(help: "The arm, for example 'magma(adam):lr=1e-3,mask=0.25'.")
  var arm: String

  @Option(help: "Seed of the coins that the file does not give.")
  var seed: UInt64 = 0

  @Argument(help: "Blocks, gradients and coins as JSON; - reads standard input.")
  var file: String

  func run() throws {
    let specification: ArmSpecification
    do {
      specification = try ArmGrammar(catalog: OptimizerRegistry.catalog).parse(arm)
    } catch {
      throw RunError(
        .usage, "arm \(quoted(error.arm)) \(error.problem)", place: "--arm",
        remedy: error.remedy)
    }
    let answer: Data
    do {
      answer = try Replay.run(
        json: try InputFile.read(file, as: .json), arm: specification, seed: seed)
    } catch let error as RunError {
      throw error.placed(
        at: error.category == .usage ? "--arm" : file == "-" ? "standard input" : file)
    }
    try StandardOutput().write(String(decoding: answer, as: UTF8.self) + "\n")
  }
}
