import Benchmark
import Explorer
import RunModel
import TensorKernels
import TerminalUI

private let cost = BenchmarkMetric.custom(
  "microseconds a frame", polarity: .prefersSmaller, useScalingFactor: false)

/// Building a frame and finding what changed since the last, as the loop does for every frame.
let benchmarks: @Sendable () -> Void = {
  for size in [Size(width: 120, height: 40), Size(width: 200, height: 60)] {
    for (screen, key) in [("live", "1"), ("compare", "2"), ("blocks", "3")] {
      frameBenchmark("\(screen)-\(size.width)x\(size.height)", size) {
        try Scene(pressing: Character(key)).moments(from: 340)
      }
    }
  }
  historyBenchmarks()
  // A frame costs the same however long the run is.
  for steps in [1_000, 100_000] {
    frameBenchmark("live-8-arms-step-\(steps)", Size(width: 120, height: 40)) {
      try Scene(arms: Scene.eight, steps: 100_000).moments(from: steps - 8)
    }
  }
}

private func frameBenchmark(
  _ name: String, _ size: Size, states: @escaping () throws -> [ExplorerState]
) {
  var moments: [ExplorerState]?
  Benchmark(
    name,
    configuration: .init(
      metrics: [cost], warmupIterations: 1, maxDuration: .seconds(1), maxIterations: 8,
      thresholds: [cost: BenchmarkThresholds(relative: [.p90: 25])])
  ) { benchmark in
    if moments == nil { moments = try? states() }
    guard let moments else { return benchmark.error("the run cannot be made") }
    benchmark.measurement(cost, microseconds(moments, size))
  }
}

/// A run to take pictures of.
private struct Scene {
  var arms = ["adam:lr=1e-3", "magma(adam):lr=1e-3"]
  var steps = 800
  var pressing: Character = "1"

  static let eight = (1...4).flatMap { ["adam:lr=\($0)e-3", "magma(adam):lr=\($0)e-3"] }

  /// Two moments of the run, so that every frame has something new.
  func moments(from step: Int) throws -> [ExplorerState] {
    [try state(at: step), try state(at: step + 8)]
  }

  private func state(at step: Int) throws -> ExplorerState {
    var state = try Fake.state(arms)
    let configuration = try Fake.configuration(arms, steps: steps)
    _ = reduce(&state, .tick(6))
    for start in stride(from: 1, through: step, by: 500) {
      let range = start...min(start + 499, step)
      _ = reduce(&state, .run(Fake.batch(configuration, steps: range)))
    }
    _ = reduce(&state, .key(.character(pressing)))
    return state
  }
}

private func microseconds(_ states: [ExplorerState], _ size: Size) -> Int {
  var last: CellBuffer?
  var best = Double.infinity
  for index in 0..<40 {
    let start = Machine.threadSeconds()
    let frame = view(states[index % 2], size: size)
    blackHole(frame.buffer.changes(from: last))
    best = min(best, Machine.threadSeconds() - start)
    last = frame.buffer
  }
  return Int((best * 1e6).rounded())
}
