import History
import RunModel
import TerminalUI

/// Everything that can happen to the explorer; the loop turns input and mailboxes into these.
package enum Action: Sendable {
  case key(Key)
  case mouse(MouseEvent)
  case resize(Size)
  /// The terminal has told what it draws on, and nobody has chosen a theme before.
  case background(isLight: Bool)
  /// What the run numbered `run` has reported since the last batch; older runs are ignored.
  case run(RunBatch)
  /// A kept run is to be shown instead of the present one.
  case opened(run: Int, ShownRun)
  /// Where the run that trains is kept, and its rows beyond memory.
  case recorded(run: Int, directory: String, archive: any RowArchive)
  /// What another process has written of the run that is watched, and how the run stands.
  case watched(run: Int, [RunEvent], RunPhase)
  /// The kept runs, the newest first.
  case runs([RunEntry])
  case overlaid(ShownRun)
  /// What the models of the run write, for a prompt or, nil, for the panel.
  case texts(run: Int, prompt: String?, [ModelText])
  /// A step is being computed again: how far it is, and for how many seconds still.
  case replaying(run: Int, step: Int, target: Int, secondsLeft: Double?)
  /// What was to be computed again is there, was given up, or cannot be had; with what to say of it.
  case computedAgain(run: Int, Result<String, RunError>)
  /// What a comparison would take.
  case estimated(RunConfiguration, RunEstimate)
  /// The paths that begin with a text.
  case completed(String, [String])
  /// How the sweep stands; older pictures are replaced.
  case sweep(SweepPicture)
  /// Time passes: seconds on a monotonic clock since the start.
  case tick(Double)
  /// `Effect.save` or `.export` came to an end: where the result lies, or what went wrong.
  case stored(StoreResult)
  /// The interface measured itself.
  case measured(FrameStatistics)
  /// Something the user should read, said in the message line.
  case notice(String)
}

/// A drained mailbox: ordered events, and the dense figures that travel beside them.
package struct RunBatch: Sendable {
  /// The number `Effect.start` carried.
  package var run: Int
  package var events: [RunEvent]
  package var rows: RunRows
  package var looks: [BlockLook] = []

  package init(run: Int, events: [RunEvent] = [], rows: RunRows = RunRows(blockCount: 0)) {
    self.run = run
    self.events = events
    self.rows = rows
  }
}

/// The end of a save or an export.
package enum StoreResult: Sendable, Hashable {
  /// Shown after the file has its final name.
  case saved(path: String)
  case exported(path: String)
  case failed(String)
}

/// What a frame costs, for the header.
package struct FrameStatistics: Sendable, Hashable {
  package var framesPerSecond: Double
  /// Building and sending a frame, in milliseconds.
  package var frameMilliseconds: Double
  package var bytesPerFrame: Double
  /// CPU of the interface's thread over wall time.
  package var cpuShare: Double

  package init(
    framesPerSecond: Double, frameMilliseconds: Double, bytesPerFrame: Double, cpuShare: Double
  ) {
    self.framesPerSecond = framesPerSecond
    self.frameMilliseconds = frameMilliseconds
    self.bytesPerFrame = bytesPerFrame
    self.cpuShare = cpuShare
  }
}
