import Statistics
import Testing

struct MaskStatisticsTests {
  @Test func expectedHistogramMatchesScipysBinomial() throws {
    for row in try Fixture.load().maskHistogram {
      let expectation = MaskExpectation(keep: row.keep, steps: row.steps)
      let counts = expectation.expectedCounts(edges: row.edges, blocks: row.blocks)
      #expect(counts.count == row.expected.count)
      for (value, reference) in zip(counts, row.expected) {
        expectClose(value, reference, scale: 1)
      }
      expectClose(counts.reduce(0, +), Double(row.blocks))
    }
  }

  @Test func maskRateBeyondFourDeviationsIsSuspicious() {
    let expectation = MaskExpectation(keep: 0.5, steps: 1240)
    expectClose(expectation.standardDeviation, 0.01419904585617662)
    let four = 4 * expectation.standardDeviation
    #expect(!expectation.isSuspicious(maskRate: 0.5 + four))
    #expect(!expectation.isSuspicious(maskRate: 0.5 - 0.99 * four))
    #expect(expectation.isSuspicious(maskRate: 0.5 - 1.01 * four))
    #expect(expectation.isSuspicious(maskRate: 0.5 + 1.01 * four))
  }

  @Test func aCoinThatCannotFallHasNoSpread() {
    let always = MaskExpectation(keep: 1, steps: 10)
    #expect(!always.isSuspicious(maskRate: 0))
    #expect(always.isSuspicious(maskRate: 0.1))
    #expect(always.expectedCounts(edges: [0, 0.5, 1], blocks: 3) == [3, 0])
    let never = MaskExpectation(keep: 0, steps: 10)
    #expect(never.expectedCounts(edges: [0, 0.5, 1], blocks: 3) == [0, 3])
  }

  @Test(arguments: [
    (0.9, 0.4358898943540674), (0.95, 0.31224989991991997), (0.99, 0.14106735979665885),
  ])
  func alignmentOfNoiseHasItsNull(_ beta: Double, _ cosine: Double) {
    expectClose(AlignmentNull.cosine(beta: beta), cosine)
    #expect(AlignmentNull.cosine(beta: beta, includesCurrentGradient: false) == 0)
    #expect(AlignmentNull.scale(beta: beta, tau: 2, includesCurrentGradient: false) == 0.5)
  }

  @Test func scaleUnderNoiseIsTheKnownConstant() {
    #expect(NumberText.fixed(AlignmentNull.scale(beta: 0.9, tau: 2), digits: 3) == ".554")
    #expect(NumberText.fixed(AlignmentNull.scale(beta: 0.95, tau: 2), digits: 3) == ".539")
    #expect(NumberText.fixed(AlignmentNull.scale(beta: 0.99, tau: 2), digits: 3) == ".518")
  }

  @Test func alignmentNullIsWhatSimulatedNoiseShows() {
    var random = TestRandom(seed: 4)
    let (beta, size) = (0.9, 2_000)
    var momentum = [Double](repeating: 0, count: size)
    var total = 0.0
    for step in 0..<120 {
      var (dot, squares, gradients) = (0.0, 0.0, 0.0)
      for i in 0..<size {
        let gradient = random.normal()
        momentum[i] = beta * momentum[i] + (1 - beta) * gradient
        dot += momentum[i] * gradient
        squares += momentum[i] * momentum[i]
        gradients += gradient * gradient
      }
      if step >= 60 { total += dot / (squares * gradients).squareRoot() / 60 }
    }
    #expect(abs(total - AlignmentNull.cosine(beta: beta)) < 0.01)
  }
}
