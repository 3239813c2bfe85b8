import Checkpoints
import Foundation
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The four files of every arm and seed in a checkpoint, and the directories they lie in.
///
/// A set of all arms at one step lies under `checkpoints/<step>`, and once more, linked, under
/// `arms`, where other programs look for the newest.
enum CheckpointFiles {
  static let names = ["config.json", "model.safetensors", "optimizer.safetensors", "state.json"]

  /// The directory of an arm's seed in a set: `a-adam/seed-0`, at most 100 bytes a part.
  static func place(of arm: RunArm, seed: UInt64) -> String {
    String((arm.lane.letter + "-" + arm.specification.fileName).prefix(100)) + "/seed-\(seed)"
  }

  /// Whether `name` could be the directory of an arm: nothing that leads elsewhere.
  static func isArmDirectory(_ name: some StringProtocol) -> Bool {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "+"):
        true
      case _: false
      }
    }
    return allowed && name.utf8.count <= 100 && name.contains("-") && !name.hasPrefix(".")
  }

  static func isSeedDirectory(_ name: some StringProtocol) -> Bool {
    guard name.hasPrefix("seed-"), let seed = UInt64(name.dropFirst(5)) else { return false }
    return "seed-\(seed)" == name
  }

  /// The four files of one arm.
  static func contents(
    of checkpoint: ArmCheckpoint, _ arm: RunArm, record: EvaluationRecord?, in set: CheckpointSet,
    _ configuration: RunConfiguration, _ stamp: RunStamp
  ) throws(RunError) -> [[UInt8]] {
    let state = ArmStateFile(
      stamp: stamp, arm: arm.specification.text, seed: checkpoint.seed, step: set.step,
      progress: checkpoint.progress, scalars: checkpoint.optimizer.scalars,
      interventions: set.journal, record: record)
    return [
      description(of: checkpoint, configuration),
      Safetensors.encode(checkpoint.parameters),
      Safetensors.encode(checkpoint.optimizer.tensors),
      try RecordCoding.encode(state, "the state of '\(state.arm)'", isPretty: true),
    ]
  }

  private static func description(
    of checkpoint: ArmCheckpoint, _ configuration: RunConfiguration
  ) -> [UInt8] {
    let embedding = checkpoint.parameters.first { $0.name == "model.embed_tokens.weight" }
    guard configuration.descriptor.isLanguage, let vocabulary = embedding?.shape.first else {
      return ModelDescription.encode(workload: configuration.workload)
    }
    return ModelDescription.encode(configuration.model, vocabulary: vocabulary)
  }

  /// The set of the arms of `course` under `root`; nil when nothing of it is there.
  ///
  /// - Throws: `RunError` (.input) naming the file that is missing, damaged or of another step.
  static func read(_ course: RunCourse, under root: String) throws(RunError) -> CheckpointSet? {
    let found = try readAll(course, under: root)
    guard let step = found.values.map(\.state.step).max() else { return nil }
    var set = CheckpointSet(step: step, journal: [], arms: [], records: [])
    for seed in course.configuration.seedValues {
      // The files of arms that have left stay where they are, at their last step.
      for arm in course.arms(at: step) {
        let place = place(of: arm, seed: seed)
        guard let one = found[place] else {
          if course.joinStep(of: arm) >= step { continue }
          throw FileError.bad(root + "/" + place, "is missing", "start the run again")
        }
        guard one.state.step == step else {
          throw FileError.bad(
            root + "/" + place, "is of step \(one.state.step), other arms of \(step)",
            "start the run again")
        }
        if set.arms.isEmpty { set.journal = one.state.interventions }
        set.arms.append(one.checkpoint)
        set.records.append(one.state.record)
      }
    }
    return set
  }

  /// What lies under `root` of the arms that ever took part, by place.
  private static func readAll(
    _ course: RunCourse, under root: String
  ) throws(RunError) -> [String: (state: ArmStateFile, checkpoint: ArmCheckpoint)] {
    var found: [String: (state: ArmStateFile, checkpoint: ArmCheckpoint)] = [:]
    for seed in course.configuration.seedValues {
      for arm in course.roster {
        let place = place(of: arm, seed: seed)
        guard FileManager.default.fileExists(atPath: root + "/" + place) else { continue }
        found[place] = try read(root + "/" + place, arm: arm.id, seed: seed)
      }
    }
    return found
  }

  private static func read(
    _ directory: String, arm: ArmID, seed: UInt64
  ) throws(RunError) -> (ArmStateFile, ArmCheckpoint) {
    let path = directory + "/state.json"
    let state = try ArmStateFile.decode(try DurableFile.read(path), place: path)
    let checkpoint = ArmCheckpoint(
      arm: arm, seed: seed,
      parameters: try RunDirectory.readTensors(directory + "/model.safetensors"),
      optimizer: OptimizerSnapshot(
        tensors: try RunDirectory.readTensors(directory + "/optimizer.safetensors"),
        scalars: state.scalars),
      progress: state.progress)
    return (state, checkpoint)
  }
}

extension RunCourse {
  /// The step from which on checkpoints hold the arm: 0 for those the run began with.
  fileprivate func joinStep(of arm: RunArm) -> Int {
    journal.first { $0.joined?.id == arm.id }?.step ?? -1
  }
}

