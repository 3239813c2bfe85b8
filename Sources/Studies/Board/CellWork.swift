import EventStream
import RunModel

/// A cell that a worker has taken: what to train, and how to tell and ask while training.
package final class CellWork: Sendable {
  private struct Progress: Sendable {
    var step = 0
    var loss: Double?
    var isDropped = false
  }

  package let cell: StudyCell
  package let claim: Claim
  /// The run whose last arm the cell is about.
  package let configuration: RunConfiguration
  private let partial: String
  private let progress = Locked(Progress())
  private let isEnding: @Sendable () -> Bool
  let begun: Duration

  init(
    _ cell: StudyCell, claim: Claim, configuration: RunConfiguration, partial: String,
    begun: Duration, isEnding: @escaping @Sendable () -> Bool
  ) {
    (self.cell, self.claim, self.configuration) = (cell, claim, configuration)
    (self.partial, self.begun, self.isEnding) = (partial, begun, isEnding)
  }

  /// Where the owner of a generation keeps the cell as far as it is.
  package func partial(ofGeneration generation: Int) -> String { "\(partial).\(generation)" }

  /// Whether to end at the next step boundary: the worker ends, or somebody else has the cell now.
  package var shouldStop: Bool { isEnding() || progress.withLock(\.isDropped) }

  /// How far the training is.
  package func tell(step: Int, loss: Double?) {
    progress.withLock { ($0.step, $0.loss) = (step, loss) }
  }

  func drop() { progress.withLock { $0.isDropped = true } }
  var isDropped: Bool { progress.withLock(\.isDropped) }

  func details(at now: Duration) -> WorkerDetails.Cell {
    let progress = progress.withLock { $0 }
    let seconds = (now - begun).inSeconds
    return WorkerDetails.Cell(
      id: cell.id, step: progress.step, steps: configuration.steps, loss: progress.loss,
      stepsPerSecond: seconds > 0 && progress.step > 0 ? Double(progress.step) / seconds : nil)
  }
}

extension Duration {
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
