import Charts
import Testing

@Suite struct NumberFormatTests {
  @Test(arguments: [
    (0, "0"), (3e-3, "3.0e-3"), (8.3e-4, "8.3e-4"), (0.01, "0.01"), (0.5, "0.5"), (1, "1"),
    (999.6, "1k"), (1_000, "1k"), (2_500, "2.5k"), (1e6, "1M"), (-1.25e9, "-1.25G"),
    (1e-30, "1.0e-30"), (1e30, "1.0e30"), (12_345, "12.3k"), (0.3, "0.3"), (5e-324, "4.94e-324"),
    (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (.greatestFiniteMagnitude, "1.8e308"),
  ])
  func compactNumbersReadAsAPersonWouldWriteThem(_ value: Double, _ text: String) {
    #expect(NumberFormat.compact(value) == text)
  }

  @Test(arguments: [
    (1.8424, 3, "1.842"), (-0.0001, 2, "0.00"), (-1.005, 1, "-1.0"), (0.05, 1, "0.1"), (7, 0, "7"),
    (1e20, 2, "1.00e20"),
  ])
  func fixedNumbersHaveExactlyTheirDecimals(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(NumberFormat.fixed(value, decimals: decimals) == text)
  }

  @Test func scientificKeepsItsDigits() {
    #expect(NumberFormat.scientific(9.96e-4) == "1.0e-3")
    #expect(NumberFormat.scientific(-0.01, digits: 3) == "-1.00e-2")
  }
}

@Suite struct TicksTests {
  /// Ranges from the everyday to the absurd.
  static let scales: [Scale] = {
    let ends: [(Double, Double)] = [
      (0, 4_000), (0, 1), (1.4, 4.2), (-0.03, 0.06), (1.8421, 1.8422), (-5, -5), (0, 0), (7, 3),
      (1e-30, 1e30), (3e-4, 3e-2), (1e-300, 1e-299), (-1e308, 1e308), (1e15, 1e15 + 10),
      (.nan, .nan), (-.infinity, .infinity), (5e-324, 5e-324), (0.95, 1.05), (2, 9.5),
      (1, 1_000_000),
    ]
    return ends.flatMap { low, high in
      [Scale(.linear, from: low, to: high), Scale(.logarithmic, from: low, to: high)]
    }
  }()

  @Test(arguments: scales)
  func ticksAscendLieOnTheAxisAndTheirLabelsNeverTouch(_ scale: Scale) {
    for length in [0, 1, 3, 10, 37, 80, 200] {
      let ticks = Ticks.fitting(scale, length: Double(length), extent: { Double($0.count) })
      for tick in ticks {
        #expect((-1e-9...1 + 1e-9).contains(tick.position))
        #expect(tick.labelStart >= 0)
        #expect(tick.labelStart + Double(tick.label.count) <= Double(length))
      }
      for (left, right) in zip(ticks, ticks.dropFirst()) {
        #expect(left.value < right.value)
        #expect(left.label != right.label)
        #expect(left.labelStart + Double(left.label.count) + 1 <= right.labelStart + 1e-9)
      }
    }
  }

  @Test(arguments: scales)
  func wideAxesHaveTicks(_ scale: Scale) {
    #expect(!Ticks.fitting(scale, length: 200, extent: { Double($0.count) }).isEmpty)
  }

  @Test func linearTicksAreRound() {
    let ticks = Ticks.values(Scale(.linear, from: 0, to: 4_000), atMost: 5)
    #expect(ticks == [0, 1_000, 2_000, 3_000, 4_000])
    #expect(
      Ticks.values(Scale(.linear, from: -0.03, to: 0.06), atMost: 5) == [
        -0.02, 0, 0.02, 0.04, 0.06,
      ])
  }

  @Test func logarithmicTicksAreDecadesAndFewDecadesAreDivided() {
    let rates = Scale(.logarithmic, from: 1e-4, to: 1e-1)
    #expect(Ticks.values(rates, atMost: 4) == [1e-4, 1e-3, 1e-2, 1e-1])
    #expect(Ticks.values(rates, atMost: 7).contains(3e-3))
    let wide = Scale(.logarithmic, from: 1e-30, to: 1e30)
    #expect((2...6).contains(Ticks.values(wide, atMost: 6).count))
  }
}

@Suite struct ScaleTests {
  @Test(arguments: TicksTests.scales)
  func everyScaleHasAnExtentAndInvertsItself(_ scale: Scale) throws {
    #expect(scale.lowerBound < scale.upperBound)
    #expect(scale.lowerBound.isFinite && scale.upperBound.isFinite)
    for share in [0, 0.25, 0.5, 1] {
      let position = try #require(scale.position(of: scale.value(at: share)))
      #expect(abs(position - share) < 1e-3)
    }
  }

  @Test func whatHasNoPlaceHasNoPosition() {
    #expect(Scale(.linear, from: 0, to: 1).position(of: .nan) == nil)
    #expect(Scale(.logarithmic, from: 1, to: 10).position(of: 0) == nil)
    #expect(Scale(.logarithmic, from: 1, to: 10).position(of: -3) == nil)
  }
}
