import RunModel

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
