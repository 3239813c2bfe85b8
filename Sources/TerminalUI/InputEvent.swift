/// A key as the application sees it.
package enum Key: Hashable, Sendable {
  case character(Character)
  /// Control and a lower-case letter (or one of `\ ] ^ _ @`): `^L` is `.control("l")`.
  case control(Character)
  /// Escape and a character arriving together.
  case alt(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case function(Int)
  /// Text pasted as a whole: for whoever takes text, never a command.
  case pasted(String)
}

/// What the mouse did, and in which cell.
package struct MouseEvent: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    case press, release, click, doubleClick, wheelUp, wheelDown
  }

  package let action: Action
  package let position: Position

  package init(_ action: Action, x: Int, y: Int) {
    self.action = action
    self.position = Position(x: x, y: y)
  }
}

/// A signal from outside that the application answers itself.
package enum TerminalSignal: Hashable, Sendable {
  case interrupt, terminate, hangup, suspend
}

/// Everything that can reach the application through its terminal.
package enum InputEvent: Hashable, Sendable {
  case key(Key)
  case mouse(MouseEvent)
  case resize(Size)
  /// The terminal has named its background.
  case background(TerminalColor)
  /// Another thread has something to say.
  case wake
  case signal(TerminalSignal)
  /// Back on the screen after a suspension.
  case resumed
  /// The terminal is gone: draw no more, finish or save without it.
  case detached
}
