import Optimizers
import RunModel
import TensorKernels

/// What the battery needs of an optimizer; the registry's arms have it, and the broken ones below.
protocol Tested {
  mutating func advance(_ parameters: inout [Float], _ gradients: [Float], step: Int)
  /// One per block of `Problems.layout`, of the latest step.
  var outcomes: [BlockOutcome] { get }
  func exportState() -> [(name: String, values: [Float])]
  mutating func restoreState(_ values: [(name: String, values: [Float])]) throws
}

struct TestedArm: Tested {
  var optimizer: ArmOptimizer

  init(_ text: String, _ layout: TensorLayout = Problems.layout) throws {
    optimizer = try ArmOptimizer(OptimizerRegistry.arm(text), layout: layout)
  }

  mutating func advance(_ parameters: inout [Float], _ gradients: [Float], step: Int) {
    var span = parameters.mutableSpan
    optimizer.step(
      parameters: &span, gradients: gradients.span, context: StepContext(step: step, seed: 3))
  }

  var outcomes: [BlockOutcome] { optimizer.outcomes }

  func exportState() -> [(name: String, values: [Float])] { optimizer.exportState() }

  mutating func restoreState(_ values: [(name: String, values: [Float])]) throws {
    try optimizer.restoreState(values)
  }
}

/// The checks every optimizer has to pass; each returns whether it did.
struct Battery {
  enum Check: String, CaseIterable {
    case descendsTheQuadratic, descendsRosenbrock, staysPutWithoutGradient, repeatsItself
    case resumesBitForBit, staysFinite, reportsTheUpdateItAsksFor, reportsItsAlignment
  }

  /// Makes the optimizer at `factor` times its usual learning rate.
  var make: (Double) throws -> any Tested
  let count = Problems.layout.count

  func failures() throws -> [Check] {
    try Check.allCases.filter { try !passes($0) }
  }

  private func passes(_ check: Check) throws -> Bool {
    switch check {
    case .descendsTheQuadratic: try descends(.quadratic, steps: 400, to: 0.05)
    case .descendsRosenbrock: try descends(.rosenbrock, steps: 1500, to: 0.2)
    case .staysPutWithoutGradient: try staysPut()
    case .repeatsItself: try walk(20, seed: 1) == walk(20, seed: 1)
    case .resumesBitForBit: try resumes()
    case .staysFinite: try staysFinite()
    case .reportsTheUpdateItAsksFor: try reportsUpdates()
    case .reportsItsAlignment: try reportsAlignment()
    }
  }

  /// Some rate of a coarse grid brings the loss down to `share` of its start.
  private func descends(_ valley: Valley, steps: Int, to share: Double) throws -> Bool {
    for factor in [1, 10, 0.1, 100, 0.01] {
      var optimizer = try make(factor)
      var x = valley.start(count)
      let start = valley.value(x)
      for step in 1...steps { optimizer.advance(&x, valley.gradient(x), step: step) }
      if valley.value(x) < share * start { return true }
    }
    return false
  }

  /// Without a gradient parameters keep their place, or shrink towards zero in one proportion.
  private func staysPut() throws -> Bool {
    var optimizer = try make(1)
    let start = Problems.normals(count, seed: 2)
    var x = start
    for step in 1...5 { optimizer.advance(&x, Array(repeating: 0, count: count), step: step) }
    return zip(x, start).allSatisfy { new, old in
      let ratio = Double(new) / Double(old)
      return ratio <= 1 && ratio > 0.9
    }
  }

  private func walk(_ steps: Int, seed: UInt64) throws -> [Float] {
    var optimizer = try make(1)
    var x = Problems.normals(count, seed: seed)
    for step in 1...steps {
      optimizer.advance(&x, Problems.normals(count, seed: UInt64(step) + 100), step: step)
    }
    return x
  }

  private func resumes() throws -> Bool {
    var first = try make(1)
    var x = Problems.normals(count, seed: 4)
    for step in 1...13 {
      first.advance(&x, Problems.normals(count, seed: UInt64(step)), step: step)
    }
    var second = try make(1)
    try second.restoreState(first.exportState())
    var y = x
    for step in 14...30 {
      let gradient = Problems.normals(count, seed: UInt64(step))
      first.advance(&x, gradient, step: step)
      second.advance(&y, gradient, step: step)
    }
    return x.map(\.bitPattern) == y.map(\.bitPattern)
  }

  private func staysFinite() throws -> Bool {
    for scale in [1e-12, 1e6] {
      var optimizer = try make(1e-3)
      var x = Problems.normals(count, seed: 5)
      for step in 1...20 {
        let gradient = Problems.normals(count, seed: UInt64(step), scale: scale)
        optimizer.advance(&x, gradient, step: step)
      }
      guard x.allSatisfy(\.isFinite) else { return false }
    }
    return true
  }

  /// Norms of updates are those that the weights moved by, and 0 where nothing was applied.
  private func reportsUpdates() throws -> Bool {
    var optimizer = try make(1)
    var x = Problems.normals(count, seed: 6)
    for step in 1...12 {
      let old = x
      optimizer.advance(&x, Problems.normals(count, seed: UInt64(step) + 20), step: step)
      for (entry, outcome) in zip(Problems.layout.entries, optimizer.outcomes) {
        let moved = entry.range.reduce(0.0) { sum, i in
          sum + (Double(x[i]) - Double(old[i])) * (Double(x[i]) - Double(old[i]))
        }.squareRoot()
        guard abs(Double(outcome.updateNorm) - moved) <= 1e-6 + 1e-4 * moved else { return false }
        guard outcome.keptShare > 0 || outcome.updateNorm == 0 else { return false }
      }
    }
    return true
  }

  /// A gradient that does not change is one its momentum points along, in every block.
  private func reportsAlignment() throws -> Bool {
    var optimizer = try make(1)
    var x = Problems.normals(count, seed: 7)
    let gradient = Problems.normals(count, seed: 8)
    for step in 1...8 { optimizer.advance(&x, gradient, step: step) }
    return zip(Problems.layout.entries, optimizer.outcomes).allSatisfy { entry, outcome in
      let size = gradient[entry.range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      return outcome.alignment > 0.5 && outcome.alignment <= 1 && outcome.momentumNorm > 0
        && abs(Double(outcome.gradientNorm) - size) < 1e-5 * size
        && outcome.scale > 0 && outcome.keep > 0
    }
  }
}
