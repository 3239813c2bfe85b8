import Foundation
import RunModel
import Studies
import TensorKernels
import Training

/// What the program finds on this machine.
enum MachineChecks {
  static var all: [SelfCheck] {
    let environment = ProcessInfo.processInfo.environment
    return [
      SelfCheck("processor") {
        .fine("\(Machine.processorName), \(RunController.coreCount) cores")
      },
      SelfCheck("kernels") { .fine(kernels) },
      SelfCheck("terminal") { .fine(terminal(environment)) },
      SelfCheck("locale") { .fine(locale(environment)) },
      SelfCheck("saved runs", isFine: { try writable(UserDirectories.runs) }),
      SelfCheck("temporary files", isFine: { try writable(NSTemporaryDirectory()) }),
    ]
  }

  private static var kernels: String {
    let level = KernelLevel.current.rawValue
    return KernelLevel.warning.map { "\(level): \($0)" } ?? level
  }

  /// Never a failure: everything but the explorer works without a terminal.
  private static func terminal(_ environment: [String: String]) -> String {
    let name = environment["TERM"] ?? ""
    guard !name.isEmpty, name != "dumb", name != "unknown" else {
      return "TERM is '\(name)': the explorer will not open, everything else works"
    }
    return "\(name), stdout is \(isatty(STDOUT_FILENO) == 1 ? "a terminal" : "not a terminal")"

  }

  private static func locale(_ environment: [String: String]) -> String {
    let chosen = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    let name = chosen ?? "C"
    let isUnicode = name.lowercased().contains("utf-8") || name.lowercased().contains("utf8")
    return "\(name), " + (isUnicode ? "braille and blocks" : "not UTF-8: ASCII charts")
  }

  /// Looks at the nearest existing directory, and makes none.
  private static func writable(_ path: String) throws -> (Bool, String) {
    var place = URL(fileURLWithPath: path)
    while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
      place.deleteLastPathComponent()
    }
    return (FileManager.default.isWritableFile(atPath: place.path), path)
  }
}
