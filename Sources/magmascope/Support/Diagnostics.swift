import Foundation
import Presets
import RunStore
import TensorKernels

/// Lines for people, on stderr.
enum Diagnostics {
  static func say(_ message: String) {
    let line = message.replacing("\n", with: " ")
    FileHandle.standardError.write(Data("magmascope: \(line)\n".utf8))
  }
}

extension RunStamp {
  /// What this process computes with.
  static var current: RunStamp {
    RunStamp(
      version: Magmascope.version, commit: PresetLibrary.buildCommit,
      kernelLevel: KernelLevel.current.rawValue, cpu: Machine.processorName)
  }
}
