/// What does not change while a run trains; the first event of every run.
package struct RunSummary: Sendable, Codable, Hashable {
  package struct Arm: Sendable, Codable, Hashable {
    package var lane: Lane
    package var specification: ArmSpecification
    /// Bytes of optimizer state.
    package var stateBytes: Int

    package init(lane: Lane, specification: ArmSpecification, stateBytes: Int) {
      self.lane = lane
      self.specification = specification
      self.stateBytes = stateBytes
    }
  }

  package var configuration: RunConfiguration
  package var arms: [Arm]
  package var blocks: [BlockDescriptor]
  package var tokensPerStep: Int
  /// The lowest loss any model can reach on the validation windows, where it is known.
  package var entropyFloor: Double?
  /// One line on the data: `built-in language, 512 words`.
  package var dataDescription: String
  /// Bytes the largest arm's buffers take: parameters, gradients, activations, optimizer.
  package var bytesPerArm: Int
  /// The plane of the first seed's trajectories; nil where the loss is no bowl.
  package var plane: EigenPlane?

  package init(
    configuration: RunConfiguration, arms: [Arm], blocks: [BlockDescriptor], tokensPerStep: Int,
    entropyFloor: Double?, dataDescription: String, bytesPerArm: Int, plane: EigenPlane? = nil
  ) {
    self.configuration = configuration
    self.arms = arms
    self.blocks = blocks
    self.tokensPerStep = tokensPerStep
    self.entropyFloor = entropyFloor
    self.dataDescription = dataDescription
    self.bytesPerArm = bytesPerArm
    self.plane = plane
  }

  package var parameterCount: Int { blocks.reduce(0) { $0 + $1.count } }
}

/// A live change of a setting: which arm, from which step on, from what to what.
package struct Intervention: Sendable, Codable, Hashable {
  /// nil: every arm that has the setting.
  package var arm: Int?
  /// The first step computed with the new value.
  package var step: Int
  package var key: String
  package var oldValue: SettingValue?
  package var newValue: SettingValue

  package init(
    arm: Int?, step: Int, key: String, oldValue: SettingValue?, newValue: SettingValue
  ) {
    self.arm = arm
    self.step = step
    self.key = key
    self.oldValue = oldValue
    self.newValue = newValue
  }
}

/// What a run tells the world, in order; the dense per-step figures travel beside it.
package enum RunEvent: Sendable {
  case started(RunSummary)
  case evaluated(arm: Int, seed: Int, EvaluationRecord)
  /// The arm's loss stopped being finite at `step`; the arm stops, the run goes on.
  case diverged(arm: Int, seed: Int, step: Int)
  case intervened(Intervention)
  case probed(ProbeReading)
  /// The arm has run all its steps (or diverged); the record is its closing line.
  case armFinished(arm: Int, seed: Int, EvaluationRecord)
  case paused(step: Int)
  case resumed(step: Int)
  case checkpointed(directory: String)
  /// Every arm is done or stopped.
  case finished(RunOutcome)
  case failed(String)
}

/// How a run ended.
package enum RunOutcome: Sendable, Codable, Hashable {
  case completed
  case stopped
  case everyArmDiverged
}

/// What may be asked of a run; read only at step boundaries.
package enum RunCommand: Sendable, Hashable {
  case pause
  case resume
  /// Runs this many more steps, then pauses again.
  case step(Int)
  /// Sets a hyperparameter of one arm, or of all that have it.
  case set(arm: Int?, key: String, value: SettingValue)
  case probe(ProbeKind)
  /// Takes the measurement again after every so many steps; nil ends that.
  case probeEvery(ProbeKind, Int?)
  case stop
}
