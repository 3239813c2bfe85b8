import CKernels
import Glibc

/// What one core can do at most, measured on the spot, and what the processor calls itself.
package enum Machine {
  /// Register-only fused multiply-adds a second, two operations each, on the calling thread.
  ///
  /// The best of `repeats` bursts of a few milliseconds of the thread's own processor time.
  package static func peakOperationsPerSecond(
    level: KernelLevel = .current, repeats: Int = 5
  ) -> Double {
    let table = Kernels(level).table
    var best = 0.0
    for _ in 0..<max(1, repeats) {
      let start = threadSeconds()
      let operations = table.pointee.peak(1_000_000)
      let seconds = threadSeconds() - start
      if seconds > 0 { best = max(best, operations / seconds) }
    }
    return best
  }

  /// Processor time of the calling thread in seconds.
  package static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The processor's model name for run records; the architecture where the system has none.
  package static var processorName: String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return architecture }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
      return trimmed(text[text.index(after: colon)...])
    }
    return architecture
  }

  private static func trimmed(_ text: Substring) -> String {
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" }
    return words.joined(separator: " ")
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
}