extension ArmStateFile {
  static func decode(_ bytes: [UInt8], place: String) throws(RunError) -> ArmStateFile {
    let state: ArmStateFile
    do {
      state = try RecordCoding.decoder.decode(ArmStateFile.self, from: Data(bytes))
    } catch {
      throw FileError.bad(
        place, "is not the state of an arm", "use a checkpoint that was written completely")
    }
    if let problem = state.problem {
      throw FileError.bad(place, problem, "use a checkpoint that was written completely")
    }
    return state
  }

  /// What no run could have counted; nil for a state that makes sense.
  private var problem: String? {
    let steps = 0...100_000_000
    let counts = [
      ("lossCount", progress.lossCount), ("alignmentCount", progress.alignmentCount),
      ("scaleCount", progress.scaleCount), ("maskableCount", progress.maskableCount),
    ]
    if !steps.contains(step) { return "has step \(step)" }
    if !steps.contains(progress.step) || progress.step > step {
      return "has made \(progress.step) updates in \(step) steps"
    }
    if let divergedAt = progress.divergedAt, !steps.contains(divergedAt) {
      return "diverged at step \(divergedAt)"
    }
    for (name, count) in counts where !(0...(1 << 50)).contains(count) {
      return "has \(name) \(count)"
    }
    for (name, seconds) in [("wall", progress.wallSeconds), ("CPU", progress.cpuSeconds)]
    where !(0...1e10).contains(seconds) {
      return "has taken \(seconds) seconds of \(name) time"
    }
    guard progress.droppedSum >= 0, progress.droppedSum <= Double(progress.maskableCount) + 1 else {
      return "has dropped \(progress.droppedSum) of \(progress.maskableCount) blocks"
    }
    guard progress.matchedFactor.isFinite else {
      return "multiplies steps by \(progress.matchedFactor)"
    }
    return record.flatMap { $0.problem(upTo: step) }
      ?? interventions.first { $0.step < 0 || $0.step > step + 1 }.map {
        "has a change of step \($0.step) at step \(step)"
      }
  }
}

extension EvaluationRecord {
  /// What no evaluation at or before `step` could have found.
  fileprivate func problem(upTo step: Int) -> String? {
    if !(0...step).contains(self.step) { return "has an evaluation of step \(self.step)" }
    if tokens < 0 { return "has seen \(tokens) tokens" }
    for seconds in [wallSeconds, cpuSeconds] where !(0...1e10).contains(seconds) {
      return "has an evaluation after \(seconds) seconds"
    }
    return nil
  }
}

extension RunDirectory {
  /// Reads a safetensors file; throws `RunError` (.input) naming it.
  package static func readTensors(_ path: String) throws(RunError) -> [TensorSnapshot] {
    try Safetensors.decode(try DurableFile.read(path, as: .tensors), place: path)
  }

  /// Where the newest checkpoint of an arm and seed lies.
  package func checkpointPath(
    of arm: ArmID, seed: UInt64, _ configuration: RunConfiguration
  ) -> String {
    let place = configuration.roster[id: arm].map { CheckpointFiles.place(of: $0, seed: seed) }
    return armsPath + "/" + (place ?? "\(arm.number)/seed-\(seed)")
  }

  /// Where the newest models of all arms lie, of the first seed and all of one step; nil before the first.
  ///
  /// In the ring, where nothing is changed while it is read.
  package func newestModels(
    of configuration: RunConfiguration
  ) throws(RunError) -> (step: Int, models: [(arm: RunArm, path: String)])? {
    let course = try course(of: configuration)
    let kept = checkpointSteps.last
    // Runs of the first format have no ring.
    let newest = kept == nil ? try readCheckpoint(of: configuration)?.step : kept
    guard let step = newest else { return nil }
    let root = kept.map { "\(checkpointsPath)/\($0)" } ?? armsPath
    let places = course.roster.map { arm in
      (arm: arm, path: root + "/" + CheckpointFiles.place(of: arm, seed: configuration.seed))
    }
    return (step, places.filter { FileManager.default.fileExists(atPath: $0.path) })
  }

  /// The newest checkpoint of every arm and seed, as the run's owner goes on from it; nil when none
  /// was written yet.
  ///
  /// - Throws: `RunError` (.input) saying which file is wrong.
  package func readCheckpoint(of configuration: RunConfiguration) throws(RunError) -> CheckpointSet?
  {
    try CheckpointFiles.read(try course(of: configuration), under: armsPath)
  }

  private func course(of configuration: RunConfiguration) throws(RunError) -> RunCourse {
    RunCourse(configuration, journal: try readJournal())
  }

  /// The steps of the checkpoints that were kept, ascending, the newest last.
  package var checkpointSteps: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)) ?? []
    return names.compactMap { name in
      Int(name).flatMap { $0 >= 0 && String($0) == name ? $0 : nil }
    }.sorted()
  }

  /// The latest kept checkpoint at or before a step, beside a writer too: those of the ring are never
  /// changed, only taken away when they are many.
  package func readCheckpoint(
    atOrBefore step: Int, of configuration: RunConfiguration
  ) throws(RunError) -> CheckpointSet? {
    let course = try course(of: configuration)
    while let nearest = checkpointSteps.last(where: { $0 <= step }) {
      do throws(RunError) {
        let root = "\(checkpointsPath)/\(nearest)"
        return try CheckpointFiles.read(course, under: root)
      } catch {
        // One that was taken away while it was read is not damaged: another is nearest now.
        if checkpointSteps.contains(nearest) { throw error }
      }
    }
    // Runs of the first format have no ring.
    guard checkpointSteps.isEmpty else { return nil }
    let newest = try CheckpointFiles.read(course, under: armsPath)
    return newest.flatMap { $0.step <= step ? $0 : nil }
  }
}
