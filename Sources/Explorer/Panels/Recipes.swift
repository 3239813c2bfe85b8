import TerminalUI

/// Whom the screens are drawn for.
package enum Audience: Sendable, CaseIterable {
  /// One person before the screen.
  case desk
  /// People at the far end of a room: few panels, thick lines, large digits.
  case projector
}

/// Which panels a screen is made of, and how they lie.
struct Recipe {
  let screen: Screen
  let audience: Audience
  /// Of the room for panels.
  let size: Size
  let blockCount: Int
  let sweptArmCount: Int?
  /// Whether blocks are matrices that are worth a map, and not a few weights in a plane.
  let hasMaps: Bool
  /// Whether the models are of language, and can write.
  let hasTexts: Bool

  var arrangement: Arrangement {
    switch (screen, audience) {
    // These draw themselves: a page and a list, not panels of the run.
    case (.lessons, _), (.runs, _): .rows([])
    case (.live, .desk): live
    case (.live, .projector): .rows([.cells(9, .digits), .share(1, .loss)])
    case (.compare, .desk): compare
    case (.compare, .projector): .rows([.cells(9, .digits), .share(1, .lossPair)])
    case (.blocks, .desk): blocks
    case (.blocks, .projector): .rows([.share(1, .blockTable), .cells(16, .stepByHand)])
    case (.sweep, .desk): sweep
    case (.sweep, .projector):
      sweptArmCount == nil
        ? .panel(.sweepInvitation)
        : .rows([.cells(2, .sweepStatus), .share(2, .sweepChart), .share(1, .sweepVerdict)])
    }
  }

  /// The panels that `Tab` goes round, first those of the arrangement.
  var order: [PanelID] {
    let shown = arrangement.panels
    let wide = Recipe(
      screen: screen, audience: .desk, size: Size(width: 250, height: 80),
      blockCount: blockCount, sweptArmCount: sweptArmCount, hasMaps: hasMaps,
      hasTexts: hasTexts)
    let all = audience == .desk ? wide.arrangement.panels : shown + wide.arrangement.panels
    var seen: Set<PanelID> = []
    return all.filter { seen.insert($0).inserted && $0 != .numbers && $0 != .sweepStatus }
  }

  /// Of the column at the right edge.
  private var side: Int {
    size.width >= 160 ? 86 : size.width >= 100 ? 46 : size.width >= 72 ? 28 : 24
  }

  private var live: Arrangement {
    let isWide = size.width >= 150
    var distributions: [Arrangement.Part] = [.share(1, .mask), .share(1, .alignment)]
    if isWide { distributions.append(.share(1, .damping)) }
    distributions.append(.cells(isWide ? size.width / 4 : side, .verdict))
    let curves: [Arrangement.Part] = [.share(1, .loss), .cells(side, .runs)]
    let courses: [Arrangement.Part] = [
      .share(2, .raster), .share(1, .difference), .share(1, .alignmentTrace),
      .share(1, .rateTrace),
    ]
    return .rows([
      .columns(share: 10, curves), .columns(share: 4, distributions), .columns(share: 6, courses),
    ])
  }

  /// Rows for panels from which on texts stand among them; with fewer they would take the histograms
  /// their bins, and wait behind `Tab`.
  static let rowsWithTexts = 46

  private var compare: Arrangement {
    let between: [Arrangement.Part] = [
      .share(1, .difference), .share(1, .alignmentDifference), .share(1, .factors),
      .cells(46, .settings),
    ]
    let rows: [Arrangement.Part] = [
      .cells(2, .numbers), .share(9, .lossPair), .share(5, .maskPair), .share(5, .alignmentPair),
      .columns(share: 7, between),
    ]
    return .rows(hasTexts && size.height >= Self.rowsWithTexts ? rows + [.share(4, .texts)] : rows)
  }

  private var blocks: Arrangement {
    .rows([
      .cells(min(blockCount + 4, size.height * 3 / 5), .blockTable),
      .columns(share: 1, ofBlock),
    ])
  }

  /// Under the table: what is told of one block. Charts are there of every run, maps only of steps that
  /// were looked at: where both do not fit, maps wait behind `Tab`.
  private var ofBlock: [Arrangement.Part] {
    if hasMaps, size.width >= 116 {
      return [
        .cells(min(56, size.width / 3), .stepByHand), .share(1, .blockMaps),
        .share(2, .blockCharts),
      ]
    }
    return [.cells(56, .stepByHand), .share(1, .blockCharts)]
  }

  private var sweep: Arrangement {
    guard let sweptArmCount else { return .panel(.sweepInvitation) }
    guard size.width >= 100 else {
      return .rows([
        .cells(1, .sweepStatus), .share(1, .sweepChart),
        .cells(min(max(sweptArmCount, 2), 5) + 3, .sweepArms), .cells(6, .sweepVerdict),
      ])
    }
    let isLarge = size.width >= 160
    return .rows([
      .cells(2, .sweepStatus),
      .columns(share: 1, [.share(1, .sweepChart), .cells(isLarge ? 84 : 66, .sweepArms)]),
      .cells(isLarge ? 16 : 12, .sweepVerdict),
    ])
  }
}
