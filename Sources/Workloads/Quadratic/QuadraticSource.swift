import RunModel
import TensorKernels

/// The block quadratic of one seed, which its rotations are drawn from.
package struct QuadraticSource: WorkloadSource {
  package let problem: QuadraticProblem
  /// Every coordinate of the starting point.
  package let start: Double
  /// Rows a step draws of the nine, without replacement.
  package let rowsPerStep: Int
  private let seed: UInt64

  package init(arrangement: QuadraticProblem.Arrangement, start: Double, rows: Int, seed: UInt64) {
    problem = QuadraticProblem(arrangement, seed: seed)
    self.start = start
    rowsPerStep = rows
    self.seed = seed
  }

  init(_ configuration: RunConfiguration) throws(RunError) {
    let settings = try WorkloadSettings(WorkloadDescriptor.quadratic, configuration)
    self.init(
      arrangement: settings.choice("arrangement") == "mixed" ? .mixed : .grouped,
      start: settings.number("start"), rows: settings.integer("rows"), seed: configuration.seed)
  }

  /// Makes the gradient of the drawn rows unbiased: 9/3 when three are drawn.
  var rowWeight: Double { Double(QuadraticProblem.dimension) / Double(rowsPerStep) }

  package var layout: TensorLayout {
    TensorLayout(
      (0..<QuadraticProblem.blockCount).map {
        BlockDescriptor(
          name: "block.\($0)", shape: [QuadraticProblem.blockSize], role: .mlp, isMaskable: true)
      })
  }

  package var tokensPerStep: Int { rowsPerStep }
  package var entropyFloor: Double? { 0 }
  package var workingBytes: Int { 2 * QuadraticProblem.dimension * MemoryLayout<Double>.stride }

  package var dataDescription: String {
    let blocks = problem.arrangement.eigenvalues.map { block in
      "{" + block.map { compactDecimal($0) }.joined(separator: ",") + "}"
    }
    return "block quadratic, \(problem.arrangement.rawValue) " + blocks.joined(separator: " ")
  }

  package func seeded(_ seed: UInt64) -> any WorkloadSource {
    seed == self.seed
      ? self
      : QuadraticSource(
        arrangement: problem.arrangement, start: start, rows: rowsPerStep, seed: seed)
  }

  package func makeWorkload(threads: Int) -> any Workload { QuadraticWorkload(self) }
}

extension QuadraticSource {
  /// The plane of two eigenvectors, numbered as in `problem.eigenvalues`.
  package func plane(_ first: Int, _ second: Int) -> EigenPlane {
    let n = QuadraticProblem.dimension
    return EigenPlane(
      horizontal: Array(problem.eigenvectors[first * n..<(first + 1) * n]),
      vertical: Array(problem.eigenvectors[second * n..<(second + 1) * n]),
      horizontalCurvature: problem.eigenvalues[first],
      verticalCurvature: problem.eigenvalues[second])
  }

  /// The plane that is shown: the flattest direction across, a middling one up.
  package var defaultPlane: EigenPlane {
    let order = problem.eigenvalues.indices.sorted {
      problem.eigenvalues[$0] < problem.eigenvalues[$1]
    }
    return plane(order[0], order[3])
  }

  package var shownPlane: EigenPlane? { defaultPlane }
}
