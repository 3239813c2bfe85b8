import Presets
import RunModel
import RunStore
import TensorKernels

/// Lines for people, on stderr.
enum Diagnostics {
  /// A line longer than this loses its middle: somebody has to read it.
  private static let longest = 2_000

  static func say(_ message: String) {
    let line = visible("magmascope: " + message)
    guard line.unicodeScalars.count > longest else { return StandardError.line(line) }
    var shortened = ""
    shortened.unicodeScalars.append(contentsOf: line.unicodeScalars.prefix(longest - 500))
    shortened += " … "
    shortened.unicodeScalars.append(contentsOf: line.unicodeScalars.suffix(497))
    StandardError.line(shortened)
  }
}

extension RunStamp {
  /// What this process computes the run with.
  static func current(_ run: RunConfiguration) -> RunStamp {
    RunStamp(
      version: Magmascope.version, commit: PresetLibrary.buildCommit,
      kernelLevel: KernelLevel.current.name(run.model.precision), cpu: Machine.processorName)
  }
}
