import Benchmark
import TensorKernels

/// Speed against what this core can do at this moment: machines and their moods divide out.
enum ShareOfPeak {
  /// Operations in per mille of the multiply-add peak.
  static let operations = BenchmarkMetric.custom(
    "operations per 1000 of the peak", polarity: .prefersLarger, useScalingFactor: false)
  /// Elements in the time of 100,000 operations at the peak, for kernels that are not products.
  static let elements = BenchmarkMetric.custom(
    "elements per 100000 operations of the peak", polarity: .prefersLarger,
    useScalingFactor: false)

  /// Declares a benchmark that fails when the kernel falls under 80 % of its recorded share.
  static func benchmark(
    _ name: String, _ metric: BenchmarkMetric, work: Double, body: @escaping () -> Void
  ) {
    let unit = metric == operations ? 1e3 : 1e5
    Benchmark(
      name,
      configuration: .init(
        metrics: [metric], warmupIterations: 1, maxDuration: .milliseconds(700), maxIterations: 8,
        thresholds: [metric: BenchmarkThresholds(relative: [.p90: 20])])
    ) { benchmark in
      benchmark.measurement(metric, Int((unit * share(work: work, body)).rounded()))
    }
  }

  /// The best of five bursts over the best of five bursts of the peak, in turn on this thread.
  private static func share(work: Double, _ body: () -> Void) -> Double {
    var (rate, peak) = (0.0, 0.0)
    for _ in 0..<5 {
      peak = max(peak, Machine.peakOperationsPerSecond(repeats: 1))
      rate = max(rate, burst(body) * work)
    }
    return rate / peak
  }

  /// Calls a second of the thread's processor time, over at least two milliseconds.
  private static func burst(_ body: () -> Void) -> Double {
    let start = Machine.threadSeconds()
    var (calls, seconds) = (0.0, 0.0)
    while seconds < 0.002 {
      for _ in 0..<4 { body() }
      calls += 4
      seconds = Machine.threadSeconds() - start
    }
    return calls / seconds
  }
}
