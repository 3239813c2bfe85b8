import RealModule
import RunModel
import TensorKernels

/// What the kernels compute, in double precision and the plainest possible form.
enum Naive {
  static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    a.map { row in
      (0..<(b.first?.count ?? 0)).map { column in
        row.indices.reduce(0) { $0 + row[$1] * b[$1][column] }
      }
    }
  }

  static func rmsNorm(_ x: [Double], _ w: [Double], offset: Double, columns: Int) -> [Double] {
    rows(x, columns).flatMap { row -> [Double] in
      let mean = row.reduce(0) { $0 + $1 * $1 } / Double(columns)
      let factor = 1 / (mean + 1e-5).squareRoot()
      return row.indices.map { row[$0] * factor * (offset + w[$0]) }
    }
  }

  static func gate(
    _ gateUp: [Double], width: Int, _ activation: ModelConfiguration.Activation
  ) -> [Double] {
    rows(gateUp, 2 * width).flatMap { row in
      (0..<width).map { self.activation(row[$0], activation) * row[width + $0] }
    }
  }

  static func activation(_ g: Double, _ activation: ModelConfiguration.Activation) -> Double {
    switch activation {
    case .silu: g / (1 + Double.exp(-g))
    case .gelu: 0.5 * g * (1 + Double.erf(g / Double(2).squareRoot()))
    case .geluTanh:
      0.5 * g * (1 + Double.tanh((2 / Double.pi).squareRoot() * (g + 0.044715 * g * g * g)))
    }
  }

  static func rotate(_ row: [Double], position: Int, headWidth: Int) -> [Double] {
    var out = row
    let half = headWidth / 2
    for head in stride(from: 0, to: row.count, by: headWidth) {
      for i in 0..<half {
        let angle = Double(position) * Double.pow(10_000, -Double(2 * i) / Double(headWidth))
        let (a, b) = (row[head + i], row[head + half + i])
        out[head + i] = a * Double.cos(angle) - b * Double.sin(angle)
        out[head + half + i] = b * Double.cos(angle) + a * Double.sin(angle)
      }
    }
    return out
  }

  /// One sequence: qkv [length, (heads + 2·keyHeads)·headWidth] → [length, heads·headWidth].
  static func attention(
    _ qkv: [Double], length: Int, heads: Int, keyHeads: Int, headWidth: Int, softcap: Double
  ) -> [Double] {
    let width = heads * headWidth
    let row = (heads + 2 * keyHeads) * headWidth
    var out = [Double](repeating: 0, count: length * width)
    for head in 0..<heads {
      for i in 0..<length {
        func part(_ position: Int, _ group: Int) -> ArraySlice<Double> {
          let shared = heads + (group - 1) * keyHeads + head / (heads / keyHeads)
          let start = position * row + (group == 0 ? head : shared) * headWidth
          return qkv[start..<start + headWidth]
        }
        let scores = (0...i).map { j -> Double in
          let z = zip(part(i, 0), part(j, 1)).reduce(0) { $0 + $1.0 * $1.1 }
          let scaled = z / Double(headWidth).squareRoot()
          return softcap > 0 ? softcap * Double.tanh(scaled / softcap) : scaled
        }
        let weights = softmax(scores)
        for j in 0...i {
          for (c, value) in part(j, 2).enumerated() {
            out[i * width + head * headWidth + c] += weights[j] * value
          }
        }
      }
    }
    return out
  }

  static func softmax(_ z: [Double]) -> [Double] {
    let top = z.max() ?? 0
    let e = z.map { Double.exp($0 - top) }
    let total = e.reduce(0, +)
    return e.map { $0 / total }
  }

  static func crossEntropy(_ logits: [Double], targets: [Int], softcap: Double) -> Double {
    zip(rows(logits, logits.count / targets.count), targets).reduce(0) { sum, item in
      let capped = item.0.map { softcap > 0 ? softcap * Double.tanh($0 / softcap) : $0 }
      return sum - Double.log(softmax(capped)[item.1])
    }
  }

  static func rows(_ x: [Double], _ columns: Int) -> [[Double]] {
    stride(from: 0, to: x.count, by: columns).map { Array(x[$0..<$0 + columns]) }
  }

  /// Central differences of `f` at `x`.
  static func gradient(at x: [Double], of f: ([Double]) -> Double) -> [Double] {
    x.indices.map { i in
      var (above, below) = (x, x)
      above[i] += 1e-5
      below[i] -= 1e-5
      return (f(above) - f(below)) / 2e-5
    }
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// Floats of a test's own, with guards around them that a kernel must not touch.
final class Buffer {
  private let memory: UnsafeMutablePointer<Float>
  let count: Int
  private static let guardCount = 32
  private static let guardValue: Float = 12345.5

  init(_ values: [Float]) {
    count = values.count
    memory = .allocate(capacity: count + 2 * Self.guardCount)
    memory.initialize(repeating: Self.guardValue, count: count + 2 * Self.guardCount)
    for i in values.indices { base[i] = values[i] }
  }

  convenience init(count: Int, seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: .probes)
    self.init((0..<count).map { _ in Float(stream.normal()) })
  }

  deinit { memory.deallocate() }

  var base: UnsafeMutablePointer<Float> { memory + Self.guardCount }
  var values: [Float] { (0..<count).map { base[$0] } }
  var doubles: [Double] { values.map(Double.init) }

  var isIntact: Bool {
    (0..<Self.guardCount).allSatisfy {
      memory[$0] == Self.guardValue && base[count + $0] == Self.guardValue
    }
  }

  func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    precondition(rows * columns <= count)
    return Matrix(base, rows: rows, columns: columns)
  }
}

/// |a − b| / |b|.
func relativeError(_ a: [Float], _ b: [Double]) -> Double {
  precondition(a.count == b.count)
  let difference = zip(a, b).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  return (difference / max(b.reduce(0) { $0 + $1 * $1 }, 1e-300)).squareRoot()
}
