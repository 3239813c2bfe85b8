/// A plane through the minimum spanned by two eigenvectors, onto which a trajectory is projected.
///
/// On it the loss is `½ (λ₁ x² + λ₂ y²)`, so the contour lines are ellipses known in closed form.
package struct EigenPlane: Sendable, Codable, Hashable {
  /// Unit vectors of the two axes.
  package var horizontal: [Double]
  package var vertical: [Double]
  /// Eigenvalues (curvatures) along them.
  package var horizontalCurvature: Double
  package var verticalCurvature: Double

  package init(
    horizontal: [Double], vertical: [Double], horizontalCurvature: Double,
    verticalCurvature: Double
  ) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.horizontalCurvature = horizontalCurvature
    self.verticalCurvature = verticalCurvature
  }

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
