import TensorKernels

/// A plane through the minimum spanned by two eigenvectors, onto which a trajectory is projected.
///
/// On it the loss is `½ (λ₁ x² + λ₂ y²)`, so the contour lines are ellipses known in closed form.
package struct EigenPlane: Sendable, Hashable {
  /// Unit vectors of the two axes.
  package var horizontal: [Double]
  package var vertical: [Double]
  /// Eigenvalues (curvatures) along them.
  package var horizontalCurvature: Double
  package var verticalCurvature: Double

  /// Coordinates of the parameters in the plane.
  package func coordinates(of parameters: Span<Float>) -> (x: Double, y: Double) {
    var (x, y) = (0.0, 0.0)
    for i in parameters.indices {
      x += Double(parameters[i]) * horizontal[i]
      y += Double(parameters[i]) * vertical[i]
    }
    return (x, y)
  }

  /// The loss at a point of the plane.
  package func loss(x: Double, y: Double) -> Double {
    0.5 * (horizontalCurvature * x * x + verticalCurvature * y * y)
  }
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

  /// The plane shown first: the flattest direction across, a middling one up.
  package var defaultPlane: EigenPlane {
    let order = problem.eigenvalues.indices.sorted {
      problem.eigenvalues[$0] < problem.eigenvalues[$1]
    }
    return plane(order[0], order[3])
  }
}
