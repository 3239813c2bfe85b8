import Optimizers
import RunModel
import TensorKernels
import Testing

/// Small layouts and loss functions that the tests share.
enum Problems {
  /// One block of every role, matrices and a vector.
  static let layout = TensorLayout([
    BlockDescriptor(name: "embed", shape: [6, 4], role: .embedding, isMaskable: false),
    BlockDescriptor(name: "q", shape: [8, 4], role: .attention, isMaskable: true, heads: 2),
    BlockDescriptor(
      name: "o", shape: [4, 8], role: .attention, isMaskable: true, heads: 2,
      headsDivideColumns: true),
    BlockDescriptor(name: "up", shape: [4, 6], role: .mlp, isMaskable: true),
    BlockDescriptor(name: "norm", shape: [4], role: .norm, isMaskable: false),
  ])

  /// Three layers of attention and MLP between an embedding and a head.
  static let layers = TensorLayout(layeredBlocks)

  private static var layeredBlocks: [BlockDescriptor] {
    var blocks = [
      BlockDescriptor(name: "embed", shape: [4, 4], role: .embedding, isMaskable: false)
    ]
    for layer in 0..<3 {
      blocks.append(
        BlockDescriptor(
          name: "\(layer).q", shape: [4, 6], role: .attention, isMaskable: true, heads: 2))
      blocks.append(
        BlockDescriptor(
          name: "\(layer).o", shape: [6, 4], role: .attention, isMaskable: true, heads: 2,
          headsDivideColumns: true))
      blocks.append(
        BlockDescriptor(name: "\(layer).up", shape: [5, 4], role: .mlp, isMaskable: true))
      blocks.append(
        BlockDescriptor(name: "\(layer).norm", shape: [4], role: .norm, isMaskable: false))
    }
    blocks.append(BlockDescriptor(name: "head", shape: [3, 4], role: .head, isMaskable: false))
    return blocks
  }

  /// `count` maskable vectors of `size` elements.
  static func vectors(_ count: Int, of size: Int) -> TensorLayout {
    TensorLayout(
      (0..<count).map {
        BlockDescriptor(name: "b\($0)", shape: [size], role: .mlp, isMaskable: true)
      })
  }

  static func normals(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: .initialization)
    return (0..<count).map { _ in Float(stream.normal() * scale) }
  }
}

/// A function to walk down on, over all parameters of a layout.
struct Valley: Sendable {
  var name: String
  var start: @Sendable (Int) -> [Float]
  var value: @Sendable ([Float]) -> Double
  var gradient: @Sendable ([Float]) -> [Float]

  /// `½ Σ c_i x_i²` with curvatures from 1 to 100.
  static let quadratic = Valley(
    name: "quadratic", start: { Array(repeating: 1, count: $0) },
    value: { x in x.indices.reduce(0) { $0 + 0.5 * curvature($1) * Double(x[$1] * x[$1]) } },
    gradient: { x in x.indices.map { Float(curvature($0)) * x[$0] } })

  private static func curvature(_ i: Int) -> Double { [1, 3, 10, 30, 100][i % 5] }

  /// Rosenbrock's banana, 1960, on consecutive pairs, from (−1.2, 1).
  static let rosenbrock = Valley(
    name: "rosenbrock", start: { n in (0..<n).map { $0.isMultiple(of: 2) ? -1.2 : 1 } },
    value: { x in
      stride(from: 0, to: x.count, by: 2).reduce(0) { sum, i in
        let (a, b) = (Double(x[i]), Double(x[i + 1]))
        return sum + (1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a)
      }
    },
    gradient: { x in
      var g = x
      for i in stride(from: 0, to: x.count, by: 2) {
        let (a, b) = (Double(x[i]), Double(x[i + 1]))
        g[i] = Float(-2 * (1 - a) - 400 * a * (b - a * a))
        g[i + 1] = Float(200 * (b - a * a))
      }
      return g
    })
}
