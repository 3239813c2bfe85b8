import Statistics
import Testing

struct SignFlipTests {
  @Test func exactTestMatchesScipyIncludingTiesAndZeros() throws {
    for sample in try Fixture.load().paired {
      let test = try #require(SignFlip.test(sample.values))
      #expect(test.method == .exact && test.patterns == 1 << sample.values.count)
      expectClose(test.pValue, sample.signFlip, "\(sample.values)")
    }
  }

  @Test func exactTestEqualsVisitingEveryPattern() {
    var random = TestRandom(seed: 5)
    for count in 1...12 {
      // Multiples of 1/8 are exact in binary, so the brute force needs no tolerance.
      let values = (0..<count).map { _ in (random.normal() * 8).rounded() / 8 }
      let observed = abs(values.reduce(0, +))
      var extremes = 0
      for pattern in 0..<(1 << count) {
        var sum = 0.0
        for (index, value) in values.enumerated() {
          sum += pattern >> index & 1 == 1 ? value : -value
        }
        if abs(sum) >= observed { extremes += 1 }
      }
      let test = SignFlip.exact(values)
      #expect(test.pValue == Double(extremes) / Double(1 << count))
    }
  }

  @Test(arguments: [(1, 1.0), (3, 0.25), (4, 0.125), (5, 0.0625), (6, 0.03125), (8, 0.0078125)])
  func smallestAttainablePIsReachedByUnanimousSeeds(_ count: Int, _ expected: Double) {
    #expect(SignFlip.minimumAttainable(count: count) == expected)
    #expect(SignFlip.exact(Array(repeating: -0.3, count: count)).pValue == expected)
  }

  @Test func attainableLevelIsTheLargestBelowAlpha() {
    #expect(SignFlip.attainableLevel(below: 0.05, count: 5) == 0)
    #expect(SignFlip.attainableLevel(below: 0.05, count: 6) == 2.0 / 64)
    #expect(SignFlip.attainableLevel(below: 0.05, count: 8) == 12.0 / 256)
    #expect(SignFlip.attainableLevel(below: 0.03125, count: 6) == 0)
  }

  @Test func zeroDifferencesNeverLookLikeEvidence() {
    #expect(SignFlip.exact([0, 0, 0, 0, 0, 0]).pValue == 1)
    #expect(SignFlip.test([]) == nil)
  }

  @Test func aboveSixteenSeedsThePatternsAreDrawnAndSaid() throws {
    var random = TestRandom(seed: 9)
    let values = (0..<17).map { _ in 0.5 + random.normal() }
    let drawn = try #require(SignFlip.test(values, seed: 1))
    #expect(drawn.method == .monteCarlo && drawn.patterns == 99_999)
    #expect(drawn == SignFlip.test(values, seed: 1))
    #expect(drawn != SignFlip.test(values, seed: 2))
  }

  @Test func drawnTestAgreesWithTheExactOneWithinItsError() {
    var random = TestRandom(seed: 21)
    for _ in 0..<5 {
      let values = (0..<12).map { _ in 0.4 + random.normal() }
      let exact = SignFlip.exact(values).pValue
      let drawn = SignFlip.monteCarlo(values, seed: 3, draws: 40_000).pValue
      let error = (exact * (1 - exact) / 40_000).squareRoot()
      #expect(abs(drawn - exact) < 4 * error + 2 / 40_000)
    }
  }
}
