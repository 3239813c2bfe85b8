import RunModel

/// Something to be done outside; the reducer asks, one place in the program does it.
package enum Effect: Sendable, Hashable {
  /// Stop the run that trains, if any, and start this one under number `run`.
  case start(RunConfiguration, run: Int)
  /// Show a kept run under number `run`, and go on with it where it has not ended.
  case open(directory: String, run: Int)
  /// Look at a run that another process trains.
  case watch(directory: String, run: Int)
  /// Hand a command to the run that trains.
  case command(RunCommand)
  /// Begin, watch or end a sweep; answered by `Action.sweep`.
  case sweep(SweepOrder)
  /// Run a lesson, keep how far it has come, show the speaker the page.
  case lesson(LessonEffect)
  /// Find out what a comparison would take, unless another is asked for; answered by `Action.estimated`.
  case estimate(RunConfiguration)
  /// Look up how a path could go on; answered by `Action.completed`.
  case completePath(String)
  /// Write a configuration as a preset file; answered by `Action.stored`.
  case savePreset(RunConfiguration, path: String)
  /// Look up the kept runs; answered by `Action.runs`.
  case listRuns
  case nameRun(directory: String, name: String)
  case deleteRun(directory: String)
  /// Read a kept run to lay its curves under the present ones; answered by `Action.overlaid`.
  case overlay(directory: String)
  /// Let the newest models of a run go on with a text; nil: write for the panel. Answered by
  /// `Action.texts`.
  case sample(directory: String, prompt: String?, run: Int)
  /// Take the run back, or branch another off it.
  case branch(BranchOrder, run: Int)
  /// Compute a part of the past of the run in this directory again, which stays as it is; answered by
  /// `Action.run` and then `Action.computedAgain`.
  case computeAgain(PastOrder, directory: String, run: Int)
  /// Give up what is being computed again.
  case stopReplay
  /// Keep the run under a name; answered by `Action.stored`.
  case save(name: String)
  /// Write the run in another form; answered by `Action.stored`.
  case export(ExportKind)
  /// Keep these settings of the view, by name, for the next time.
  case remember([String: String])
  /// Leave the program; what was recorded stays.
  case quit
  /// Give the terminal back to the shell until continued.
  case suspend
  /// Send every cell again.
  case redraw
  case setMouse(Bool)
  /// Put a text into the clipboard of the terminal.
  case copy(String)
}

/// Forms a run can be taken away in.
package enum ExportKind: String, Sendable, Hashable, CaseIterable {
  case csv, jsonl, svg, tensorboard, latex
  /// The screen as it is: as plain text, and as a picture.
  case text, screen
}
