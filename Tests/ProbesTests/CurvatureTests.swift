import Probes
import RealModule
import RunModel
import TensorKernels
import Testing
import Workloads

@Suite struct CurvatureTests {
  @Test func curvatureOfTheQuadraticIsItsHessiansBlockByBlock() throws {
    var run = try Run.quadratic("adam:lr=0.03", rows: 9)
    run.advance(8)
    let step = run.proposal
    let reading = CurvatureProbe(draws: 4).run(run.probed, step)
    let hessian = QuadraticProblem(.mixed, seed: 4).hessian
    var total = 0.0
    for block in 0..<3 {
      var expected = 0.0
      for i in 3 * block..<3 * block + 3 {
        for j in 3 * block..<3 * block + 3 {
          expected += step.displacement[i] * hessian[9 * i + j] * step.displacement[j]
        }
      }
      #expect(abs(reading.perBlock[block] - expected) < 1e-3 * expected)
      total += expected
    }
    #expect(abs(reading.figure("withinBlocks") - total) < 1e-3 * total)
    #expect(abs(reading.figure("crossBlocks")) < 2e-3 * total)
  }

  @Test func sharpnessOfTheQuadraticIsItsLargestEigenvalues() throws {
    let run = try Run.quadratic("adam", rows: 9)
    let reading = SharpnessProbe(iterations: 40, blockIterations: 40).run(run.probed)
    #expect(abs(reading.figure("largestEigenvalue") - 5_000) < 25)
    for (eigenvalue, expected) in zip(reading.perBlock, [4_998.0, 4_999, 5_000]) {
      #expect(abs(eigenvalue - expected) < 1e-3 * expected)
    }
  }

  @Test(arguments: [1.5, 3.0])
  func hillFindsTheIndexOfAParetoTail(_ index: Double) {
    var random = RandomStream(seed: 1, purpose: .probes)
    let sample = (0..<40_000).map { _ in Double.pow(1 - random.uniform(), -1 / index) }
    let tail = NoiseTail(descending: sample.sorted(by: >))
    #expect(abs(tail.hill - index) < 0.08 * index)
    #expect(tail.survival.first?[1] == 1 / 40_000 && tail.survival.last?[1] == 1)
  }

  @Test func kurtosisOfANormalSampleIsThree() {
    var random = RandomStream(seed: 2, purpose: .probes)
    let sample = (0..<40_000).map { _ in 100 + random.normal() }
    #expect(abs(NoiseTail(descending: sample.sorted(by: >)).kurtosis - 3) < 0.15)
  }

  @Test func heavyTailsShowInTheGradientNoise() throws {
    let reading = { (tails: RegressionPrompt.Tails) throws -> ProbeReading in
      GradientNoiseProbe(batches: 200).run(
        try Run(LinearTransformerSource(tails: tails), arm: "adam").probed)
    }
    let (light, heavy) = (try reading(.light), try reading(.heavy))
    #expect(heavy.figure("hill") < light.figure("hill"))
    #expect(heavy.curve.count == 200)
  }

  @Test func probesLeaveTheTrajectoryAsItWasToTheBit() throws {
    var plain = try Run.language("magma(adam):lr=1e-3")
    var watched = try Run.language("magma(adam):lr=1e-3")
    plain.advance(12)
    for _ in 0..<4 {
      watched.advance(3)
      let (arm, step) = (watched.probed, watched.proposal)
      _ = CurvatureProbe(draws: 2).run(arm, step)
      _ = PropositionOne(masks: 4, multiples: [1]).run(arm, step)
      _ = SharpnessProbe(iterations: 2, blockIterations: 0).run(arm)
      _ = GradientNoiseProbe(batches: 20).run(arm)
    }
    #expect(plain.losses == watched.losses)
    #expect(plain.parameters == watched.parameters)
  }

  @Test func readingsAreAFunctionOfTheSeedAndStep() throws {
    var run = try Run.language("magma(adam):lr=1e-3")
    run.advance(5)
    let first = CurvatureProbe(draws: 2).run(run.probed, run.proposal)
    #expect(CurvatureProbe(draws: 2).run(run.probed, run.proposal) == first)
    #expect(first.perBlock.count == run.workload.layout.entries.count)
  }
}
