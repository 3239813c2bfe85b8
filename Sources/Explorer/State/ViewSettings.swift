import Charts
import Metrics

/// The screens reached by number keys.
package enum Screen: Int, CaseIterable, Sendable {
  case live = 1
  case compare, blocks, sweep, lessons, runs

  package var title: String {
    switch self {
    case .live: "Live"
    case .compare: "Compare"
    case .blocks: "Blocks"
    case .sweep: "Sweep"
    case .lessons: "Lessons"
    case .runs: "Runs"
    }
  }
}

/// How the loss chart shows that seeds differ.
package enum Spread: Int, CaseIterable, Sendable {
  /// 95 % intervals.
  case bands
  /// Every seed's own curve.
  case seeds
  case nothing

  var next: Spread { Spread.allCases[(rawValue + 1) % Spread.allCases.count] }
}

/// How things are drawn, as far as keys change it.
package struct ViewSettings {
  package var smoothing = SmoothingLevel.medium
  package var isLogY = true
  package var isLogX = false
  package var axis = AxisKind.step
  package var showsRaw = true
  package var spread = Spread.bands
  package var clipsOutliers = true
  /// How often the horizontal axis was halved.
  package var zoom = 0
  /// The steps that distributions are taken over.
  package var window = TallyWindow.sinceStart
  /// Whether the focused panel fills the screen.
  package var isFull = false
  package var audience = Audience.desk
  /// The step under the crosshair; nil when it is off.
  package var crosshair: Int?
  /// The step every panel is frozen at; nil follows the run.
  package var scrub: Int?

  static let deepestZoom = 5
}

/// How the table of blocks is ordered.
package enum BlockColumn: Int, CaseIterable, Sendable {
  case block, maskRate, alignment, scale, updateNorm, distance, curvature, sharpness
  case effectiveRate, ratio

  package var title: String {
    switch self {
    case .block: "block"
    case .maskRate: "mask rate"
    case .alignment: "align"
    case .scale: "s"
    case .updateNorm: "update norm"
    case .distance: "distance"
    case .curvature: "curvature"
    case .sharpness: "sharpness"
    case .effectiveRate: "eff.lr"
    case .ratio: "upd/weight"
    }
  }
}
