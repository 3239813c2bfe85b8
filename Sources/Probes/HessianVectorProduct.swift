import TensorKernels
import Workloads

/// Products of the loss's Hessian with vectors, by central differences of the gradient on one batch.
///
/// `Hv ≈ (g(θ + εv) − g(θ − εv)) / 2ε`, with ‖εv‖ a small share of ‖θ‖: small enough for the third
/// derivative not to show, large enough for single precision. Two gradients a product.
struct HessianVectorProduct {
  private let arm: ProbedArm
  private let center: [Float]
  private let radius: Double
  private var above: [Float]
  private var below: [Float]

  static let relativeRadius = 5e-3

  /// - Parameter center: where the Hessian is taken.
  init(_ arm: ProbedArm, at center: [Float]) {
    self.arm = arm
    self.center = center
    let norm = center.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    radius = Self.relativeRadius * max(1, norm)
    above = Array(repeating: 0, count: center.count)
    below = above
  }

  /// `H v`; zero for the zero vector.
  mutating func callAsFunction(_ v: [Double]) -> [Double] {
    let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard norm > 0, norm.isFinite else { return Array(repeating: 0, count: v.count) }
    let step = radius / norm
    gradient(v, step, into: &above)
    gradient(v, -step, into: &below)
    return v.indices.map { (Double(above[$0]) - Double(below[$0])) / (2 * step) }
  }

  private func gradient(_ v: [Double], _ step: Double, into gradient: inout [Float]) {
    let point = center.indices.map { Float(Double(center[$0]) + step * v[$0]) }
    var span = gradient.mutableSpan
    _ = arm.workload.lossAndGradient(
      parameters: point.span, gradients: &span, batch: arm.batch)
  }
}

/// `Σ aᵢbᵢ` over a range.
func dot(_ a: [Double], _ b: [Double], over range: Range<Int>) -> Double {
  range.reduce(0) { $0 + a[$1] * b[$1] }
}
