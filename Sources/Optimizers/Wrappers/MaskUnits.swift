import RunModel
import TensorKernels

/// Which blocks go together, and which units a draw of several at once keeps.
///
/// A module is the attention or the MLP of a layer. Blocks that stand outside are units of their own.
struct MaskUnits: Sendable {
  /// Per block: the block whose number stands for the unit in the coins, the first of it in the
  /// layout; the same whatever the scope is.
  let leaders: [Int]
  /// Per block in scope: the place of its unit among those in scope.
  private let places: [Int?]
  /// A block of every unit in scope: its leader.
  private let members: [Int]
  /// Whether a unit is kept, where one draw decides about all.
  private var kept: [Bool]
  private var numbers: [Double]

  init(_ layout: TensorLayout, _ grain: MaskSettings.Grain, inScope: [Bool]) {
    let entries = layout.entries
    let units =
      grain == .module || grain == .layer ? entries.map { Self.unit($0.block, grain) } : []
    let leaders = entries.indices.map { block in
      guard units.indices.contains(block), let unit = units[block] else { return block }
      return units.firstIndex(of: unit) ?? block
    }
    var members: [Int] = []
    for block in entries.indices where inScope[block] && !members.contains(leaders[block]) {
      members.append(leaders[block])
    }
    places = entries.indices.map { inScope[$0] ? members.firstIndex(of: leaders[$0]) : nil }
    self.leaders = leaders
    self.members = members
    kept = Array(repeating: true, count: members.count)
    numbers = Array(repeating: 0, count: members.count)
  }

  /// Layer and module of a block; nil for one that is a unit of its own.
  private static func unit(_ block: BlockDescriptor, _ grain: MaskSettings.Grain) -> Unit? {
    guard let layer = block.layer else { return nil }
    switch grain {
    case .layer: return Unit(layer: layer, role: nil)
    case .module:
      let isModule = block.role == .attention || block.role == .mlp
      return isModule ? Unit(layer: layer, role: block.role) : nil
    case .tensor, .row, .column, .element, .head: return nil
    }
  }

  private struct Unit: Equatable {
    let layer: Int
    let role: BlockRole?
  }

  /// Units in scope.
  var count: Int { members.count }

  func isKept(_ block: Int) -> Bool { places[block].map { kept[$0] } ?? true }

  /// How many units a draw of a fixed number keeps.
  private func wanted(_ masks: MaskSettings) -> Int {
    let asked = masks.units > 0 ? masks.units : Int((Double(count) * (1 - masks.mask)).rounded())
    return max(1, min(count, asked))
  }

  /// How likely the block's unit is kept.
  func keep(_ block: Int, _ masks: MaskSettings) -> Double {
    let count = Double(max(1, count))
    switch masks.draw {
    case .coin: return 1 - masks.mask
    case .count: return Double(wanted(masks)) / count
    case .suffix: return Double((places[block] ?? 0) + 1) / count
    case .cycle: return 1 / count
    }
  }

  /// Draws for the step whose coins hold; a function of (seed, step, units) alone.
  ///
  /// `count` keeps the units with the smallest numbers, each the unit's own coin; `suffix` those from
  /// a random one on, by the coin of the block after the last; `cycle` one after the other.
  mutating func draw(_ masks: MaskSettings, _ coins: Coins, step: Int) {
    guard count > 0 else { return }
    switch masks.draw {
    case .coin: return
    case .count:
      for unit in members.indices {
        numbers[unit] = coins.uniform(step: step, block: members[unit])
      }
      let wanted = wanted(masks)
      for unit in members.indices {
        var before = 0
        for other in members.indices {
          let isFirst = numbers[other] < numbers[unit]
          if isFirst || numbers[other] == numbers[unit] && other < unit { before += 1 }
        }
        kept[unit] = before < wanted
      }
    case .suffix:
      let first = Int(coins.uniform(step: step, block: leaders.count) * Double(count))
      for unit in members.indices { kept[unit] = unit >= first }
    case .cycle:
      for unit in members.indices { kept[unit] = unit == step % count }
    }
  }
}
