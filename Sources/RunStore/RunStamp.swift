import RunModel

/// What a run was computed with; recorded so that its figures can be reproduced.
package struct RunStamp: Sendable, Codable, Hashable {
  package var version: String
  package var commit: String
  package var kernelLevel: String
  package var cpu: String

  package init(version: String, commit: String, kernelLevel: String, cpu: String) {
    self.version = version
    self.commit = commit
    self.kernelLevel = kernelLevel
    self.cpu = cpu
  }
}

/// `state.json`: everything of an arm that is not a tensor.
struct ArmStateFile: Codable {
  var stamp: RunStamp
  var arm: String
  var seed: UInt64
  var step: Int
  var progress: ArmProgress
  var scalars: [String: Double]
  var interventions: [JournalEntry]
  var record: EvaluationRecord?
}
