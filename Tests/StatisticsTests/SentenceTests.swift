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

  static let place = "On this 108k model and tinychars, at 4000 steps, tuned on 7 lrs each, "
  static let ending = " Nothing here speaks about larger models."
  static let betterFinding =
    "Magma's val loss is lower than Adam's by .0306 (95 % CI -.0329..-.0284, 8 seeds): better, "
    + "perplexity ratio .970, sign-flip p .008, lower on 8 of 8 seeds."
  static let looksLower =
    "Magma's val loss looks lower here than Adam's by .0306 (95 % CI -.0329..-.0284, 8 seeds): "
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
      says: place + betterFinding
        + " A best rate lies at the edge of its grid: extend it." + ending
    ) { $0.conduct.referenceSweep?.isBestAtEdge = true },
    Row("exploratory", says: place + looksLower + ending) { $0.conduct.liveChanges = 1 },
    Row(
      "the alarm",
      says: place + looksLower + " Alarm: a repeated arm was not identical, so the program or the "
        + "machine is at fault." + ending
    ) { $0.conduct.isRepeatIdentical = false },
    Row(
      "unequal sweeps",
      says:
        "On this 108k model and tinychars, at 4000 steps, tuned on 7 lrs for Magma and 1 for Adam, "
        + looksLower + ending
    ) { $0.conduct.referenceSweep?.rates = 1 },
    Row(
      "no sweep",
      says: "On this 108k model and tinychars, at 4000 steps, not tuned for both, "
        + looksLower + ending
    ) { $0.conduct.subjectSweep = nil },
    Row(
      "equivalent", Scenario.tiny8,
      says: place
        + "Magma's val loss is lower than Adam's by .00001 (95 % CI -.00071..+.00068, 8 seeds): "
        + "equivalent within ±.01." + ending),
    Row(
      "identical", Array(repeating: 0, count: 8), control: nil,
      says: place + "Magma's val loss equals Adam's (95 % CI 0..0, 8 seeds): "
        + "equivalent within ±.01." + ending),
    Row(
      "exploratory equivalence", Scenario.tiny8,
      says: place
        + "Magma's val loss is lower than Adam's by .00001 (95 % CI -.00071..+.00068, 8 seeds): "
        + "no difference beyond ±.01 seen here, exploratory." + ending
    ) { $0.conduct.forks = 1 },
    Row(
      "five seeds, undecided", [0.03, 0.02, 0.06, 0.04, -0.005], control: nil,
      says: place
        + "Magma's val loss is higher than Adam's by .029 (95 % CI -.001..+.059, 5 seeds): "
        + "inconclusive. With 5 seeds the sign-flip p cannot fall below .0625. Finding a true "
        + "difference of .02 beyond ±.01 at 80 % power takes about 47 seeds." + ending),
    Row(
      "one seed", [0.5], control: nil,
      says: place + "Magma's val loss is higher than Adam's by .500 (no interval, 1 seed): "
        + "inconclusive. With 1 seed the sign-flip p cannot fall below 1." + ending),
    Row(
      "before the budget",
      says: "As of step 2000, 0 of 8 seeds have finished; will be judged at 4000 steps." + ending
    ) { $0.reachedStep = 2000 },
    Row(
      "before the boundary",
      says:
        "As of step 2000, 0 of 8 seeds have finished; will be judged at 4000 steps by the constant boundary "
        + "p < .0106 at each look, n = 3..10." + ending
    ) {
      $0.reachedStep = 2000
      $0.stopping = .constantBoundary
    },
    Row(
      "diverged", [nil, -0.1, nil, nil, -0.1], control: nil,
      says:
        "No verdict: a lane diverged. Magma: 3 of 5 seeds diverged (60 %), median diverged; Adam: "
        + "0 of 5 seeds diverged (0 %), median 2.200; diverged counts as worst rank." + ending),
    Row(
      "not comparable",
      says: "No verdict: the lanes differ in data, the lanes differ in model." + ending
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
    #expect(sentence.contains("sign-flip p .016 after Holm over 2 lanes"))
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
