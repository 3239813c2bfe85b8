import Benchmark
import RunModel

/// The kernels of a step in the shapes of the smallest default and of the largest model.
let benchmarks: @Sendable () -> Void = {
  for size in [ModelSize.micro, .small] {
    productBenchmarks(size)
    rowBenchmarks(size)
    attentionBenchmarks(size)
  }
}
