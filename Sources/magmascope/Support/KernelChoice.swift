import Logging
import RunModel
import TensorKernels

/// What MAGMASCOPE_KERNELS asks for, checked before anything computes.
enum KernelChoice {
  /// Warns on processors that only have the slow kernels.
  ///
  /// - Throws: `RunError(.usage)` for a level that does not exist or that this processor cannot run.
  static func check() throws(RunError) {
    if let warning = KernelLevel.warning {
      Logger(label: "kernels").warning("\(warning)")
    }
    guard let name = KernelLevel.requested, KernelLevel(argument: name) == nil else { return }
    let available = ["automatic"] + KernelLevel.available.map(\.rawValue)
    let problem = KernelLevel(rawValue: name) == nil ? "unknown level" : "this processor cannot run"
    throw RunError(
      .usage, "\(problem) '\(name)'" + suggestion(for: name, among: available),
      place: KernelLevel.variable, remedy: "available here: " + available.joined(separator: ", "))
  }
}
