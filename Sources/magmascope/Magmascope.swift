import ArgumentParser
import Presets
import RunModel

/// The command line: every command, its help and its exit codes.
struct Magmascope: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "magmascope",
    abstract: "Trains small models in the background and compares optimizers side by side.",
    discussion: """
      Does masking optimizer updates help, and why? Without a command the explorer opens, with the \
      preset first-look already running. Every command also takes --log-level trace, debug, info, \
      notice, warning, error or critical (default: warning); the log goes to stderr.
      """,
    version: "magmascope \(version) (\(PresetLibrary.buildCommit))",
    subcommands: [
      ExploreCommand.self, TrainCommand.self, SampleCommand.self, GradientsCommand.self,
      TokensCommand.self, ReplayCommand.self, PresetsCommand.self,
      OptimizersCommand.self, BenchCommand.self, SweepCommand.self, CompareCommand.self,
      RunsCommand.self, ReportCommand.self, LessonCommand.self, WatchCommand.self,
      ScreenCommand.self, ClaimsCommand.self,
      DoctorCommand.self, ManualCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self)
}
