// swift-tools-version: 6.2
import PackageDescription

/// Plain `sqrt` sets errno otherwise, which keeps the optimizer loops from vectorizing.
let numeric: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-fno-math-errno"])]

/// Forgetting to hop to the main actor before calling ncurses is an error, not a warning.
let terminal: [SwiftSetting] = [.treatWarning("ActorIsolatedCall", as: .error)]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let numerics: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], swiftSettings: [SwiftSetting] = [],
  plugins: [Target.PluginUsage] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings, plugins: plugins)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies,
    exclude: [], resources: [.copy("Fixtures")])
}

let package = Package(
  name: "magmascope",
  platforms: [.macOS("26.0")],
  products: [.executable(name: "magmascope", targets: ["magmascope"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "CNCurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),

    library("Expressions"),
    library("RunModel", ["Expressions"]),
    library("HostSystem", ["RunModel"]),
    library("TensorKernels", ["CKernels", "RunModel", numerics], swiftSettings: numeric),
    library(
      "Optimizers", ["TensorKernels", "RunModel", "Expressions", numerics], swiftSettings: numeric),
    library(
      "Workloads",
      ["Optimizers", "TensorKernels", "RunModel", "HostSystem", "Checkpoints", numerics, heap],
      swiftSettings: numeric),
    library(
      "Probes", ["Workloads", "Optimizers", "TensorKernels", "RunModel", numerics],
      swiftSettings: numeric),
    library("EventStream", ["RunModel", deque]),
    library(
      "Training", ["Workloads", "Optimizers", "Probes", "EventStream", "TensorKernels", "RunModel"]),
    library("Metrics", ["RunModel"]),
    library("History", ["RunModel", "Metrics"]),
    library("Statistics", ["RunModel", numerics]),
    library("Lessons", ["Expressions", "RunModel", "Metrics", "History", "Statistics"]),
    library("Charts", ["Metrics"]),
    library("TerminalUI"),
    library(
      "Explorer",
      ["RunModel", "Metrics", "History", "Statistics", "Charts", "TerminalUI", "Lessons"]),
    library("CursesTerminal", ["CNCurses", "TerminalUI"], swiftSettings: terminal),
    library(
      "Presets", ["RunModel", "HostSystem", "Lessons", yams], plugins: ["EmbedPresetsPlugin"]),
    .executableTarget(name: "embed-presets"),
    .plugin(
      name: "EmbedPresetsPlugin", capability: .buildTool(), dependencies: ["embed-presets"],
      path: "Sources/EmbedPresetsPlugin"),
    library("Checkpoints", ["RunModel", "HostSystem"]),
    library("RunStore", ["RunModel", "HostSystem", "Checkpoints", "EventStream"]),
    library("Export", ["RunModel", "Metrics", "Charts"]),
    library(
      "Studies",
      [
        "RunModel", "HostSystem", "EventStream", "Metrics", "Statistics", "Charts", "Export",
        "RunStore",
      ]),
    library(
      "LessonStage",
      [
        "Lessons", "RunModel", "TensorKernels", "Optimizers", "Workloads", "EventStream",
        "Training", "History", "Statistics", "Studies",
      ]),
    library("TestSupport", ["RunModel", "TensorKernels"]),

    .executableTarget(
      name: "magmascope",
      dependencies: [
        "CNCurses", "RunModel", "HostSystem", "Checkpoints", "TensorKernels", "Optimizers",
        "Workloads", "Probes",
        "EventStream",
        "Training",
        "Metrics", "History", "Statistics", "Charts", "TerminalUI", "Explorer", "CursesTerminal",
        "Presets",
        "RunStore",
        "Export", "Studies", "Lessons", "LessonStage", argumentParser, log,
      ],
      swiftSettings: terminal),

    tests("Expressions"),
    tests("RunModel"),
    tests("HostSystem", ["RunModel"]),
    tests("TensorKernels", [numerics]),
    tests("Optimizers", ["TensorKernels", "RunModel"]),
    // Stands in front of the allocator of the test process, to count what a step allocates.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    tests(
      "Workloads", ["TensorKernels", "RunModel", "Checkpoints", "CAllocationCounter", numerics]),
    tests("Probes", ["Workloads", "Optimizers", "TensorKernels", "RunModel", numerics]),
    tests("EventStream", ["RunModel"]),
    tests(
      "Training",
      [
        "Workloads", "Optimizers", "TensorKernels", "EventStream", "RunModel", "CAllocationCounter",
      ]),
    tests("Metrics", ["RunModel"]),
    tests("History", ["RunModel", "Metrics", "Optimizers"]),
    tests("Statistics", ["RunModel"]),
    tests("Charts", ["Metrics", "RunModel"]),
    tests("TerminalUI"),
    tests(
      "Explorer",
      [
        "RunModel", "Metrics", "History", "Statistics", "Charts", "TerminalUI", "Optimizers",
        "Workloads",
        "Training", "EventStream", "Probes", "RunStore", "Lessons", "LessonStage", "Presets",
      ]),
    tests(
      "Lessons",
      ["LessonStage", "Presets", "History", "RunModel", "Optimizers", "Workloads", "Expressions"]),
    tests("Presets", ["RunModel", "Lessons"]),
    tests("Checkpoints", ["RunModel"]),
    tests("RunStore", ["RunModel", "EventStream"]),
    tests("Export", ["RunModel", "Metrics", "Charts"]),
    tests(
      "Studies",
      ["RunModel", "Statistics", "History", "Explorer", "Optimizers", "Workloads", "TensorKernels"]),
  ],
  swiftLanguageModes: [.v6]
)

// Benchmarks are built only when asked for: `scripts/benchmark` sets the variable.
if Context.environment["MAGMASCOPE_BENCHMARKS"] != nil {
  func benchmarks(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
      name: name,
      dependencies: dependencies + [.product(name: "Benchmark", package: "benchmark")],
      path: "Benchmarks/\(name)", swiftSettings: numeric,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  }
  package.dependencies.append(
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
  package.targets += [
    benchmarks("KernelBenchmarks", ["TensorKernels", "RunModel"]),
    benchmarks(
      "OptimizerBenchmarks", ["Optimizers", "Workloads", "TensorKernels", "RunModel"]),
    benchmarks(
      "RenderingBenchmarks",
      ["Explorer", "Optimizers", "Workloads", "History", "TensorKernels", "TerminalUI", "RunModel"]),
  ]
}

// Fuzzers are built only when asked for, with everything they reach: `scripts/fuzz-parsers`.
if Context.environment["MAGMASCOPE_FUZZERS"] != nil {
  let covered: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
  for target in package.targets where target.type == .regular {
    target.swiftSettings = (target.swiftSettings ?? []) + covered
  }
  package.targets.append(
    .executableTarget(
      name: "ParserFuzzer",
      dependencies: ["Presets", "Checkpoints", "RunModel", "Optimizers", "Workloads"],
      path: "Fuzzers/ParserFuzzer", swiftSettings: covered,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
