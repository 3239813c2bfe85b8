import History
import Metrics
import RunModel
import Statistics

/// Which steps a distribution is taken over; the key `W` goes round.
package enum TallyWindow: Int, CaseIterable, Sendable {
  case sinceStart, last100, atCursor

  var next: TallyWindow { Self.allCases[(rawValue + 1) % Self.allCases.count] }

  static let length = 100

  /// What the window is called where people write it.
  var word: String {
    switch self {
    case .sinceStart: "start"
    case .last100: "last"
    case .atCursor: "cursor"
    }
  }
}

extension ExplorerState {
  /// The moment that single steps are read from: under the crosshair, else the shown one.
  var cursorMoment: RunMoment {
    settings.crosshair.map { history.moment(at: $0) } ?? shown
  }

  /// `since the start`, `last 100 steps`, `at step 640`.
  var windowText: String {
    switch settings.window {
    case .sinceStart: "since the start"
    case .last100: "last \(TallyWindow.length) steps"
    case .atCursor: "at step \(cursorMoment.step)"
    }
  }
}

/// The mask rates of an arm's blocks over the chosen steps, and the coins behind them.
struct MaskReading {
  /// Of every block read, the share of its updates that was dropped.
  let rates: [Double]
  /// Coins thrown for every block, or steps where none are thrown.
  let steps: Int
  /// The probability of a dropped update where every coin had the same and decided for a whole
  /// block: only then are the rates Binomial.
  let mask: Double?

  /// nil where nothing is known of the arm.
  init?(_ arm: ArmMoment, _ state: ExplorerState) {
    let moment = state.settings.window == .atCursor ? state.cursorMoment : state.shown
    guard let arm = moment[arm.id], let track = arm.track else { return nil }
    let blocks = moment.readBlocks(of: arm)
    switch state.settings.window {
    case .sinceStart:
      let tallies = blocks.map { track.blocks[$0] }
      rates = tallies.map { $0.maskRate ?? 0 }
      steps = tallies.map(\.maskedCount).max().flatMap { $0 > 0 ? $0 : nil } ?? track.step
      mask = arm.dropsUpdates ? track.coins.fairKeep.map { 1 - $0 } : nil
    case .last100:
      guard let raster = track.curves?.raster else { return nil }
      let ages = 0..<min(TallyWindow.length, raster.stepCount)
      rates = blocks.map { block in
        ages.reduce(0.0) { $0 + 1 - raster.cell(block: block, age: $1).keptShare }
          / Double(max(1, ages.count))
      }
      steps = ages.count
      mask = Self.mask(of: arm, blocks, sameFor: ages.count, moment)
    case .atCursor:
      rates = blocks.map { 1 - Double(track.blocks[$0].row.keptShare) }
      steps = 1
      mask = Self.mask(of: arm, blocks, sameFor: 1, moment)
    }
  }

  /// Why no count can be expected of a masked arm's coins: they have no single Binomial.
  static func unlikeCoins(of arm: ArmMoment) -> String? {
    guard let coins = arm.track?.coins, coins.dropsUpdates else { return nil }
    if coins.hasPartialShares { return "parts of blocks" }
    return coins.fairKeep == nil ? "mask varied" : nil
  }

  /// The probability that all coins of the last steps shared.
  private static func mask(
    of arm: ArmMoment, _ blocks: [Int], sameFor count: Int, _ moment: RunMoment
  ) -> Double? {
    guard let track = arm.track, !track.coins.hasPartialShares, arm.dropsUpdates else {
      return nil
    }
    let wasChanged = moment.journal.contains {
      ($0.kind == .change || $0.kind == .replace) && $0.step > moment.step - count
        && $0.arm ?? arm.id == arm.id
    }
    let keeps = Set(blocks.map { track.blocks[$0].row.keep })
    guard !wasChanged, keeps.count == 1, let keep = keeps.first else { return nil }
    return 1 - Double(keep)
  }

  /// The stretch that fair coins reach in all likelihood, widened to what happened; nil where
  /// nothing was dropped.
  var reach: ClosedRange<Double>? {
    let dropped = rates.filter { $0 > 0 }
    guard mask.map({ $0 > 0 }) ?? !dropped.isEmpty else { return nil }
    let centre = mask ?? dropped.reduce(0, +) / Double(dropped.count)
    let deviation = (centre * (1 - centre) / Double(max(1, steps))).squareRoot()
    let furthest = rates.map { abs($0 - centre) }.max() ?? 0
    let reach = max(3.5 * deviation, furthest * 1.001, 0.002)
    return max(0, centre - reach)...min(1, centre + reach)
  }

  /// The count of blocks that fair coins lead to expect in a bin `lower ..< upper`.
  func expected(_ lower: Double, _ upper: Double, isLast: Bool) -> Double? {
    guard let mask else { return nil }
    return Double(rates.count) * (below(upper, mask, isIncluded: isLast) - below(lower, mask))
  }

  /// P(rate < value), or ≤.
  private func below(_ value: Double, _ mask: Double, isIncluded: Bool = false) -> Double {
    let count = (value * Double(steps) * (1 + 1e-12)).rounded(isIncluded ? .down : .up)
    return Binomial.cumulative(
      Int(count) - (isIncluded ? 0 : 1), trials: steps, probability: mask)
  }
}

/// Bins of mask rates that two arms share: one for exactly 0 where an arm drops nothing and the
/// other's rates are far from it, and equal ones over what remains.
struct MaskBins {
  struct Bin {
    let label: String
    let lower, upper: Double
    /// Whether it holds 0 alone.
    let isZero: Bool
    let isLast: Bool
  }

  let bins: [Bin]

  /// - Parameter count: rows there is room for.
  init(_ readings: [MaskReading], count: Int) {
    let reaches = readings.compactMap(\.reach)
    let low = reaches.map(\.lowerBound).min() ?? 0
    let high = reaches.map(\.upperBound).max() ?? 1
    let hasZero = low > 0.02 && readings.contains { $0.rates.contains(0) }
    let number = max(1, count - (hasZero ? 1 : 0))
    let width = (high - low) / Double(number)
    let decimals = width < 0.01 ? 3 : 2
    let zero = Bin(label: ".00", lower: 0, upper: 0, isZero: true, isLast: false)
    bins =
      (hasZero ? [zero] : [])
      + (0..<number).map { place in
        let lower = low + Double(place) * width
        return Bin(
          label: Shown.share(lower + width / 2, decimals: decimals), lower: lower,
          upper: lower + width, isZero: false, isLast: place == number - 1)
      }
  }

  /// How many blocks fall into every bin.
  func counts(_ reading: MaskReading) -> [Int] {
    var counts = Array(repeating: 0, count: bins.count)
    for rate in reading.rates {
      let place =
        bins.firstIndex { $0.isZero && rate == 0 }
        ?? bins.firstIndex { !$0.isZero && rate < $0.upper } ?? bins.count - 1
      counts[place] += 1
    }
    return counts
  }
}
