/// What does not change while a run trains; the first event of every run.
package struct RunSummary: Sendable, Codable, Hashable {
  package struct Arm: Sendable, Codable, Hashable {
    package var arm: RunArm
    /// Bytes of optimizer state.
    package var stateBytes: Int
    /// Of every block, whether the arm masks or damps it.
    package var isMasked: [Bool]

    package init(arm: RunArm, stateBytes: Int, isMasked: [Bool]) {
      self.arm = arm
      self.stateBytes = stateBytes
      self.isMasked = isMasked
    }

    package var id: ArmID { arm.id }
    package var lane: Lane { arm.lane }
    package var specification: ArmSpecification { arm.specification }
  }

  package var configuration: RunConfiguration
  package var arms: [Arm]
  package var blocks: [BlockDescriptor]
  package var tokensPerStep: Int
  /// The lowest loss any model can reach on the validation windows, where it is known.
  package var entropyFloor: Double?
  /// The same for what the weights of step 0 were trained on, in a fine-tuning.
  package var baseFloor: Double?
  /// One line on the data: `built-in language, 512 words`.
  package var dataDescription: String
  /// Bytes the largest arm's buffers take: parameters, gradients, activations, optimizer.
  package var bytesPerArm: Int
  /// The plane of the first seed's trajectories; nil where the loss is no bowl.
  package var plane: EigenPlane?

  package init(
    configuration: RunConfiguration, arms: [Arm], blocks: [BlockDescriptor], tokensPerStep: Int,
    entropyFloor: Double?, baseFloor: Double? = nil, dataDescription: String, bytesPerArm: Int,
    plane: EigenPlane? = nil
  ) {
    self.configuration = configuration
    self.arms = arms
    self.blocks = blocks
    self.tokensPerStep = tokensPerStep
    self.entropyFloor = entropyFloor
    self.baseFloor = baseFloor
    self.dataDescription = dataDescription
    self.bytesPerArm = bytesPerArm
    self.plane = plane
  }

  package var parameterCount: Int { blocks.reduce(0) { $0 + $1.count } }
}

/// What a run tells the world, in order; the dense per-step figures travel beside it.
package enum RunEvent: Sendable {
  case started(RunSummary)
  case evaluated(arm: ArmID, EvaluationRecord)
  /// Something for the journal: a change, a mark, a pause, an arm that diverged.
  case journaled(JournalEntry)
  case probed(ProbeReading)
  /// The arm has run all its steps (or diverged); the record is its closing line.
  case armFinished(arm: ArmID, EvaluationRecord)
  /// A command was refused; nothing has changed.
  case refused(RunError)
  /// Every arm is done or stopped.
  case finished(RunOutcome)
  case failed(RunError)
}

/// How a run ended.
package enum RunOutcome: String, Sendable, Codable, Hashable {
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
  case set(arm: ArmID?, key: String, value: SettingValue)
  /// Writes a mark on the charts at a step.
  case mark(step: Int, text: String)
  case probe(ProbeKind)
  /// Looks at a block in every step from now on, for `RunChannels.looks`; nil ends that.
  case look(BlockWish?)
  /// Takes the measurement again after every so many steps; nil ends that.
  case probeEvery(ProbeKind, Int?)
  case stop
}
