import Foundation
import Statistics
import Testing

struct SentenceTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var what: String
    var scenario: Scenario
    var sentence: String
    var testDescription: String { what }

    init(
      _ what: String, _ differences: [Double?] = Scenario.better8,
      control: [Double]? = Scenario.better8, says sentence: String,
      _ change: (inout Scenario) -> Void = { _ in }
    ) {
      self.what = what
      self.sentence = sentence
      var scenario = Scenario(differences, control: control)
      change(&scenario)
      self.scenario = scenario
    }
  }

  static let place =
    "On this 108k model and tinychars, at 4000 steps, tuned on 21 cells (lr=1e-4..1e-1:7 on 3 seeds) each, "
  static let ending = " Nothing here speaks about larger models."
  static let betterFinding =
    "Magma's val loss is lower than Adam's, difference -.0306 (95 % CI -.0329..-.0284, sd .0027 over 8 seeds): better, "
    + "perplexity ratio .970, sign-flip p .008, lower on 8 of 8 seeds."
  static let looksLower =
    "Magma's val loss looks lower here than Adam's, difference -.0306 (95 % CI -.0329..-.0284, sd .0027 over 8 seeds): "
    + "exploratory, no verdict."

  static let rows: [Row] = [
    Row("grade A", says: place + betterFinding + ending),
    Row(
      "no control", control: nil,
      says: place + betterFinding + " Without a matched control it may be the step size." + ending),
    Row(
      "control ties", control: Scenario.mixed8,
      says: place + betterFinding
        + " The matched control does not confirm it: it may be the step size." + ending),
    Row(
      "best at the edge",
      says: place + looksLower.replacing("exploratory", with: "not tuned")
        + " The best lr of Adam lies at the edge of the grid, so the true best may lie beyond: "
        + "extend the grid." + ending
    ) { $0.conduct.referenceSweep?.edgeKeys = ["lr"] },
    Row(
      "control declined", control: nil,
      says: place + betterFinding
        + " The matched control was declined, so it may be the step size." + ending
    ) { $0.conduct.isControlDeclined = true },
    Row("exploratory", says: place + looksLower + ending) { $0.conduct.liveChanges = 1 },
    Row(
      "the alarm",
      says: place + looksLower + " Alarm: a repeat was not identical, so the program or the "
        + "machine is at fault." + ending
    ) { $0.conduct.isRepeatIdentical = false },
    Row(
      "unequal sweeps",
      says:
        "On this 108k model and tinychars, at 4000 steps, tuned on 21 cells (lr=1e-4..1e-1:7 on 3 seeds) "
        + "for Magma and 3 cells (1 point on 3 seeds) for Adam, "
        + looksLower + ending
    ) { $0.conduct.referenceSweep = SweepRecord(rates: 1, seedsPerRate: 3, steps: 4000) },
    Row(
      "no sweep",
      says: "On this 108k model and tinychars, at 4000 steps, not tuned for both, "
        + looksLower + ending
    ) { $0.conduct.subjectSweep = nil },
    Row(
      "equivalent", Scenario.tiny8,
      says: place
        + "Magma's val loss is lower than Adam's, difference -.00001 (95 % CI -.00071..+.00068, sd .00083 over 8 seeds): "
        + "equivalent within ±.01." + ending),
    Row(
      "identical", Array(repeating: 0, count: 8), control: nil,
      says: place
        + "Magma's val loss equals Adam's to the digits shown (95 % CI 0..0, sd .000 over 8 seeds): "
        + "equivalent within ±.01." + ending),
    Row(
      "exploratory equivalence", Scenario.tiny8,
      says: place
        + "Magma's val loss is lower than Adam's, difference -.00001 (95 % CI -.00071..+.00068, sd .00083 over 8 seeds): "
        + "no difference beyond ±.01 seen here, exploratory." + ending
    ) { $0.conduct.forks = 1 },
    Row(
      "five seeds, undecided", [0.03, 0.02, 0.06, 0.04, -0.005], control: nil,
      says: place
        + "Magma's val loss is higher than Adam's, difference +.029 (95 % CI -.001..+.059, sd .024 over 5 seeds): "
        + "inconclusive. With 5 seeds the sign-flip p cannot fall below .0625. Finding a true "
        + "difference of .02 beyond ±.01 at 80 % power takes about 47 seeds." + ending),
    Row(
      "one seed", [0.5], control: nil,
      says: place
        + "Magma's val loss is higher than Adam's, difference +.500 (no interval, 1 seed): "
        + "inconclusive. With one seed, luck and merit cannot be told apart." + ending),
    Row(
      "before the budget",
      says: "As of step 2000, 0 of 8 seeds have finished; will be judged at 4000 steps." + ending
    ) { $0.reachedStep = 2000 },
    Row(
      "diverged", [nil, -0.1, nil, nil, -0.1], control: nil,
      says:
        "No verdict: an arm diverged. Magma: 3 of 5 seeds diverged (60 %), median diverged; Adam: "
        + "0 of 5 seeds diverged (0 %), median 2.200; diverged counts as worst rank." + ending),
    Row(
      "not comparable",
      says: "No verdict: the arms differ in data, the arms differ in model." + ending
    ) {
      $0.conduct.hasSameData = false
      $0.conduct.hasSameModel = false
    },
    Row(
      "flips on the way",
      says: place + betterFinding
        + " Another outcome at 50 % of the budget (descriptive)." + ending
    ) { $0.early = [Scenario.mixed8, Scenario.better8] },
  ]

  @Test(arguments: rows)
  func sentenceSaysWhatTheNumbersSayAndNoMore(_ row: Row) {
    #expect(row.scenario.verdict.sentence == row.sentence)
  }

  @Test func unpairedSeedsAreSaidAndDecideNothing() {
    var scenario = Scenario(Scenario.better8)
    scenario.isPaired = false
    let verdict = scenario.verdict
    #expect(verdict.outcome == .inconclusive && verdict.comparison == nil)
    #expect(verdict.unpaired?.welch != nil)
    #expect(verdict.sentence.contains("8 and 8 unpaired seeds"))
  }

  @Test func holmIsNamedWhenSeveralLanesAreJudged() {
    let input = Scenario(Scenario.better8, control: Scenario.better8).input
    let sentence = Verdict.judge([input, input])[0].sentence
    #expect(sentence.contains("sign-flip p .016 after Holm over 2 comparisons"))
  }

  @Test(arguments: [Scenario.better8, Scenario.mixed8, Scenario.tiny8], [1.0, -1.0, 1e-9])
  func signsOfDifferenceIntervalAndWordsAgree(_ differences: [Double], _ factor: Double) throws {
    let verdict = Scenario(differences.map { factor * $0 }, control: nil).verdict
    let mean = try #require(verdict.comparison?.mean)
    let word = mean < 0 ? "lower" : "higher"
    let sentence = try #require(
      verdict.sentence.firstMatch(
        of:
          /(lower|higher)(?: here)? than Adam's, difference ([-+])\S+ \(95 % CI ([-+]\S+)\.\.([-+]\S+),/
      ))
    #expect(sentence.1 == word && sentence.2 == (mean < 0 ? "-" : "+"))
    let interval = try #require(verdict.comparison?.tTest?.interval)
    #expect(sentence.3.hasPrefix("-") == (interval.lower < 0))
    #expect(sentence.4.hasPrefix("-") == (interval.upper < 0))
    let figure = try #require(verdict.figures.first { $0.name == "mean difference" })
    #expect(figure.value.hasPrefix(mean < 0 ? "-" : "+"))
    // What a practical margin calls equal is another matter: a loss without a unit has its own.
    #expect(verdict.outcome != .equivalent || abs(mean) < 0.01)
  }

  @Test func robustnessRepeatsTheComparisonFromRawEvaluations() {
    var scenario = Scenario(Scenario.better8)
    scenario.early = [Scenario.better8.map { -$0 }, Scenario.better8]
    let points = scenario.verdict.robustness
    #expect(points.map(\.step) == [2000, 3000])
    #expect(points.map(\.outcome) == [.worse, .better])
    #expect(points.map(\.isFlipped) == [true, false])
    #expect(points.allSatisfy { $0.isDescriptiveOnly })
    #expect(Scenario(Scenario.better8).verdict.robustness.isEmpty)
  }

  @Test func everyVerdictSurvivesJSON() throws {
    for row in Self.rows {
      let verdict = row.scenario.verdict
      let data = try JSONEncoder().encode(verdict)
      #expect(try JSONDecoder().decode(Verdict.self, from: data) == verdict)
      let input = row.scenario.input
      let inputData = try JSONEncoder().encode(input)
      #expect(try JSONDecoder().decode(ComparisonInput.self, from: inputData) == input)
    }
  }

  @Test(arguments: [
    (0.029, 3, false, ".029"), (-0.004, 3, true, "-.004"), (0.062, 3, true, "+.062"),
    (1.25, 3, false, "1.250"), (-0.0001, 3, true, "0"), (12, 0, true, "+12"),
    (9.9996, 3, false, "10.000"), (.infinity, 3, false, "inf"), (-.infinity, 3, false, "-inf"),
  ])
  func numbersAreWrittenWithoutAZeroBeforeThePoint(
    _ value: Double, _ digits: Int, _ signed: Bool, _ text: String
  ) {
    #expect(NumberText.fixed(value, digits: digits, signed: signed) == text)
  }

  @Test func shortNumbersDropTheirTrailingZeros() {
    #expect(NumberText.short(0.01) == ".01")
    #expect(NumberText.short(2) == "2")
    #expect(NumberText.short(0) == "0")
    #expect(NumberText.pValue(0.0004) == "p < .001")
    #expect(NumberText.pValue(0.03125) == "p .031")
    #expect(NumberText.percent(0.25) == "25 %")
  }
}
