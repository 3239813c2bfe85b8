import TerminalUI

/// One row of the key table, from which dispatch, help, hints and the manual are derived.
package struct KeyBinding: Sendable {
  package let keys: [Key]
  /// How the keys are written: `+ -`, `PgUp`.
  package let shown: String
  package let command: KeyCommand
  package let help: String
  /// The word in the hint bar and how long it stays there when room is short; nil for none.
  package let hint: (label: String, priority: Int)?
  package let group: KeyGroup
  /// Whether the feature exists in this program; a key without its feature is not listed.
  let isOffered: @Sendable (ExplorerOptions) -> Bool

  init(
    _ keys: [Key], _ shown: String, _ command: KeyCommand, _ help: String, in group: KeyGroup,
    hint: (String, Int)? = nil,
    offered: @escaping @Sendable (ExplorerOptions) -> Bool = { _ in true }
  ) {
    self.keys = keys
    self.shown = shown
    self.command = command
    self.help = help
    self.group = group
    self.hint = hint.map { (label: $0.0, priority: $0.1) }
    isOffered = offered
  }
}

/// Headings of the help overlay.
package enum KeyGroup: String, CaseIterable, Sendable {
  case run = "Run"
  case tune = "Tune"
  case look = "Look"
  case time = "Move in time"
  case go = "Go to"
  case keep = "Keep"
  case program = "Program"
}

/// What keys can ask for.
package enum KeyCommand: Hashable, Sendable {
  case quit, help, close, open, nextPane, previousPane
  case up, down, left, right, pageUp, pageDown
  case pause, stepOne, stepTen, restart, rerun
  case increase, decrease, reset
  case smoother, rougher, logY, logX, axis, bands, outliers, raw, zoom, crosshair
  case back, forward, jumpBack, jumpForward, first, last
  case screen(Screen)
  case newComparison, presets, nextArm, swapPair, pin, mark, difference, verdict, fork, undo
  case filter, commandLine
  case hint, pageBefore
  case save, export
  case theme, redraw, suspend, mouse
  case full, window, oneArm, reverse, present, judge, control, extend
}

