import Probes
import RunModel
import Testing
import Workloads

/// `½ Σ k(1−k) δ_bᵀ H_bb δ_b` with the quadratic's own Hessian.
private func analyticCost(_ step: ProposedStep, _ hessian: [Double]) -> Double {
  var cost = 0.0
  for block in 0..<3 {
    let keep = step.keep[block]
    for i in 3 * block..<3 * block + 3 {
      for j in 3 * block..<3 * block + 3 {
        cost +=
          0.5 * keep * (1 - keep) * step.displacement[i] * hessian[9 * i + j]
          * step.displacement[j]
      }
    }
  }
  return cost
}

@Suite struct PropositionOneTests {
  @Test(
    arguments: [
      "skip(adam):lr=0.03", "skip(rmsprop):lr=0.01,mask=0.3", "magma(adam):lr=0.1",
      "magma(adam):lr=0.01,mask=0.75,s0=1", "skip(sgd):lr=1e-4,mask=0.9",
    ])
  func allMasksOfTheQuadraticCostWhatTheHessianSays(_ arm: String) throws {
    var run = try Run.quadratic(arm)
    run.advance(25)
    let step = run.proposal
    let reading = try #require(PropositionOne().run(run.probed, step))
    let hessian = QuadraticProblem(.mixed, seed: 4).hessian
    for point in reading.curve {
      let expected = point[0] * point[0] * analyticCost(step, hessian)
      #expect(expected > 0)
      #expect(abs(point[1] - expected) < 1e-6 * expected)
      #expect(abs(point[2] - point[1]) < 1e-6 * expected)
    }
  }

  @Test(arguments: [
    "skip(adam):lr=1e-3", "magma(adam):lr=1e-3", "skip(adam):lr=1e-3,mask=0.75",
  ])
  func costOfSmallStepsOfADecoderIsPredicted(_ arm: String) throws {
    var run = try Run.language(arm)
    run.advance(60)
    let reading = try #require(
      PropositionOne(masks: 32, multiples: [0.316, 1]).run(run.probed, run.proposal))
    #expect(reading.figure("predicted") > 0)
    for point in reading.curve {
      #expect(abs(point[2] - point[1]) < 0.25 * point[1])
    }
  }

  /// On the `micro` model: within a quarter over a decade of rates round the arm's own; at ten
  /// times its rate SkipUpdate's doubled steps have left the quadratic model.
  @Test(arguments: [("skip(adam):lr=1e-3", false), ("magma(adam):lr=1e-3", true)])
  func costOverADecadeOfRatesIsPredictedUntilTheQuadraticModelEnds(
    _ arm: String, _ holdsAtTenfold: Bool
  ) throws {
    var run = try Run.language(arm, size: .micro)
    run.advance(80)
    let costs = try #require(PropositionOne().run(run.probed, run.proposal)).maskingCosts
    let (decade, tenfold) = (costs.filter { $0.learningRate < 4 }, costs.last)
    #expect(decade.map(\.learningRate) == [0.316, 0.562, 1, 1.78, 3.16])
    for cost in decade { #expect(cost.isPredicted, "\(arm): \(cost)") }
    #expect(tenfold?.isPredicted == holdsAtTenfold, "\(arm): \(costs)")
  }

  @Test(arguments: ["skip(adam):grain=row", "magma(adam):grain=element", "cautious(adam)"])
  func coinsOnLessThanABlockAreNotTakenForThose(_ arm: String) throws {
    var run = try Run.language(arm)
    run.advance(3)
    #expect(PropositionOne().run(run.probed, run.proposal) == nil)
  }

  @Test func armWithoutCoinsIsShownWhatSkippingWouldCost() throws {
    var run = try Run.quadratic("adam:lr=0.03")
    run.advance(10)
    let skipping = run.proposal
    #expect(skipping.keep == [0.5, 0.5, 0.5])
    #expect(PropositionOne().run(run.probed, skipping) != nil)
    let whole = ProposedStep(displacement: skipping.displacement, keep: [1, 1, 1])
    #expect(PropositionOne().run(run.probed, whole) == nil)
  }

  @Test func proposedStepIsTheStepTakenWhereCoinsKeep() throws {
    var run = try Run.quadratic("magma(adam):lr=0.03,mask=0.5")
    run.advance(12)
    let (before, step) = (run.parameters, run.proposal)
    run.advance(1)
    for (block, outcome) in run.optimizer.outcomes.enumerated() {
      for i in 3 * block..<3 * block + 3 {
        let taken = Double(before[i]) - Double(run.parameters[i])
        #expect(taken == (outcome.keptShare == 1 ? step.displacement[i] : 0))
      }
    }
  }
}
