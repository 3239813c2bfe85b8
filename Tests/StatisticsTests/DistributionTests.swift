import Statistics
import Testing

struct DistributionTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.load()
  }

  @Test func studentTMatchesScipyInBothTails() {
    #expect(fixture.t.count == 100)
    for row in fixture.t {
      expectClose(StudentT.cumulative(row[0], degrees: row[1]), row[2], "t cdf \(row)")
      expectClose(StudentT.density(row[0], degrees: row[1]), row[3], "t pdf \(row)")
    }
    for row in fixture.tQuantile {
      let value = StudentT.quantile(row[0], degrees: row[1])
      expectClose(value, row[2], scale: 1e-3, "t quantile \(row)")
    }
  }

  @Test func studentTIsSymmetricAndUnboundedAtTheEnds() {
    #expect(StudentT.quantile(0, degrees: 3) == -.infinity)
    #expect(StudentT.quantile(1, degrees: 3) == .infinity)
    #expect(StudentT.quantile(1.5, degrees: 3).isNaN)
    expectClose(StudentT.quantile(0.2, degrees: 3), -StudentT.quantile(0.8, degrees: 3))
    #expect(StudentT.twoSided(0, degrees: 5) == 1)
  }

  @Test func normalMatchesScipyInBothTails() {
    for row in fixture.normal {
      expectClose(Normal.cumulative(row[0]), row[1], "normal cdf \(row)")
      expectClose(Normal.density(row[0]), row[2], "normal pdf \(row)")
    }
    for row in fixture.normalQuantile {
      expectClose(Normal.quantile(row[0]), row[1], scale: 1e-3, "normal quantile \(row)")
    }
    #expect(Normal.quantile(0) == -.infinity)
    #expect(Normal.quantile(1) == .infinity)
    #expect(Normal.quantile(-0.1).isNaN)
  }

  @Test func incompleteBetaMatchesScipy() {
    #expect(fixture.beta.count > 150)
    for row in fixture.beta {
      let value = IncompleteBeta.regularized(row[0], a: row[1], b: row[2])
      expectClose(value, row[3], "incomplete beta \(row)")
    }
  }

  @Test func noncentralTMatchesScipy() {
    for row in fixture.noncentralT {
      let value = NoncentralT.cumulative(row[0], degrees: row[1], shift: row[2])
      expectClose(value, row[3], scale: 1, "noncentral t \(row)")
    }
    for row in fixture.power {
      let value = NoncentralT.power(count: row[0], effect: row[1], alpha: 0.05)
      expectClose(value, row[2], scale: 1, "power \(row)")
    }
  }

  @Test func noncentralTWithoutShiftIsStudentsT() {
    for degrees in [1.0, 3, 11, 240] {
      for x in [-3.0, -0.5, 0, 1.7] {
        expectClose(
          NoncentralT.cumulative(x, degrees: degrees, shift: 0),
          StudentT.cumulative(x, degrees: degrees), scale: 1)
      }
    }
  }

  @Test func binomialMatchesScipy() {
    for row in fixture.binomial {
      let (k, n) = (Int(row[0]), Int(row[1]))
      let mass = Binomial.mass(k, trials: n, probability: row[2])
      let cumulative = Binomial.cumulative(k, trials: n, probability: row[2])
      expectClose(mass, row[3], scale: 1e-280, "binomial pmf \(row)")
      expectClose(cumulative, row[4], scale: 1e-280, "binomial cdf \(row)")
    }
    for row in fixture.binomialQuantile {
      let value = Binomial.quantile(row[0], trials: Int(row[1]), probability: row[2])
      #expect(value == Int(row[3]), "binomial quantile \(row)")
    }
  }

  @Test func clopperPearsonMatchesScipyOnEverySide() {
    for row in fixture.clopperPearson {
      let (k, n) = (Int(row[0]), Int(row[1]))
      let both = Binomial.clopperPearson(successes: k, trials: n, confidence: row[2])
      let lower = Binomial.clopperPearson(
        successes: k, trials: n, confidence: row[2], side: .lower)
      let upper = Binomial.clopperPearson(
        successes: k, trials: n, confidence: row[2], side: .upper)
      expectClose(both.lowerBound, row[3], "two-sided \(row)")
      expectClose(both.upperBound, row[4], "two-sided \(row)")
      expectClose(lower.lowerBound, row[5], "lower \(row)")
      expectClose(upper.upperBound, row[6], "upper \(row)")
      #expect(lower.upperBound == 1 && upper.lowerBound == 0)
    }
  }

  @Test func degenerateSharesAndImpossibleCountsHaveTheirCertainValues() {
    #expect(Binomial.mass(-1, trials: 5, probability: 0.5) == 0)
    #expect(Binomial.mass(6, trials: 5, probability: 0.5) == 0)
    #expect(Binomial.mass(0, trials: 5, probability: 0) == 1)
    #expect(Binomial.mass(5, trials: 5, probability: 1) == 1)
    #expect(Binomial.cumulative(-1, trials: 5, probability: 0.5) == 0)
    #expect(Binomial.cumulative(5, trials: 5, probability: 0.5) == 1)
  }
}
