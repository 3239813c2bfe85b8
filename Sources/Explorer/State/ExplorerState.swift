import History
import Metrics
import RunModel
import Statistics
import TerminalUI

/// Everything the explorer knows; `reduce` changes it, `view` draws it.
///
/// Of the run it holds the history; what a frame shows of it is `shown`, a moment, and nothing else.
package struct ExplorerState {
  package let catalog: OptimizerCatalog
  package let workloads: [WorkloadDescriptor]
  package let presets: [PresetEntry]
  package internal(set) var options: ExplorerOptions
  /// What the current run was started from.
  package internal(set) var configuration: RunConfiguration
  /// The configuration with the knobs as they stand now: what `R` runs.
  package internal(set) var draft: RunConfiguration
  /// The number of the current run; 0 before the first.
  package internal(set) var runNumber = 0
  package internal(set) var history: RunHistory
  /// Verdicts on each arm against the first, once the run is over.
  package internal(set) var verdicts: [Verdict] = []
  /// A run kept on the charts for comparison with the next ones.
  package internal(set) var pinned: RunMoment?
  /// The sweep that runs or was last looked at.
  package internal(set) var sweep: SweepPicture?
  package var lessons = LessonDesk()
  /// The picture before the one that is being begun.
  package internal(set) var lastSweep: SweepPicture?
  /// Seconds on the monotonic clock of the last tick.
  package internal(set) var now = 0.0
  package internal(set) var size = Size(width: 80, height: 24)
  package internal(set) var statistics: FrameStatistics?

  package internal(set) var screen = Screen.live
  /// The focused panel of every screen that was left at another than its first.
  var focus: [Screen: PanelID] = [:]
  package internal(set) var modal: Modal?
  package internal(set) var message: Message?
  package internal(set) var settings = ViewSettings()
  package internal(set) var theme: Theme
  /// Whether the user has taken a theme since the start.
  var isThemeChosen = false
  package internal(set) var isMouseOn: Bool
  /// What is being computed again, and whether the run waits for it.
  var replay: ReplayKind?
  /// The kept runs as last listed.
  package internal(set) var runList = RunList()
  /// Where the run on the screen is kept, and who trains it.
  package internal(set) var place = RunPlace()
  /// The knob that was turned last; its answer from the run comes a little later.
  var turningKey: String?
  /// Whether pausing was the last thing asked for; the run answers a little later.
  var isPauseWanted = false

  /// The arm whose distributions and raster are shown, and those left out of the charts.
  package internal(set) var selectedArm = 0
  package internal(set) var hiddenArms: [Bool]
  /// The two arms of the Compare screen.
  package internal(set) var pair = (left: 0, right: 1)
  /// Whether knobs turn the selected arm only.
  package internal(set) var tunesOneArm = false
  package internal(set) var knob = 0
  package internal(set) var selectedBlock = 0
  package internal(set) var blockOrder = BlockColumn.block
  package internal(set) var isBlockOrderReversed = false
  package internal(set) var blockFilter = ""
  /// What the models have written.
  package internal(set) var texts = WrittenTexts()
  /// The steps of blocks that were looked at.
  package internal(set) var looks = BlockLooks()
  /// Which chart of the Blocks screen comes first.
  package internal(set) var blockChart = 0

  package init(
    catalog: OptimizerCatalog, workloads: [WorkloadDescriptor], presets: [PresetEntry],
    configuration: RunConfiguration, options: ExplorerOptions
  ) {
    self.catalog = catalog
    self.workloads = workloads
    self.presets = presets
    self.configuration = configuration
    self.options = options
    draft = configuration
    history = RunHistory(configuration)
    theme = options.presents ? .highContrast : options.theme
    settings.audience = options.presents ? .projector : .desk
    isMouseOn = options.mouse
    hiddenArms = []
    resetSelection()
  }
}

/// The effects of opening the explorer: the comparison starts at once.
package func launch(_ state: inout ExplorerState) -> [Effect] {
  if let lesson = state.lessons.opening { return state.open(lesson) }
  state.runNumber += 1
  return [.start(state.configuration, run: state.runNumber)]
}

extension ExplorerState {
  /// The run as every panel shows it: at the scrubbed step, or at the newest.
  package var shown: RunMoment { history.moment(at: settings.scrub) }

  /// The run as it stands now, whatever is looked at: what keys that act on it go by.
  package var live: RunMoment { history.moment() }

  /// The focused panel: what `Tab` moves, `f` enlarges and `?` explains.
  package internal(set) var pane: PanelID {
    get {
      if let chosen = focus[screen] { return chosen }
      return switch screen {
      case .live: .loss
      case .compare: .lossPair
      case .blocks: .blockTable
      case .sweep: sweep == nil ? .sweepInvitation : .sweepChart
      case .lessons, .runs: .loss
      }
    }
    set { focus[screen] = newValue }
  }

  /// The step the panels show.
  package var shownStep: Int { shown.step }

  /// The arm whose coins are shown: the selected one, or the first that has any.
  package var maskedArm: Int? {
    let arms = shown.arms
    if arms.indices.contains(selectedArm), arms[selectedArm].isMasking { return selectedArm }
    return arms.firstIndex(where: \.isMasking)
  }

  mutating func resetSelection() {
    let arms = configuration.arms
    hiddenArms = Array(repeating: false, count: arms.count)
    selectedArm = 0
    tunesOneArm = false
    pair = (0, arms.firstIndex { $0.wrapper != nil && !$0.isMatched } ?? 1)
    if pair.right == 0 { pair.right = min(1, arms.count - 1) }
    knob = 0
    selectedBlock = 0
    settings.scrub = nil
    settings.crosshair = nil
    settings.zoom = 0
  }

  mutating func say(_ text: String, isAlert: Bool = false, seconds: Double = 6) {
    message = Message(text: text, isAlert: isAlert, until: now + seconds)
  }

  /// Makes `configuration` the one that trains.
  mutating func begin(_ configuration: RunConfiguration) -> [Effect] {
    self.configuration = configuration
    draft = configuration
    history = RunHistory(configuration)
    verdicts = []
    (looks, texts) = (BlockLooks(), WrittenTexts())
    place = RunPlace()
    turningKey = nil
    runNumber += 1
    (isPauseWanted, replay) = (false, nil)
    modal = nil
    resetSelection()
    return [.start(configuration, run: runNumber)]
  }
}
