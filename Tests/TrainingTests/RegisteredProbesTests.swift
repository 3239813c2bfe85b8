import Optimizers
import RunModel
import TestSupport
import Testing
import Training
import Workloads

@Suite struct RegisteredProbesTests {
  private let arms = [
    "adam:lr=1e-3", "magma(adam):lr=1e-3", "matched(magma(adam)):lr=1e-3",
    "skip(rmsprop):lr=1e-3",
  ]

  private func run(
    _ workload: String, probes: [ProbeCadence], asked: [ProbeKind] = [],
    precision: ModelConfiguration.Precision = .fp32
  ) throws -> RunTranscript {
    var configuration = toyConfiguration(
      arms: try arms.map { try OptimizerRegistry.arm($0) }, steps: 8, evaluateEvery: 4, seeds: 2)
    configuration.workload = workload
    configuration.model = ModelConfiguration(size: .nano)
    configuration.model.precision = precision
    let descriptor = try #require(WorkloadRegistry.descriptor(workload))
    configuration.settings = Dictionary(
      uniqueKeysWithValues: descriptor.hyperparameters.map { ($0.key, $0.defaultValue) })
    let harness = RunHarness(
      configuration,
      options: RunOptions(
        startsPaused: true, probeRunner: RegisteredProbes(), probes: probes),
      source: try WorkloadRegistry.source(for: configuration))
    for kind in asked { harness.controller.send(.probe(kind)) }
    harness.controller.send(.resume)
    return harness.finish()
  }

  @Test(arguments: ["quadratic", "language"])
  func everyProbeLeavesTheLossHistoryAsItWasToTheBit(_ workload: String) throws {
    let probed = try run(
      workload,
      probes: [
        ProbeCadence(.curvature, every: 2), ProbeCadence(.proposition1, every: 3),
        ProbeCadence(.sharpness, every: 8),
      ], asked: ProbeKind.allCases)
    let plain = try run(workload, probes: [])
    for arm in arms.indices {
      for seed in UInt64(0)..<2 {
        #expect(probed.losses(arm: ArmID(arm), seed: seed).count == 8)
        #expect(
          probed.losses(arm: ArmID(arm), seed: seed) == plain.losses(arm: ArmID(arm), seed: seed))
      }
    }
    #expect(probed.finals.map(\.comparable) == plain.finals.map(\.comparable))
    #expect(
      probed.checkpoints.last?.arms.map(\.parameters)
        == plain.checkpoints.last?.arms.map(\.parameters))
    #expect(plain.readings.isEmpty)
    for kind in ProbeKind.allCases {
      #expect(probed.readings.contains { $0.kind == kind && $0.step == 0 })
    }
    let curvature = probed.readings.filter { $0.kind == .curvature && $0.step > 0 }
    #expect(curvature.map(\.step) == [2, 4, 6, 8].flatMap { [$0, $0, $0, $0] })
    #expect(curvature.map(\.arm) == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    #expect(probed.readings.allSatisfy { $0.cpuSeconds > 0 && !$0.figures.isEmpty })
  }

  /// At step 0 runs in either precision have the same weights, and are to be told the same of them.
  @Test func probesMeasureFloat32WhateverTheRunTrainsIn() throws {
    func readings(
      _ precision: ModelConfiguration.Precision
    ) throws -> (figures: [[ProbeReading.Figure]], losses: [UInt64]) {
      let run = try run("language", probes: [], asked: ProbeKind.allCases, precision: precision)
      return (run.readings.filter { $0.step == 0 }.map(\.figures), run.losses(arm: 0))
    }
    let (plain, rounded) = (try readings(.fp32), try readings(.bf16))
    #expect(plain.figures == rounded.figures && !plain.figures.isEmpty)
    #expect(plain.losses != rounded.losses)
    #expect(rounded.losses == (try run("language", probes: [], precision: .bf16)).losses(arm: 0))
  }

  @Test func trajectoriesInThePlaneEndWhereTheWeightsAre() throws {
    let run = try run("quadratic", probes: [])
    let summaries = run.events.compactMap { event -> RunSummary? in
      if case .started(let summary) = event { summary } else { nil }
    }
    let plane = try #require(summaries.first?.plane)
    let weights = run.checkpoints.last?.arms.first?.parameters.flatMap(\.values) ?? []
    let last = try #require(run.steps.filter { $0.arm == 0 && $0.seed == 3 }.last)
    let (x, y) = plane.coordinates(of: weights.span)
    #expect(abs(Double(last.planeX) - x) < 1e-6 && abs(Double(last.planeY) - y) < 1e-6)
    let noise = try self.run("noise", probes: [])
    #expect(noise.steps.allSatisfy { $0.planeX.isNaN })
  }

  @Test func propositionOneIsExactOnTheQuadraticWhileTraining() throws {
    let run = try run("quadratic", probes: [ProbeCadence(.proposition1, every: 4)])
    #expect(run.readings.count == 8)
    for reading in run.readings {
      let difference = reading.figures.first { $0.name == "relativeDifference" }
      #expect(abs(difference?.value ?? 1) < 1e-6, "arm \(reading.arm) step \(reading.step)")
    }
  }

  @Test func aCadenceCanBeEndedAndReplaced() throws {
    let harness = RunHarness(
      toyConfiguration(),
      options: RunHarness.options(startsPaused: true, probeRunner: CountingProbe()))
    harness.controller.send(.probeEvery(.sharpness, 5))
    harness.controller.send(.probeEvery(.sharpness, 20))
    harness.controller.send(.probeEvery(.curvature, 7))
    harness.controller.send(.probeEvery(.curvature, nil))
    harness.controller.send(.probeEvery(.curvature, 0))
    harness.controller.send(.resume)
    let run = harness.finish()
    #expect(run.readings.map(\.step) == [20, 20, 40, 40] && run.refusals.count == 1)
  }
}

extension RunTranscript {
  var readings: [ProbeReading] {
    events.compactMap { if case .probed(let reading) = $0 { reading } else { nil } }
  }
}
