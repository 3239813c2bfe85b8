import ArgumentParser
import Foundation
import Presets
import RunModel
import Statistics
import Studies
import TensorKernels

/// `magmascope report`: one self-contained HTML page over runs or a sweep.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a page with charts, tables, verdict, checklist and configuration.")

  @Argument(help: "Directories that train --out or sweep --out wrote.")
  var directories: [String]

  @Option(help: "The page to write.")
  var out: String

  @Option(help: StudyFiles.marginHelp)
  var margin: Double?

  func run() throws {
    let margin = try StudyFiles.checkedMargin(margin)
    let (runs, sweeps) = try StudyFiles.read(directories)
    guard sweeps.isEmpty || (runs.isEmpty && sweeps.count == 1) else {
      throw RunError(
        .usage, "a sweep is reported by itself",
        remedy: "give one sweep directory, or run directories only")
    }
    var content =
      try sweeps.first.map { try Self.content($0.directory, $0.sweep, margin) }
      ?? ReportContent(
        try RunComparison(runs), margin: margin, madeBy: Self.madeBy,
        stateBytes: OptimizerMemory.bytes(in: runs.first?.configuration))
    content.bibliography = ReportAppendix.bibliography(version: Magmascope.version)
    content.appendix?.claims = try Self.claims(directories)
    try OutputFile.write(Data(ReportPage(content).html.utf8), to: out)
  }

  private static func content(
    _ directory: URL, _ sweep: StoredSweep, _ margin: Margin
  ) throws -> ReportContent {
    let file = directory.appendingPathComponent(BoardFolder.configurationName).path
    return ReportContent(
      SweepFindings(sweep),
      configurationText: String(decoding: try InputFile.read(file), as: UTF8.self),
      name: directory.lastPathComponent, margin: margin, madeBy: madeBy,
      stateBytes: OptimizerMemory.bytes(in: sweep.plan.configuration))
  }

  /// The ledger, with these directories' verdicts beside the claims that they speak to.
  private static func claims(_ directories: [String]) throws -> [ReportAppendix.Claim] {
    let evidence = OwnEvidence(directories)
    return try ClaimLedger.embedded().claims.map { claim in
      ReportAppendix.Claim(
        id: claim.id, text: claim.claim, by: claim.by, limit: claim.limit,
        own: evidence.results(for: claim).flatMap(\.sentences))
    }
  }

  private static var madeBy: String {
    let day = Date().formatted(.iso8601.year().month().day())
    return "magmascope \(Magmascope.version) (\(PresetLibrary.buildCommit)), "
      + "kernels \(KernelLevel.current.rawValue), \(Machine.processorName), \(day)"
  }
}
