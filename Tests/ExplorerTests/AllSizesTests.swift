import Explorer
import Foundation
import RunModel
import TerminalUI
import Testing

/// Every size, screen, audience and number of arms: what is essential is there, nothing overlaps.
///
/// The places of panels are checked at all of them. Frames are drawn at a sample that shifts with
/// the height; with ALL_FRAMES set, at all of them.
@Suite struct AllSizesTests {
  private static let widths = Array(stride(from: 40, through: 250, by: 5))
  private static let heights = Array(12...80)
  private static let arms = [
    "adam", "magma(adam)", "matched(magma(adam))", "skip(adam)", "damp(adam)", "lion",
    "magma(lion)", "rmsprop",
  ]
  private static let screens: [Character] = ["1", "2", "3", "4"]

  private func states(_ count: Int) throws -> [ExplorerState] {
    try Self.screens.flatMap { screen in
      try [false, true].map { isForAudience in
        var state = try Fake.running(to: 340, Array(Self.arms.prefix(count)))
        _ = reduce(
          &state,
          .sweep(SweepScreenTests.picture(.finished, verdicts: [SweepScreenTests.verdict()])))
        press(&state, "\(screen)")
        if isForAudience {
          press(&state, ":present")
          _ = reduce(&state, .key(.enter))
        }
        _ = reduce(&state, .tick(1_000))
        return state
      }
    }
  }

  @Test(arguments: [1, 2, 4, 8])
  func panelsFillTheBodyWithoutOverlap(_ count: Int) throws {
    for state in try states(count) {
      for width in Self.widths {
        for height in Self.heights {
          check(ScreenLayout(state, size: Size(width: width, height: height)), state, width, height)
        }
      }
    }
  }

