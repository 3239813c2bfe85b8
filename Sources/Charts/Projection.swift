/// A place on a device: x to the right in 0...width − 1, y **down** in 0...height − 1.
package struct DevicePoint: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

package struct DeviceRectangle: Sendable, Equatable {
  package var left: Double
  package var top: Double
  package var right: Double
  package var bottom: Double

  package init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }
}

/// A chart's marks as geometry of a given size, clipped to it, in drawing order.
package struct Projection: Sendable, Equatable {
  package enum Shape: Sendable, Equatable {
    /// At least one point; a single point is a dot.
    case polyline([DevicePoint], Stroke, Tone)
    /// The upper edge left to right and the lower edge left to right, same length.
    case band(upper: [DevicePoint], lower: [DevicePoint], Tone)
    case symbol(DevicePoint, Character, Tone)
    /// The two ends of a rule.
    case rule(DevicePoint, DevicePoint, label: String, Tone)
    /// A bar and, where something is expected, the line marking how far it should reach.
    case bar(DeviceRectangle, expected: [DevicePoint], Tone)
    case cell(DeviceRectangle, strength: Double, Tone)
  }

  package let width: Int
  package let height: Int
  package let shapes: [Shape]
}

extension ChartScene {
  /// The scene on a device of `width` by `height` dots or pixels.
  ///
  /// Every coordinate lies within the device, whatever the data: gaps interrupt lines, what lies
  /// outside is cut off at the border. A size below 1 gives no shapes.
  package func project(width: Int, height: Int) -> Projection {
    guard width > 0, height > 0 else {
      return Projection(width: max(width, 0), height: max(height, 0), shapes: [])
    }
    let projector = Projector(scene: self, width: width, height: height)
    let shapes = marks.flatMap(projector.shapes) + projector.letters()
    return Projection(width: width, height: height, shapes: shapes)
  }
}
