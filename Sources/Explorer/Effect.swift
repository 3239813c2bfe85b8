import RunModel

/// Something to be done outside; the reducer asks, one place in the program does it.
package enum Effect: Sendable, Hashable {
  /// Stop the run that trains, if any, and start this one under number `run`.
  case start(RunConfiguration, run: Int)
  /// Hand a command to the run that trains.
  case command(RunCommand)
  /// Begin, watch or end a sweep; answered by `Action.sweep`.
  case sweep(SweepOrder)
  /// Run a lesson, keep how far it has come, show the speaker the page.
  case lesson(LessonEffect)
  /// Keep the run directory; answered by `Action.stored`.
  case save
  /// Write the run in another form; answered by `Action.stored`.
  case export(ExportKind)
  /// Leave the program, keeping the run directory first when asked.
  case quit(saveFirst: Bool)
  /// Give the terminal back to the shell until continued.
  case suspend
  /// Send every cell again.
  case redraw
  case setMouse(Bool)
}

/// Forms a run can be taken away in.
package enum ExportKind: String, Sendable, Hashable, CaseIterable {
  case csv, jsonl, svg, tensorboard, latex
  /// The screen as it is, as plain text.
  case text
}
