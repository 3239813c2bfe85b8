import Benchmark
import Explorer
import History
import RunModel
import TensorKernels
import TerminalUI

private let perRow = BenchmarkMetric.custom(
  "nanoseconds a step and arm", polarity: .prefersSmaller, useScalingFactor: false)

/// What keeping a run costs while it trains: a row of an arm and its blocks into the history.
func historyBenchmarks() {
  Benchmark(
    "history-append",
    configuration: .init(
      metrics: [perRow], warmupIterations: 1, maxDuration: .seconds(2), maxIterations: 8,
      thresholds: [perRow: BenchmarkThresholds(relative: [.p90: 25])])
  ) { benchmark in
    guard let configuration = try? Fake.configuration(steps: 100_000) else {
      return benchmark.error("the run cannot be made")
    }
    let rows = Fake.batch(configuration, steps: 1...4_000).rows
    let history = RunHistory(configuration)
    history.append([.started(Fake.summary(configuration))])
    let start = Machine.threadSeconds()
    history.append(rows)
    let seconds = Machine.threadSeconds() - start
    blackHole(history.moment())
    benchmark.measurement(perRow, Int((seconds * 1e9 / Double(rows.steps.count)).rounded()))
  }
}
