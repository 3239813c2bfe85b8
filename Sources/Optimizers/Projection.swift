import RunModel
import TensorKernels

/// Random low-rank pictures of matrices; a function of (seed, block, epoch), so never stored.
struct Projection: Sendable {
  /// One matrix block: its shape, the rank of its picture, and where its low-rank moments lie.
  struct Place: Sendable {
    var rows = 0
    var columns = 0
    var rank = 0
    var start = 0

    /// Whether the columns are projected (rows ≥ columns); else the rows.
    var projectsColumns: Bool { rows >= columns }
    var channels: Int { max(rows, columns) }
    var side: Int { min(rows, columns) }
    var count: Int { rank * channels }
    var end: Int { start + count }
    var range: Range<Int> { start..<end }
  }

  static func places(_ layout: TensorLayout, _ isSelected: [Bool], rank: Int) -> [Place] {
    var start = 0
    return zip(layout.entries, isSelected).map { entry, selected in
      guard selected else { return Place(start: start) }
      let (rows, columns) = entry.matrixShape
      let side = min(rows, columns)
      let place = Place(
        rows: rows, columns: columns, rank: min(side, rank > 0 ? rank : max(1, side / 4)),
        start: start)
      start = place.end
      return place
    }
  }

  private let gap: Int
  /// rank x side, row-major, one per block; redrawn when the epoch changes.
  private var matrices: [[Float]]
  private var epochs: [Int]
  /// The block at hand: absorbed last.
  private var current = 0
  /// The picture of the block at hand, channels x rank or rank x channels as the gradient lies.
  private(set) var low: [Float]
  private var direction: [Float]
  private var factors: [Float]

  init(_ places: [Place], gap: Int) {
    self.gap = gap
    matrices = places.map { Array(repeating: 0, count: $0.rank * $0.side) }
    epochs = Array(repeating: -1, count: places.count)
    low = Array(repeating: 0, count: places.map(\.count).max() ?? 0)
    direction = low
    factors = Array(repeating: 0, count: places.map(\.channels).max() ?? 0)
  }

  /// Floats of all buffers.
  var count: Int {
    matrices.reduce(low.count + direction.count + factors.count) { $0 + $1.count }
  }

  mutating func forget() { for block in epochs.indices { epochs[block] = -1 } }

  /// Draws normal(0, 1/rank) entries when a new epoch of `gap` steps begins.
  mutating func prepare(_ step: BlockStep, _ place: Place) {
    let epoch = step.update / gap
    current = step.block
    guard epochs[step.block] != epoch else { return }
    epochs[step.block] = epoch
    let substream = UInt64(step.block) << 32 | UInt64(epoch)
    var stream = RandomStream(seed: step.seed, purpose: .projection, substream: substream)
    let scale = 1 / Double(place.rank).squareRoot()
    for i in matrices[step.block].indices {
      matrices[step.block][i] = Float(stream.normal() * scale)
    }
  }

  /// `R = G·Pᵀ` when columns are projected, else `P·G`.
  mutating func project(_ g: Span<Float>, _ place: Place) {
    Self.project(g, matrices[current], place, into: &low)
  }

  private static func project(
    _ g: Span<Float>, _ matrix: [Float], _ place: Place, into low: inout [Float]
  ) {
    let p = matrix.span
    if place.projectsColumns {
      Dense.product(
        g, p, transposesB: true, rows: place.rows, inner: place.columns, columns: place.rank,
        into: &low)
    } else {
      Dense.product(
        p, g, rows: place.rank, inner: place.rows, columns: place.columns, into: &low)
    }
  }

  /// `s = ‖Adam direction‖/(‖R‖ + 1e-8)` per channel, or one for the tensor.
  mutating func measureChannels(
    _ moments: AdamMoments, _ place: Place, perChannel: Bool
  ) {
    for i in 0..<place.count {
      let root = moments.square[place.start + i].squareRoot()
      direction[i] = moments.mean[place.start + i] / (root + moments.epsilon)
    }
    if !perChannel {
      let whole = squaredNorm(direction, 0..<place.count).squareRoot()
      let size = squaredNorm(low, 0..<place.count).squareRoot()
      for channel in 0..<place.channels { factors[channel] = Float(whole / (size + 1e-8)) }
      return
    }
    for channel in 0..<place.channels {
      var (whole, size) = (0.0, 0.0)
      for k in 0..<place.rank {
        let i = place.projectsColumns ? channel * place.rank + k : k * place.channels + channel
        whole += Double(direction[i]) * Double(direction[i])
        size += Double(low[i]) * Double(low[i])
      }
      factors[channel] = Float(whole.squareRoot() / (size.squareRoot() + 1e-8))
    }
  }

  /// `G·diag(s)` along the channels.
  func scale(_ g: Span<Float>, _ place: Place, into target: inout [Float], at offset: Int) {
    for row in 0..<place.rows {
      for column in 0..<place.columns {
        let i = row * place.columns + column
        target[offset + i] = g[i] * factors[place.projectsColumns ? row : column]
      }
    }
  }

  /// Scales the picture itself; returns its norm.
  mutating func scaleLow(_ place: Place) -> Double {
    for i in 0..<place.count {
      low[i] *= factors[place.projectsColumns ? i / place.rank : i % place.channels]
    }
    return squaredNorm(low, 0..<place.count).squareRoot()
  }

  /// `R·P` when columns are projected, else `Pᵀ·R`.
  func back(_ place: Place, into target: inout [Float], at offset: Int) {
    let p = matrices[current]
    if place.projectsColumns {
      Dense.product(
        low, p, rows: place.rows, inner: place.rank, columns: place.columns, into: &target,
        at: offset)
    } else {
      Dense.product(
        p, low, transposesA: true, rows: place.rows, inner: place.rank,
        columns: place.columns, into: &target, at: offset)
    }
  }
}
