import EventStream
import RunModel

extension LockStep {
  /// Tells the world what the finished round brought, arm by arm in their order.
  func conclude(_ contents: inout Contents) {
    for lane in assignments.indices {
      contents.reports[lane].settledFactor = contents.reports[lane].stepFactor
    }
    switch contents.directive {
    case .prepare: concludePreparation(&contents)
    case .evaluate: tellRecords(&contents)
    case .train(let step): concludeStep(step, &contents)
    case .probe: tellReadings(&contents)
    case .snapshot: assembleSnapshot(&contents)
    case .finish: preconditionFailure("a finished run made another round")
    }
  }

  /// Reads the commands and decides what all threads do next; nil to hold.
  func decide(_ contents: inout Contents) -> Directive? {
    if contents.isFailed { return .finish }
    obeyCommands(&contents)
    if contents.directive == .prepare, !isResumed { return .evaluate }
    if contents.wantsSnapshot { return .snapshot }
    if !contents.probes.isEmpty { return .probe(contents.probes.removeFirst()) }
    if let outcome = contents.state.outcome { return finish(outcome, &contents) }
    guard let step = contents.state.nextStep else { return nil }
    tellPlannedChanges(of: step, &contents)
    return .train(step: step)
  }

  // MARK: What was done

  private func concludePreparation(_ contents: inout Contents) {
    if let failure = contents.reports.lazy.compactMap(\.failure).first {
      contents.isFailed = true
      return channels.post(.failed(failure.description))
    }
    let lanes = configuration.lanes
    let arms = configuration.arms.indices.map { arm in
      RunSummary.Arm(
        lane: lanes[arm], specification: configuration.arms[arm],
        stateBytes: contents.reports[arm].stateBytes)
    }
    channels.post(
      .started(
        RunSummary(
          configuration: configuration, arms: arms, blocks: source.blocks,
          tokensPerStep: source.tokensPerStep, entropyFloor: source.entropyFloor,
          dataDescription: source.dataDescription,
          bytesPerArm: contents.reports.map(\.bytes).max() ?? 0, plane: source.plane)))
    if contents.state.phase == .paused { channels.post(.paused(step: contents.state.step)) }
  }

  private func concludeStep(_ step: Int, _ contents: inout Contents) {
    for lane in assignments.indices {
      guard let diverged = contents.reports[lane].divergedAt,
        !contents.reports[lane].wasDivergenceTold
      else { continue }
      contents.reports[lane].wasDivergenceTold = true
      let assignment = assignments[lane]
      channels.post(
        .diverged(arm: assignment.arm, seed: assignment.seedIndex, step: diverged))
    }
    tellRecords(&contents)
    let isAnyArmAlive = contents.reports.contains { $0.divergedAt == nil }
    tell(contents.state.completeStep(isAnyArmAlive: isAnyArmAlive), contents)
    if options.probeRunner != nil {
      for cadence in contents.cadences where step.isMultiple(of: cadence.every) {
        contents.probes.append(cadence.kind)
      }
    }
    if let every = options.checkpointEvery, step.isMultiple(of: every) {
      contents.wantsSnapshot = true
    }
  }

  private func tellRecords(_ contents: inout Contents) {
    for lane in assignments.indices where contents.reports[lane].isRecordNew {
      contents.reports[lane].isRecordNew = false
      guard let record = contents.reports[lane].record else { continue }
      let assignment = assignments[lane]
      channels.post(.evaluated(arm: assignment.arm, seed: assignment.seedIndex, record))
    }
  }

  private func tellReadings(_ contents: inout Contents) {
    for lane in assignments.indices {
      guard let reading = contents.reports[lane].reading else { continue }
      contents.reports[lane].reading = nil
      channels.post(.probed(reading))
    }
  }

  private func assembleSnapshot(_ contents: inout Contents) {
    contents.wantsSnapshot = false
    let arms = contents.reports.compactMap(\.snapshot)
    guard arms.count == assignments.count else { return }
    channels.post(
      CheckpointSet(
        step: contents.state.step, interventions: contents.interventions, arms: arms,
        records: contents.reports.map(\.record)))
    for lane in assignments.indices { contents.reports[lane].snapshot = nil }
  }

  // MARK: What comes next

  private func obeyCommands(_ contents: inout Contents) {
    guard !contents.commands.isEmpty else { return }
    let commands = contents.commands
    contents.commands.removeAll(keepingCapacity: true)
    for command in commands {
      switch command {
      case .pause: tell(contents.state.pause(), contents)
      case .resume: tell(contents.state.resume(), contents)
      case .step(let count): tell(contents.state.advance(by: count), contents)
      case .stop: tell(contents.state.stop(), contents)
      case .probe(let kind): if options.probeRunner != nil { contents.probes.append(kind) }
      case .probeEvery(let kind, let steps):
        contents.cadences.removeAll { $0.kind == kind }
        if let steps { contents.cadences.append(ProbeCadence(kind, every: steps)) }
      case .set(let arm, let key, let value): change(arm, key, value, &contents)
      }
    }
  }

  /// Plans a live change for the step to come, one journal entry for every arm it concerns.
  private func change(_ arm: Int?, _ key: String, _ value: SettingValue, _ contents: inout Contents)
  {
    guard contents.state.outcome == nil else { return }
    for index in contents.values.indices where arm == nil || arm == index {
      guard let old = contents.values[index][key], old != value else { continue }
      let change = Intervention(
        arm: index, step: contents.state.step + 1, key: key, oldValue: old, newValue: value)
      contents.interventions.append(change)
      contents.remember(change)
      channels.post(.intervened(change))
    }
  }

  /// Tells the changes of a replayed journal when their step comes.
  private func tellPlannedChanges(of step: Int, _ contents: inout Contents) {
    for change in options.interventions where change.step == step {
      contents.remember(change)
      channels.post(.intervened(change))
    }
  }

  private func finish(_ outcome: RunOutcome, _ contents: inout Contents) -> Directive {
    if options.takesFinalSnapshot, !contents.hasFinalSnapshot {
      contents.hasFinalSnapshot = true
      return .snapshot
    }
    for lane in assignments.indices {
      guard var record = contents.reports[lane].record else { continue }
      record.close(divergedAt: contents.reports[lane].divergedAt)
      let assignment = assignments[lane]
      channels.post(.armFinished(arm: assignment.arm, seed: assignment.seedIndex, record))
    }
    channels.post(.finished(outcome))
    return .finish
  }

  private func tell(_ transition: RunState.Transition?, _ contents: borrowing Contents) {
    switch transition {
    case .paused:
      clock.pause()
      channels.post(.paused(step: contents.state.step))
    case .resumed:
      clock.resume()
      channels.post(.resumed(step: contents.state.step))
    case .ended, nil: clock.resume()
    }
  }
}

extension EvaluationRecord {
  /// Turns the last evaluation of an arm into its closing line.
  mutating func close(divergedAt: Int?) {
    final = true
    guard let divergedAt else { return }
    diverged = divergedAt
    trainLoss = nil
    validationLoss = nil
  }
}
