import CAllocationCounter
import RunModel
import Testing
import Workloads

private let arrangements = QuadraticProblem.Arrangement.allCases

/// A point that favours no direction.
private let point: [Float] = [0.3, -1.2, 0.7, 0.1, 2.0, -0.4, -0.9, 0.6, 1.1]

@Suite struct QuadraticTests {
  @Test(arguments: arrangements)
  func hessianHasThePapersEigenvaluesBlockByBlock(_ arrangement: QuadraticProblem.Arrangement) {
    let problem = QuadraticProblem(arrangement, seed: 3)
    let hessian = problem.hessian
    for (index, value) in arrangement.eigenvalues.flatMap({ $0 }).enumerated() {
      let vector = problem.eigenvectors[index * 9..<index * 9 + 9].map { $0 }
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
      for i in 0..<9 {
        let product = (0..<9).reduce(0) { $0 + hessian[i * 9 + $1] * vector[$1] }
        #expect(abs(product - value * vector[i]) < 1e-8)
      }
    }
    for i in 0..<9 {
      for j in 0..<9 where i / 3 != j / 3 { #expect(hessian[i * 9 + j] == 0) }
    }
  }

  @Test func rotationsAreAFunctionOfTheSeedAndMixCoordinates() {
    let problem = QuadraticProblem(.grouped, seed: 1)
    #expect(problem.rows == QuadraticProblem(.grouped, seed: 1).rows)
    #expect(problem.rows != QuadraticProblem(.grouped, seed: 2).rows)
    #expect(problem.eigenvectors == QuadraticProblem(.mixed, seed: 1).eigenvectors)
    #expect(problem.eigenvectors[0..<3].allSatisfy { abs($0) > 1e-3 })
  }

  @Test(arguments: arrangements)
  func meanGradientOverAllDrawsIsTheFullGradient(_ arrangement: QuadraticProblem.Arrangement) throws
  {
    let problem = QuadraticProblem(arrangement, seed: 0)
    let workload = QuadraticSource(arrangement: arrangement, start: 1, rows: 3, seed: 0)
      .makeWorkload(threads: 1)
    // The 84 ways to draw 3 of 9 rows come up about 60 times each in 5000 steps.
    let steps = 20_000
    var mean = [Double](repeating: 0, count: 9)
    var loss = 0.0
    for step in 1...steps {
      let drawn = workload.gradient(point, BatchKey(seed: 7, step: step))
      for i in mean.indices { mean[i] += Double(drawn.gradient[i]) / Double(steps) }
      loss += drawn.loss / Double(steps)
    }
    let w = point.map { Double($0) }
    let full = (0..<9).map { i in (0..<9).reduce(0) { $0 + problem.hessian[i * 9 + $1] * w[$1] } }
    let norm = full.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let error = zip(mean, full).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    #expect(error < 0.03 * norm)
    #expect(abs(loss - problem.loss(w)) < 0.03 * problem.loss(w))
  }

  @Test func allNineRowsAreTheFullGradientAndLoss() {
    let source = QuadraticSource(arrangement: .mixed, start: 1, rows: 9, seed: 5)
    let workload = source.makeWorkload(threads: 1)
    let drawn = workload.gradient(point, BatchKey(seed: 0, step: 1))
    let w = point.map { Double($0) }
    for i in 0..<9 {
      let full = (0..<9).reduce(0) { $0 + source.problem.hessian[i * 9 + $1] * w[$1] }
      #expect(abs(Double(drawn.gradient[i]) - full) < 1e-6 * 5_000)
    }
    #expect(abs(drawn.loss - workload.evaluate(parameters: point.span)) < 1e-9 * drawn.loss)
    #expect(abs(drawn.loss - source.problem.loss(w)) < 1e-9 * drawn.loss)
  }

  @Test func gradientIsTheSlopeOfTheDrawnLoss() {
    let workload = QuadraticSource(arrangement: .mixed, start: 1, rows: 3, seed: 2)
      .makeWorkload(threads: 1)
    let error = workload.gradientError(
      point, BatchKey(seed: 1, step: 4), step: 1e-2, indices: Array(0..<9))
    #expect(error < 1e-5)
  }

  @Test(arguments: [(1.0, Float(1)), (0.01, Float(0.01))])
  func startsWhereTheSettingSays(_ setting: Double, _ expected: Float) throws {
    let source = try WorkloadRegistry.source(
      for: configuration("quadratic", ["start": .number(setting)]))
    #expect(source.makeWorkload(threads: 1).start() == Array(repeating: expected, count: 9))
    #expect(source.layout.entries.map(\.shape) == [[3], [3], [3]])
    #expect(source.layout.entries.allSatisfy { $0.isMaskable })
  }

  @Test func aSteadyStepAllocatesNothing() {
    let workload = QuadraticSource(arrangement: .mixed, start: 1, rows: 3, seed: 2)
      .makeWorkload(threads: 1)
    var gradients = point
    func step(_ number: Int) -> Double {
      var span = gradients.mutableSpan
      return workload.lossAndGradient(
        parameters: point.span, gradients: &span, batch: BatchKey(seed: 1, step: number))
    }
    _ = step(1)
    let before = allocation_count()
    for number in 2..<12 { _ = step(number) }
    #expect(allocation_count() - before == 0)
  }

  @Test func planeShowsTheLossAlongItsTwoEigenvectors() {
    let source = QuadraticSource(arrangement: .grouped, start: 1, rows: 3, seed: 8)
    let plane = source.defaultPlane
    #expect(plane.horizontalCurvature == 1 && plane.verticalCurvature == 99)
    let point = (0..<9).map { Float(0.5 * plane.horizontal[$0] - 2 * plane.vertical[$0]) }
    let (x, y) = plane.coordinates(of: point.span)
    #expect(abs(x - 0.5) < 1e-6 && abs(y + 2) < 1e-6)
    let loss = source.problem.loss(point.map { Double($0) })
    #expect(abs(plane.loss(x: x, y: y) - loss) < 1e-4)
  }
}