  private func check(
    _ layout: ScreenLayout, _ state: ExplorerState, _ width: Int, _ height: Int
  ) {
    let name = "\(state.screen) \(state.settings.audience) \(width)x\(height)"
    let places = layout.places
    #expect(!places.isEmpty, "\(name)")
    let total = places.reduce(0) { $0 + $1.area.width * $1.area.height }
    let rows = Set(places.flatMap { $0.area.y..<$0.area.bottom })
    #expect(total == rows.count * width, "\(name): panels fill their rows")
    for (index, place) in places.enumerated() {
      let least = place.id.spec.minimum
      #expect(
        places.count == 1
          || (place.area.width >= least.width && place.area.height >= least.height),
        "\(name): \(place.id) has \(place.area.size)")
      for other in places[(index + 1)...] {
        #expect(place.area.intersection(other.area).isEmpty, "\(name): \(place.id) \(other.id)")
      }
    }
    let shown = Set(places.map(\.id))
    let essential: Set<PanelID> =
      switch state.screen {
      case .live: [.loss]
      case .compare: [.lossPair]
      case .blocks: [.blockTable]
      case .sweep: [.sweepChart]
      case .lessons, .runs: []
      }
    #expect(essential.isSubset(of: shown), "\(name): \(shown)")
  }

  @Test(arguments: [1, 2, 4, 8])
  func framesSayWhatIsEssential(_ count: Int) throws {
    let isFull = ProcessInfo.processInfo.environment["ALL_FRAMES"] != nil
    for state in try states(count) {
      for (row, height) in Self.heights.enumerated() {
        for (column, width) in Self.widths.enumerated()
        where isFull || (column + 5 * row) % 31 == 0 || (width == 160 && (49...52).contains(height))
        {
          draw(state, Size(width: width, height: height))
        }
      }
    }
  }

  /// The tab line names the shown screen whole and every other one by its number at least.
  @Test func tabLineNamesEveryScreenAtEveryWidth() throws {
    var state = try Fake.running()
    for screen in Screen.allCases {
      press(&state, "\(screen.rawValue)")
      for width in Array(40...72) + [90, 100, 160] {
        for height in [12, 24] {
          let frame = view(state, size: Size(width: width, height: height))
          let line = frame.buffer.plainText().split(separator: "\n")[1]
          let name = "\(screen) \(width)x\(height): \(line)"
          #expect(line.contains("[\(screen.rawValue) \(screen.title)]"), "\(name)")
          for other in Screen.allCases where other != screen {
            let isWhole =
              line.contains(" \(other.rawValue) \(other.title)")
              || line.contains(" \(other.rawValue) ") || line.hasSuffix(" \(other.rawValue)")
            #expect(isWhole, "\(name)")
            #expect(
              Set(Screen.allCases.filter { line.contains(" \($0.title)") }).count
                == (line.contains(" \(other.title)") ? Screen.allCases.count : 1), "\(name)")
          }
          if line.contains("Tab ") { #expect(!line.contains("~"), "\(name)") }
        }
      }
    }
  }

  /// Explanations of the panels of arms and verdict: whole where they begin.
  private static let sentences = [
    "luck and merit cannot be told apart", "lr x keep x s of the masked blocks; mean over the run",
    "CPU per step relative to the first arm", "needs 6 paired seeds",
    "the best any model can reach",
    "v: why", "one seed: no verdict",
  ]

  private func expectWholeSentences(_ place: PanelPlace, _ buffer: CellBuffer, _ name: String) {
    let rows = buffer.plainText().split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.filter { !"│".contains($0) }.split(separator: " ").joined(separator: " ") }
    let text = rows.joined(separator: " ")
    for sentence in Self.sentences {
      let start = sentence.split(separator: " ").prefix(2).joined(separator: " ")
      #expect(
        !text.contains(start) || text.contains(sentence),
        "\(name): '\(sentence)' is cut in \(place.id)")
    }
    let rates = text.matches(of: /eff\.lr \S+ mean/).count
    #expect(rates == text.matches(of: /eff\.lr \S+ mean (\d\.\d|-)/).count, "\(name): mean of what")
  }

  /// Draws every panel by itself and looks at what it says.
  private func draw(_ state: ExplorerState, _ size: Size) {
    let layout = ScreenLayout(state, size: size)
    let name = "\(state.screen) \(state.settings.audience) \(size), \(state.shown.arms.count) arms"
    for place in layout.places {
      var buffer = CellBuffer(size)
      place.id.spec.draw(state, on: &buffer, in: place.area)
      expectNothingOutside(place, buffer, name)
      expectContents(place, buffer, state, name)
      if [.runs, .verdict].contains(place.id) { expectWholeSentences(place, buffer, name) }
    }
  }

  private func expectNothingOutside(_ place: PanelPlace, _ buffer: CellBuffer, _ name: String) {
    for y in 0..<buffer.height {
      for x in 0..<buffer.width
      where !place.area.contains(x: x, y: y) && buffer[x, y] != .blank {
        Issue.record("\(name): \(place.id) writes at \(x),\(y)")
        return
      }
    }
  }

  private func expectContents(
    _ place: PanelPlace, _ buffer: CellBuffer, _ state: ExplorerState, _ name: String
  ) {
    let text = buffer.plainText()
    let arms = state.shown.arms
    switch place.id {
    case .loss:
      #expect(hasCurve(buffer, place.area), "\(name): no curve")
    case .lossPair where arms.count > 1:
      for half in [
        place.area.cutLeft(place.area.width / 2).0, place.area.cutRight(place.area.width / 2).1,
      ] {
        #expect(hasCurve(buffer, half), "\(name): no curve in a half")
      }
      for arm in arms.prefix(2) { expectLoss(of: arm.place, in: text, state, name) }
    case .runs:
      let rows = text.split(separator: "\n").dropFirst()
        .count { row in arms.contains { row.contains("\($0.letter) \($0.name.prefix(4))") } }
      let told = text.firstMatch(of: /(\d+) more/).flatMap { Int($0.1) } ?? 0
      #expect(rows > 0 && (rows == arms.count || told > 0), "\(name): \(rows) rows, \(told) more")
    case .blockTable:
      #expect(text.contains("0.q") || text.contains("embed"), "\(name): a table without rows")
    case .maskPair where arms.count > 1, .alignmentPair where arms.count > 1:
      #expect(text.contains("█"), "\(name): \(place.id) without bars")
    default: break
    }
  }

  private func expectLoss(
    of arm: Int, in text: String, _ state: ExplorerState, _ name: String
  ) {
    let step = state.shownStep / 40 * 40
    let loss = Fake.record(state.configuration, arm: arm, step: step).validationLoss
    #expect(text.contains(Shown.loss(loss)), "\(name): the loss of arm \(arm) is not said")
  }

  /// Whether there is braille within the frame.
  private func hasCurve(_ buffer: CellBuffer, _ area: Rectangle) -> Bool {
    for y in area.y..<area.bottom {
      for x in area.x..<area.right
      where (0x2801...0x28FF).contains(buffer[x, y].scalar.value) { return true }
    }
    return false
  }
}
