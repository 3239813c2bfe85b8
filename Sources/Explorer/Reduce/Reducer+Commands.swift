import RunModel
import TerminalUI

extension ExplorerState {
  /// Does what a key of the screens asks for.
  mutating func perform(_ command: KeyCommand) -> [Effect] {
    if screen == .runs, let effects = performOnRuns(command) { return effects }
    if screen == .sweep, let effects = performOnSweep(command) { return effects }
    if screen == .lessons, let effects = performOnLessons(command) { return effects }
    switch command {
    case .quit: return quit()
    case .pause, .stepOne, .stepTen, .restart, .rerun: return control(command)
    case .increase: return nudge(up: true)
    case .decrease: return nudge(up: false)
    case .reset: return resetKnob()
    case .back, .forward, .jumpBack, .jumpForward, .first, .last: return scrub(command)
    case .left: return move(sideways: -1)
    case .right: return move(sideways: 1)
    case .up: return move(vertically: -1)
    case .down: return move(vertically: 1)
    case .pageUp: return move(vertically: -10)
    case .pageDown: return move(vertically: 10)
    case .nextPane: return cyclePane(1)
    case .previousPane: return cyclePane(-1)
    case .smoother, .rougher, .logY, .logX, .axis, .bands, .outliers, .raw, .zoom, .crosshair:
      return look(command)
    case .save, .export, .redraw, .suspend, .mouse, .theme: return program(command)
    case .help, .newComparison, .presets, .difference, .verdict, .filter, .commandLine:
      return openModal(command)
    case .screen(let screen):
      self.screen = screen
      return screen == .runs ? [.listRuns] : []
    case .fork: return askToBranch(.fork(step: shownStep))
    case .undo: return askToUndo()
    case .nextArm: return move(armBy: 1)
    case .swapPair: return nextPair()
    case .pin: return togglePin()
    case .mark: return addMark()
    case .open: return computeMaps() ?? toggleFull()
    case .full: return toggleFull()
    case .oneArm: return tuneOneArm()
    case .reverse: return reverseBlocks()
    case .window: return nextWindow()
    case .present: return present()
    case .judge: return judge()
    case .control: return addControl()
    case .extend:
      say("E extends the grid of a sweep (screen 4)")
      return []
    case .close: return close()
    case .hint, .pageBefore:
      say("hints and pages belong to the lessons on screen \(Screen.lessons.rawValue)")
      return []
    }
  }

  private mutating func look(_ command: KeyCommand) -> [Effect] {
    switch command {
    case .smoother: settings.smoothing = settings.smoothing.stronger
    case .rougher: settings.smoothing = settings.smoothing.weaker
    case .logY: settings.isLogY.toggle()
    case .logX: settings.isLogX.toggle()
    case .axis: settings.axis = settings.axis.next
    case .bands:
      settings.spread = settings.spread.next
      switch settings.spread {
      case .bands: say("bands: 95 % intervals over seeds")
      case .seeds: say("thin curves: every seed by itself")
      case .nothing: say("neither bands nor seeds")
      }
    case .outliers: settings.clipsOutliers.toggle()
    case .raw: settings.showsRaw.toggle()
    case .zoom:
      settings.zoom = settings.zoom == ViewSettings.deepestZoom ? 0 : settings.zoom + 1
    case .crosshair: inspect()
    default: break
    }
    return []
  }

  private mutating func program(_ command: KeyCommand) -> [Effect] {
    switch command {
    case .save: return [.save(name: live.configuration.title)]
    case .export: return options.exports.first.map { [.export($0)] } ?? []
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .mouse:
      isMouseOn.toggle()
      say(isMouseOn ? "mouse on" : "mouse off: the terminal selects text again")
      return [.setMouse(isMouseOn)]
    case .theme:
      choose(theme.next)
      say("theme \(theme.name)")
      return [.redraw]
    default: return []
    }
  }

  private mutating func openModal(_ command: KeyCommand) -> [Effect] {
    switch command {
    case .help: modal = .help(offset: 0)
    case .newComparison: return open(form(draft))
    case .presets: modal = .presets(PresetList())
    case .difference: modal = .difference(offset: 0)
    case .verdict: modal = .verdict(offset: 0)
    case .commandLine: modal = .command(CommandLine())
    case .filter:
      screen = .blocks
      modal = .filter(TextEditor(blockFilter))
    default: break
    }
    return []
  }

  /// Esc: the innermost thing goes first.
  private mutating func close() -> [Effect] {
    if replay != nil { return [.stopReplay] }
    if settings.isFull {
      settings.isFull = false
    } else if message != nil {
      message = nil
    } else if settings.crosshair != nil {
      settings.crosshair = nil
    } else if settings.zoom != 0 {
      settings.zoom = 0
    } else if settings.scrub != nil {
      settings.scrub = nil
    } else if !blockFilter.isEmpty {
      blockFilter = ""
    }
    return []
  }

  private mutating func toggleFull() -> [Effect] {
    settings.isFull.toggle()
    if settings.isFull { say("\(pane.spec.title): Esc gives the screen back", seconds: 3) }
    return []
  }

  private mutating func tuneOneArm() -> [Effect] {
    tunesOneArm.toggle()
    knob = 0
    say(
      tunesOneArm
        ? "knobs now turn \(live.arms[selectedArm].letter) only (A: all arms)"
        : "knobs now turn all arms")
    return []
  }

  private mutating func reverseBlocks() -> [Effect] {
    screen = .blocks
    isBlockOrderReversed.toggle()
    selectFirstBlock()
    return []
  }

  private mutating func nextWindow() -> [Effect] {
    settings.window = settings.window.next
    say("distributions: \(windowText)")
    return []
  }

  /// Projector mode on or off, with the theme that goes with it.
  mutating func present() -> [Effect] {
    let isOn = settings.audience == .desk
    settings.audience = isOn ? .projector : .desk
    settings.isFull = false
    theme = isOn ? .highContrast : options.theme
    say(isOn ? "projector mode (:present again ends it)" : "projector mode ended")
    return [.redraw]
  }

  /// The crosshair where there is a step axis; elsewhere what the marks of the panel are.
  private mutating func inspect() {
    switch pane {
    case .loss, .lossPair, .runs, .verdict, .digits, .numbers, .difference, .alignmentTrace,
      .rateTrace, .alignmentDifference, .factors, .settings, .raster, .blockTable, .stepByHand,
      .blockCharts:
      settings.crosshair = settings.crosshair == nil ? shownStep : nil
    case .blockMaps, .mask, .maskPair, .texts, .alignment, .alignmentPair, .damping,
      .sweepInvitation, .sweepStatus, .sweepChart, .sweepArms, .sweepVerdict:
      say(pane.spec.explanation[0], seconds: 15)
    }
  }

  private mutating func togglePin() -> [Effect] {
    if pinned != nil {
      pinned = nil
      say("unpinned")
    } else {
      pinned = shown
      say("pinned: these curves stay, dashed, under the next runs")
    }
    return []
  }

  /// Writes a mark at the shown step: into the journal, which the charts are drawn from.
  mutating func mark(_ text: String) -> [Effect] {
    say("marked step \(shownStep)")
    return [.command(.mark(step: shownStep, text: text))]
  }

  private mutating func addMark() -> [Effect] {
    return mark("mark")
  }

  private mutating func nextPair() -> [Effect] {
    let count = live.arms.count
    guard count > 1 else { return [] }
    screen = .compare
    if count == 2 {
      pair = (pair.right, pair.left)
    } else {
      repeat { pair.right = (pair.right + 1) % count } while pair.right == pair.left
    }
    return []
  }
}
