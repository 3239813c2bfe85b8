import ArgumentParser
import CursesTerminal
import Foundation
import LessonStage
import Lessons
import Optimizers
import Presets
import RunModel
import Workloads

/// `magmascope lesson NAME | list | check [FILE...]`
struct LessonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson", abstract: "Plays a lesson; lists and checks lessons.",
    subcommands: [Play.self, List.self, Check.self], defaultSubcommand: Play.self,
    aliases: ["lessons"])

  static var library: LessonLibrary {
    LessonLibrary(
      builder: ConfigurationBuilder(
        catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors))
  }

  struct Play: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Opens the explorer with a lesson.", shouldDisplay: false)

    @Argument(help: "Name or number of a lesson, or a .yaml file.")
    var lesson: String

    @Option(help: "File that shows the speaker the page, its answers and what to say.")
    var notes: String?

    @OptionGroup var display: DisplayFlags

    func run() throws {
      let lesson = try LessonCommand.library.lesson(lesson)
      let options = try display.options()
      guard let run = lesson.runs.first, isatty(STDOUT_FILENO) == 1 else {
        throw RunError(
          .terminal, "a lesson wants a terminal",
          remedy: "play it without one: magmascope lessons check \(lesson.name)")
      }
      if let status = Supervisor.run() { throw ExitCode(status) }
      try MainActor.assumeIsolated {
        try ExplorerDoor(
          display: display, options: options, terms: BackgroundRunner.Terms(isRecording: false),
          lesson: lesson, notesFile: notes
        ).enter(run.configuration, nil)
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Names and titles of all lessons.")

    func run() throws {
      let lessons = try LessonCommand.library.all()
      let width = lessons.map(\.name.count).max() ?? 0
      let lines = lessons.enumerated().map { number, lesson in
        let name = lesson.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
        return visible("\(number + 1)".padded(to: 4) + name + lesson.title) + "\n"
      }
      try StandardOutput().write(lines.joined())
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Plays lessons on three sets of seeds and says where an answer is ambiguous.",
      discussion: """
        Every answer must follow from the record alone, be the one the pages are written for on all \
        seeds, and turn when the records of the lesson's two arms are exchanged; two equal arms must \
        not be told apart. Without a file all lessons of the program are checked.
        """)

    @Argument(help: "Lesson files, or names.")
    var lessons: [String] = []

    @Option(help: "Sets of seeds to play each lesson on.")
    var plays = 3

    func run() throws {
      let library = LessonCommand.library
      let wanted = lessons.isEmpty ? try library.all() : try lessons.map(library.lesson)
      let start = ContinuousClock.now
      var isSound = true
      try LessonCheck.play(wanted, plays: max(1, plays)) { check in
        try tell(check)
        isSound = isSound && check.findings.isEmpty
      }
      let seconds = (ContinuousClock.now - start).components.seconds
      Diagnostics.say("\(wanted.count) lessons, \(seconds) s")
      guard isSound else { throw ExitCode(1) }
    }

    private func tell(_ check: LessonCheck) throws {
      let lesson = check.lesson
      let answers = check.outcomes.map { Self.letters($0.answers) }.joined(separator: " ")
      let exchanged = check.outcomes.map { Self.letters($0.exchanged) }.joined(separator: " ")
      let equal = check.outcomes.flatMap(\.equal).map(Self.letters).joined(separator: " ")
      var line = visible(lesson.name).padded(to: 22) + "answers \(answers)"
      if lesson.kind != .exempt { line += "   exchanged \(exchanged)" }
      if lesson.kind == .pair { line += "   equal \(equal)" }
      let findings = check.findings
      try StandardOutput().write(line + (findings.isEmpty ? "   ok" : "   FAILED") + "\n")
      for finding in findings { try StandardOutput().write("  " + visible(finding.message) + "\n") }
    }

    /// `C`, or `-` where the record cannot tell.
    private static func letters(_ answers: [Int?]) -> String {
      answers.map { $0.map(Question.letter) ?? "-" }.joined()
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    padding(toLength: max(width, count), withPad: " ", startingAt: 0)
  }
}
