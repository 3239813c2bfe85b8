import History
import RunModel

extension ExplorerState {
  /// `old language: a .912 (+.101), m .850 (+.039); start .811, floor .702`, in a fine-tuning.
  ///
  /// What was learnt before the run and is being forgotten: mean over the seeds, against where the
  /// run began and against the lowest loss any model can reach.
  var baseLossText: String? {
    let moment = shown
    guard let floor = moment.summary?.baseFloor else { return nil }
    let start = moment.arms.lazy.compactMap { Self.baseLoss($0, first: true) }.first
    let losses = moment.arms.map { arm in
      let loss = Self.baseLoss(arm, first: false)
      let forgotten = loss.flatMap { loss in start.map { loss - $0 } }
      return "\(arm.letter) \(Shown.loss(loss)) (\(Shown.difference(forgotten)))"
    }
    return "old language: " + losses.joined(separator: ", ")
      + "; start \(Shown.loss(start)), floor \(Shown.loss(floor))"
  }

  private static func baseLoss(_ arm: ArmMoment, first: Bool) -> Double? {
    let losses = arm.seeds.compactMap {
      (first ? $0.evaluations.first : $0.evaluations.last)?.baseLoss
    }
    return losses.isEmpty ? nil : losses.reduce(0, +) / Double(losses.count)
  }
}
