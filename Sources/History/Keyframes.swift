import RunModel

/// Folds of the rows at some steps, evenly spaced over the run; the spacing doubles when they are many.
///
/// Copies of a fold share what is complete, so one costs `unsharedBytes`, not the whole.
struct Keyframes {
  struct Frame {
    var step: Int
    var fold: RunFold
  }

  private(set) var frames: [Frame] = []
  private var spacing = 64
  private let budget: Int

  init(budget: Int) { self.budget = budget }

  /// The first step at which the next one is wanted.
  var nextStep: Int { (frames.last?.step ?? 0) + spacing }
  var newestStep: Int { frames.last?.step ?? 0 }

  /// Keeps the fold of a step that all arms have completed.
  mutating func append(_ fold: RunFold, at step: Int) {
    frames.append(Frame(step: step, fold: fold))
    guard frames.count > limit(fold) else { return }
    spacing *= 2
    frames = frames.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
  }

  private func limit(_ fold: RunFold) -> Int {
    min(256, max(8, budget / max(1, fold.unsharedBytes)))
  }

  func nearest(to step: Int) -> Frame? { frames.last { $0.step <= step } }

  /// Forgets those from `step` on: they lack something that has come to be known.
  mutating func removeAll(from step: Int) { frames.removeAll { $0.step >= step } }
}