package enum KeyTable {
  /// Every key of the screens; text fields and lists take printable keys first.
  package static let bindings: [KeyBinding] = run + tune + look + time + go + keep + program

  /// The rows whose feature exists here.
  package static func offered(_ options: ExplorerOptions) -> [KeyBinding] {
    bindings.filter { $0.isOffered(options) }
  }

  /// What a key asks for on a screen.
  static func command(for key: Key, _ options: ExplorerOptions) -> KeyCommand? {
    bindings.first { $0.keys.contains(key) && $0.isOffered(options) }?.command
  }

  private static let run = [
    KeyBinding(
      [c(" ")], "Space", .pause,
      "pause and continue (Sweep: the sweep); in the panel of arms: show or hide the arm",
      in: .run, hint: ("pause", 9)),
    KeyBinding([c("s")], "s", .stepOne, "train one step, then pause", in: .run, hint: ("step", 7)),
    KeyBinding([c("S")], "S", .stepTen, "train ten steps, then pause (:step N for more)", in: .run),
    KeyBinding([c("r")], "r", .restart, "restart from step 0 with the same seeds", in: .run),
    KeyBinding(
      [c("R")], "R", .rerun, "rerun clean: the present settings from step 0, same seeds",
      in: .run, hint: ("rerun", 3)),
    KeyBinding(
      [c("J")], "J", .judge,
      "judge this: the present settings on six fresh paired seeds with the matched control",
      in: .run, hint: ("judge", 3)),
    KeyBinding(
      [c("K")], "K", .control, "add the step-matched control to the comparison", in: .run),
    KeyBinding(
      [c("E")], "E", .extend,
      "Sweep: go on outward where a best value lies at the edge of the grid", in: .run,
      hint: ("extend", 5)),
    KeyBinding(
      [c("n")], "n", .newComparison, "set up a new comparison (form)", in: .run, hint: ("new", 8)),
    KeyBinding(
      [c("p")], "p", .presets, "choose a ready-made comparison", in: .run, hint: ("presets", 6)),
  ]

  private static let tune = [
    KeyBinding(
      [.left, c("h")], "h Left", .left,
      "previous knob; crosshair left; Blocks, Runs: sort by another column",
      in: .tune),
    KeyBinding(
      [.right, c("l")], "l Right", .right,
      "next knob; crosshair right; Blocks, Runs: sort by another column",
      in: .tune, hint: ("knob", 5)),
    KeyBinding(
      [c("+"), c("=")], "+", .increase, "raise the focused knob (lr on a 1-2-3-5 grid)", in: .tune,
      hint: ("tune", 8)),
    KeyBinding([c("-"), c("_")], "-", .decrease, "lower the focused knob", in: .tune),
    KeyBinding([c("0")], "0", .reset, "focused knob back to its default", in: .tune),
    KeyBinding([c("A")], "A", .oneArm, "tune only the selected arm, or all", in: .tune),
  ]

  private static let look = [
    KeyBinding(
      [.tab], "Tab", .nextPane, "next panel; one that does not fit fills the screen", in: .look,
      hint: ("panel", 7)),
    KeyBinding([.backTab], "S-Tab", .previousPane, "previous panel", in: .look),
    KeyBinding(
      [c("f")], "f", .full, "the focused panel fills the screen; Esc gives it back", in: .look,
      hint: ("full", 4)),
    KeyBinding(
      [.enter], "Enter", .open, "the same; maps of a step: compute them; Sweep: set one up",
      in: .look),
    KeyBinding(
      [c("W")], "W", .window,
      "distributions since the start, over the last 100 steps, at the cursor", in: .look),
    KeyBinding([c("B")], "B", .reverse, "Blocks, Runs: reverse the order", in: .look),
    KeyBinding([.up, c("k")], "k Up", .up, "previous arm or block", in: .look),
    KeyBinding([.down, c("j")], "j Down", .down, "next arm or block", in: .look),
    KeyBinding([.pageUp], "PgUp", .pageUp, "a page up in lists", in: .look),
    KeyBinding([.pageDown], "PgDn", .pageDown, "a page down in lists", in: .look),
    KeyBinding(
      [c("a")], "a", .nextArm, "select the next arm: its blocks and distributions are shown",
      in: .look),
    KeyBinding([c("c")], "c", .swapPair, "Compare: next pair of arms", in: .look),
    KeyBinding([c("]")], "]", .smoother, "smooth the curves more", in: .look, hint: ("smooth", 2)),
    KeyBinding([c("[")], "[", .rougher, "smooth the curves less", in: .look),
    KeyBinding([c("y")], "y", .logY, "logarithmic loss axis", in: .look, hint: ("log y", 2)),
    KeyBinding([c("X")], "X", .logX, "logarithmic horizontal axis", in: .look),
    KeyBinding(
      [c("x")], "x", .axis, "horizontal axis: step, tokens, CPU s, wall s", in: .look,
      hint: ("x axis", 1)),
    KeyBinding(
      [c("b")], "b", .bands, "seeds as 95 % bands, as a curve each, or not at all", in: .look),
    KeyBinding([c("o")], "o", .outliers, "leave outliers out of the loss axis", in: .look),
    KeyBinding([c("g")], "g", .raw, "raw curve under the smoothed one", in: .look),
    KeyBinding(
      [c("z")], "z", .zoom, "zoom in on the crosshair or the end; again: closer, then all",
      in: .look, hint: ("zoom", 1)),
    KeyBinding(
      [c("i")], "i", .crosshair,
      "name what is there: values at a step (left and right move), or the marks of a panel",
      in: .look,
      hint: ("inspect", 3)),
    KeyBinding(
      [c("d")], "d", .difference, "how the two compared arms are set differently", in: .look),
    KeyBinding(
      [c("v")], "v", .verdict, "how far to trust the comparison (Sweep: the sweep), in full",
      in: .look, hint: ("verdict", 3)),
    KeyBinding([c("/")], "/", .filter, "filter a list by name", in: .look),
  ]

  private static let time = [
    KeyBinding(
      [c(",")], ",", .back, "freeze all panels one step back", in: .time, hint: ("scrub", 4)),
    KeyBinding([c(".")], ".", .forward, "one step forward", in: .time),
    KeyBinding([c("<")], "<", .jumpBack, "back by 5 %", in: .time),
    KeyBinding([c(">")], ">", .jumpForward, "forward by 5 %", in: .time),
    KeyBinding([.home], "Home", .first, "to the first step", in: .time),
    KeyBinding([.end], "End", .last, "back to live", in: .time),
    KeyBinding([c("m")], "m", .mark, "mark this step on the charts", in: .time),
    KeyBinding(
      [c("u")], "u", .undo, "undo the last live change: back to just before it", in: .time),
    KeyBinding(
      [c("F")], "F", .fork, "fork at the shown step: a run of its own from there", in: .time),
  ]

  private static let go =
    Screen.allCases.map { screen in
      KeyBinding(
        [c(Character("\(screen.rawValue)"))], "\(screen.rawValue)", .screen(screen),
        "the \(screen.title) screen", in: .go)
    } + [
      KeyBinding(
        [c(":")], ":", .commandLine, "command line, Tab completes", in: .go, hint: ("command", 2)),
      KeyBinding(
        [c("?")], "?", .help, "explain the focused panel; all keys", in: .go, hint: ("help", 10)),
      KeyBinding(
        [.backspace], "BkSp", .pageBefore, "Lessons: the page before (Enter: go on)", in: .go,
        hint: ("back", 8)),
      KeyBinding([c("H")], "H", .hint, "Lessons: a hint", in: .go, hint: ("hint", 9)),
      KeyBinding(
        [.escape], "Esc", .close, "close, leave full panel, crosshair, zoom or scrub; never quits",
        in: .go),
    ]

  private static let keep = [
    KeyBinding(
      [c("P")], "P", .pin, "pin this run's curves under the next runs, or unpin", in: .keep),
    KeyBinding(
      [c("w")], "w", .save, "keep the run for good, under its title (:w NAME)", in: .keep,
      hint: ("keep", 2),
      offered: { $0.canSave }),
    KeyBinding(
      [c("e")], "e", .export, "export the run (:e names the form)", in: .keep,
      offered: { !$0.exports.isEmpty }),
  ]

  private static let program = [
    KeyBinding([c("t")], "t", .theme, "next colour theme", in: .program),
    KeyBinding([c("M")], "M", .mouse, "mouse on or off", in: .program),
    KeyBinding([.control("l")], "^L", .redraw, "draw the screen again", in: .program),
    KeyBinding([.control("z")], "^Z", .suspend, "suspend to the shell", in: .program),
    KeyBinding(
      [c("q"), .control("c")], "q", .quit,
      "quit at once; the run is kept, magmascope --continue goes on", in: .program,
      hint: ("quit", 10)),
  ]

  private static func c(_ character: Character) -> Key { .character(character) }
}
