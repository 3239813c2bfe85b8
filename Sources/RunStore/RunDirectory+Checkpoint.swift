import Checkpoints
import Foundation
import HostSystem
import RunModel

/// Checkpoints are put in place all at once, so that all arms are always of the same step.
///
/// New files are written and synced beside the old ones as `.next`; then `checkpoint.pending` lists
/// them; then they are renamed. A run that dies before the list keeps its old checkpoint, one that
/// dies after it gets the new one the next time the directory is opened.
extension RunDirectory {
  private static let files = [
    "config.json", "model.safetensors", "optimizer.safetensors", "state.json",
  ]

  /// Writes the checkpoint of every arm; on an error the previous checkpoint stands.
  package func write(
    _ set: CheckpointSet, of configuration: RunConfiguration, stamp: RunStamp
  ) throws(RunError) {
    var written: [String] = []
    do throws(RunError) {
      for (index, arm) in set.arms.enumerated() {
        let directory = checkpointPath(
          of: arm.arm, seed: arm.seed, configuration)
        try Self.makeDirectory(directory)
        try Self.carryTokenizer(of: configuration, to: directory)
        let contents = try contents(of: arm, index, in: set, configuration, stamp)
        for (file, bytes) in zip(Self.files, contents) {
          written.append("\(directory)/\(file)")
          try DurableFile.write(bytes, to: "\(directory)/\(file).next")
        }
      }
      let names = written.map { String($0.dropFirst(path.count + 1)) }
      try DurableFile.replace(pendingPath, with: Array(names.joined(separator: "\n").utf8))
    } catch {
      for file in written { unlink(file + ".next") }
      throw error
    }
    try finishPendingCheckpoint()
  }

  /// Puts the tokenizer of the checkpoint that the run started from beside the run's own.
  private static func carryTokenizer(
    of configuration: RunConfiguration, to directory: String
  ) throws(RunError) {
    guard let origin = configuration.from else { return }
    for file in ModelFolder.tokenizerFiles {
      let (source, target) = ("\(origin)/\(file)", "\(directory)/\(file)")
      guard ForeignFile.exists(source), !ForeignFile.exists(target) else { continue }
      try DurableFile.replace(target, with: try ForeignFile.read(source, as: .description))
    }
  }

  /// Renames what a listed checkpoint has not renamed yet.
  func finishPendingCheckpoint() throws(RunError) {
    guard FileManager.default.fileExists(atPath: pendingPath) else { return }
    let names = String(decoding: try DurableFile.read(pendingPath), as: UTF8.self)
    for name in names.split(separator: "\n") {
      let file = "\(path)/\(name)"
      guard FileManager.default.fileExists(atPath: file + ".next") else { continue }
      try DurableFile.rename(file + ".next", to: file)
    }
    guard unlink(pendingPath) == 0 else { throw FileError.last("remove", pendingPath) }
  }

  private func contents(
    of arm: ArmCheckpoint, _ index: Int, in set: CheckpointSet,
    _ configuration: RunConfiguration, _ stamp: RunStamp
  ) throws(RunError) -> [[UInt8]] {
    let state = ArmStateFile(
      stamp: stamp, arm: configuration.roster[id: arm.arm]?.specification.text ?? "",
      seed: arm.seed, step: set.step, progress: arm.progress,
      scalars: arm.optimizer.scalars, interventions: set.journal,
      record: set.records[index])
    return [
      description(of: arm, configuration),
      Safetensors.encode(arm.parameters),
      Safetensors.encode(arm.optimizer.tensors),
      try StateCoding.encode(state),
    ]
  }

  private func description(of arm: ArmCheckpoint, _ configuration: RunConfiguration) -> [UInt8] {
    let embedding = arm.parameters.first { $0.name == "model.embed_tokens.weight" }
    guard configuration.descriptor.isLanguage, let vocabulary = embedding?.shape.first else {
      return ModelDescription.encode(workload: configuration.workload)
    }
    return ModelDescription.encode(configuration.model, vocabulary: vocabulary)
  }

  /// Reads the checkpoint of every arm and seed; throws `RunError` (.input) saying what is wrong.
  package func readCheckpoint(of configuration: RunConfiguration) throws(RunError) -> CheckpointSet
  {
    var set: CheckpointSet?
    for seed in configuration.seedValues {
      for arm in configuration.roster.map(\.id) {
        let directory = checkpointPath(of: arm, seed: seed, configuration)
        let (state, checkpoint) = try Self.readArm(directory, arm: arm, seed: seed)
        guard set == nil || set?.step == state.step else {
          throw FileError.bad(
            directory, "is of step \(state.step), other arms of \(set?.step ?? 0)",
            "start the run again")
        }
        if set == nil {
          set = CheckpointSet(
            step: state.step, journal: state.interventions, arms: [], records: [])
        }
        set?.arms.append(checkpoint)
        set?.records.append(state.record)
      }
    }
    guard let set else {
      throw FileError.bad(path, "has no arms", "start the run again")
    }
    return set
  }

  private static func readArm(
    _ directory: String, arm: ArmID, seed: UInt64
  ) throws(RunError) -> (ArmStateFile, ArmCheckpoint) {
    let statePath = directory + "/state.json"
    let state = try StateCoding.decode(try DurableFile.read(statePath), place: statePath)
    let checkpoint = ArmCheckpoint(
      arm: arm, seed: seed,
      parameters: try readTensors(directory + "/model.safetensors"),
      optimizer: OptimizerSnapshot(
        tensors: try readTensors(directory + "/optimizer.safetensors"), scalars: state.scalars),
      progress: state.progress)
    return (state, checkpoint)
  }

  /// Reads a safetensors file; throws `RunError` (.input) naming it.
  package static func readTensors(_ path: String) throws(RunError) -> [TensorSnapshot] {
    try Safetensors.decode(try DurableFile.read(path, as: .tensors), place: path)
  }
}

/// JSON that keeps every double to the bit, infinities included.
enum StateCoding {
  static func encode(_ state: ArmStateFile) throws(RunError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return Array(try encoder.encode(state)) + [UInt8(ascii: "\n")]
    } catch {
      throw RunError(.failure, "cannot write the state of '\(state.arm)': \(error)")
    }
  }

  static func decode(_ bytes: [UInt8], place: String) throws(RunError) -> ArmStateFile {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(ArmStateFile.self, from: Data(bytes))
    } catch {
      throw FileError.bad(
        place, "is not the state of an arm", "use a checkpoint that was written completely")
    }
  }
}
