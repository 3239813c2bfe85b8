import CKernels
import Glibc
import RunModel

/// Which instruction set the kernels use; chosen once at start-up.
///
/// Results are deterministic for one level; different levels differ in the last bits.
package enum KernelLevel: String, Sendable, Codable, CaseIterable {
  /// Matrix products in plain Swift, everything else portable: what the others are checked against.
  case reference
  /// Four-wide vectors: SSE2 or NEON.
  case portable
  case avx2
  case avx512

  /// The environment variable that forces a level.
  package static let variable = "MAGMASCOPE_KERNELS"

  /// The level of this process: the one the environment names if it can run here, else the best.
  package static let current: KernelLevel = requested.flatMap { KernelLevel(argument: $0) } ?? best

  /// What the environment asks for; nil when it asks for nothing.
  package static var requested: String? { getenv(variable).map { String(cString: $0) } }

  /// The best level this processor runs.
  package static var best: KernelLevel {
    switch mgs_best_level() {
    case 2: .avx512
    case 1: .avx2
    default: .portable
    }
  }

  /// The levels this processor runs, slowest first.
  package static var available: [KernelLevel] { allCases.filter(\.isAvailable) }

  /// `automatic` or a level's name; nil for anything else and for what this processor cannot run.
  package init?(argument: String) {
    if argument == "automatic" {
      self = .best
    } else if let level = KernelLevel(rawValue: argument), level.isAvailable {
      self = level
    } else {
      return nil
    }
  }

  package var isAvailable: Bool { tableIndex <= mgs_best_level() }

  /// What records call the kernels of a run: `avx2`, or how `avx2` comes to its products where they
  /// are not float32's own.
  package func name(_ precision: ModelConfiguration.Precision) -> String {
    switch precision {
    case .fp32: rawValue
    case .bf16: rawValue + ", bf16 products by rounding"
    }
  }

  /// What to tell the user of an x86-64 processor too old for the fast kernels; nil otherwise.
  package static var warning: String? {
    #if arch(x86_64)
      guard mgs_best_level() == 0 else { return nil }
      return "this processor has no AVX2 and FMA; the portable kernels run, several times slower"
    #else
      return nil
    #endif
  }

  var tableIndex: Int32 {
    switch self {
    case .reference, .portable: 0
    case .avx2: 1
    case .avx512: 2
    }
  }
}
