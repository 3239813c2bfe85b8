import Statistics
import Testing

struct GradeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var what: String
    var scenario: Scenario
    var grade: Grade
    var conduct: Grade
    var claim: Claim
    var testDescription: String { what }

    init(
      _ what: String, _ differences: [Double?] = Scenario.better8,
      control: [Double]? = Scenario.better8, grade: Grade, conduct: Grade? = nil, claim: Claim,
      _ change: (inout Scenario) -> Void = { _ in }
    ) {
      self.what = what
      var scenario = Scenario(differences, control: control)
      change(&scenario)
      self.scenario = scenario
      self.grade = grade
      self.conduct = conduct ?? grade
      self.claim = claim
    }

    /// A flaw in the conduct of a comparison that would be an A otherwise.
    static func flaw(
      _ what: String, grade: Grade = .c, claim: Claim = .looksLower,
      _ change: (inout Conduct) -> Void
    ) -> Row {
      let conduct = Conduct.flawless.with(change)
      return Row(what, grade: grade, claim: claim) { $0.conduct = conduct }
    }
  }

  static let rows: [Row] =
    [
      Row("everything done", grade: .a, claim: .better),
      Row(
        "everything done, the other way", Scenario.better8.map { -$0 },
        control: Scenario.better8.map { -$0 }, grade: .a, claim: .worse),
      Row(
        "seven seeds", Array(Scenario.better8[..<7]), control: Array(Scenario.better8[..<7]),
        grade: .b, claim: .better),
      Row(
        "six seeds", Array(Scenario.better8[..<6]), control: Array(Scenario.better8[..<6]),
        grade: .b, claim: .better),
      Row("no control", control: nil, grade: .b, claim: .better),
      Row(
        "the control ties", control: Scenario.mixed8, grade: .b, conduct: .a, claim: .better),
      Row(
        "the control is lower", control: Scenario.better8.map { -$0 }, grade: .b, conduct: .a,
        claim: .better),
      Row(
        "five seeds", Array(Scenario.better8[..<5]), control: Array(Scenario.better8[..<5]),
        grade: .c, claim: .looksLower),
      Row("undecided", Scenario.mixed8, grade: .c, conduct: .a, claim: .inconclusive),
      Row("equivalent", Scenario.tiny8, grade: .c, conduct: .a, claim: .equivalent),
      Row("one seed", [-0.5], control: nil, grade: .c, claim: .inconclusive),
      Row("no seeds", [], control: nil, grade: .c, claim: .pending),
      Row(
        "a diverged seed", [-0.03, nil, -0.035, -0.031, -0.027, -0.033, -0.029, -0.032],
        grade: .void, claim: .void),
      Row("unpaired", control: nil, grade: .c, claim: .inconclusive) { $0.isPaired = false },
      Row("not there yet", grade: .c, claim: .pending) { $0.reachedStep = 3999 },
      Row("seeds still to come", grade: .c, claim: .pending) { $0.declaredSeeds = 9 },
      Row("trained past the budget", grade: .void, claim: .void) { $0.reachedStep = 4001 },
      Row("exploratory, equivalent", Scenario.tiny8, grade: .c, claim: .looksEquivalent) {
        $0.conduct.liveChanges = 1
      },
      Row("exploratory, higher", Scenario.better8.map { -$0 }, grade: .c, claim: .looksHigher) {
        $0.conduct.forks = 1
      },
      Row("exploratory, undecided", Scenario.mixed8, grade: .c, claim: .inconclusive) {
        $0.conduct.liveChanges = 1
      },
      .flaw("not declared") { $0.isDeclaredBeforehand = false },
      .flaw("no sweep") { $0.subjectSweep = nil },
      .flaw("one arm swept") { $0.referenceSweep = nil },
      .flaw("unequal sweeps") { $0.referenceSweep?.rates = 1 },
      .flaw("unequal tuning seeds") { $0.referenceSweep?.seedsPerRate = 2 },
      .flaw("shorter tuning runs for one") { $0.referenceSweep?.steps = 400 },
      .flaw("a sweep of one rate") {
        $0.subjectSweep?.rates = 1
        $0.referenceSweep?.rates = 1
      },
      .flaw("judged on a tuning seed") { $0.tuningSeeds = [0, 103] },
      .flaw("tuning seeds unknown") { $0.tuningSeeds = [] },
      .flaw("live change") { $0.liveChanges = 1 },
      .flaw("fork") { $0.forks = 1 },
      .flaw("not repeated") { $0.isRepeatIdentical = nil },
      .flaw("a repeat differs") { $0.isRepeatIdentical = false },
      .flaw("the subject's best at its grid's edge") { $0.subjectSweep?.edgeKeys = ["lr"] },
      .flaw("the reference's best at its grid's edge") { $0.referenceSweep?.edgeKeys = ["lr"] },
      Row("untuned, the other way", Scenario.better8.map { -$0 }, grade: .c, claim: .looksHigher) {
        $0.conduct.referenceSweep?.edgeKeys = ["lr"]
      },
      Row("untuned, equivalent", Scenario.tiny8, grade: .c, claim: .looksEquivalent) {
        $0.conduct.subjectSweep?.edgeKeys = ["lr"]
      },
      Row("the control is not tuned", grade: .b, conduct: .a, claim: .better) {
        $0.conduct.controlSweep?.edgeKeys = ["lr"]
      },
      .flaw("seeds added after seeing") { $0.lateAdditions = 1 },
      .flaw("other data", grade: .void, claim: .void) { $0.hasSameData = false },
      .flaw("other start", grade: .void, claim: .void) { $0.hasSameInitialization = false },
      .flaw("other budget", grade: .void, claim: .void) { $0.hasSameBudget = false },
      .flaw("other model", grade: .void, claim: .void) { $0.hasSameModel = false },
      .flaw("other evaluation", grade: .void, claim: .void) { $0.hasSameEvaluation = false },
    ]

  @Test(arguments: rows)
  func gradesFollowTheConductAndTheNumbers(_ row: Row) {
    let verdict = row.scenario.verdict
    #expect(verdict.grade == row.grade)
    #expect(verdict.conductGrade == row.conduct)
    #expect(verdict.claim == row.claim)
    #expect(verdict.sentence.hasSuffix("Nothing here speaks about larger models."))
    #expect(verdict.checklist.checks.map(\.item) == CheckItem.allCases)
    if row.grade == .c || row.grade == .void {
      #expect(!verdict.sentence.contains("better"))
      #expect(!verdict.sentence.contains("worse,"))
    }
    if row.grade == .void { #expect(verdict.outcome == .inconclusive) }
  }

  @Test func everyClaimAndEveryVoidReasonAppearsInTheTable() {
    let verdicts = Self.rows.map(\.scenario.verdict)
    for claim in Claim.allCases { #expect(verdicts.contains { $0.claim == claim }, "\(claim)") }
    for reason in VoidReason.allCases {
      #expect(verdicts.contains { $0.voidReasons.contains(reason) }, "\(reason)")
    }
    for item in CheckItem.allCases {
      let isSeenFailing = verdicts.contains { !$0.checklist.passes(item) }
      let isSeenPassing = verdicts.contains { $0.checklist.passes(item) }
      #expect(isSeenFailing && isSeenPassing, "\(item)")
    }
  }

  @Test func severalLanesAreAdjustedTogether() {
    // Six unanimous seeds give p = .031 alone, which three lanes cannot afford.
    let six = Scenario(Array(Scenario.better8[..<6]))
    #expect(six.verdict.outcome == .better)
    let family = Verdict.judge([six.input, six.input, six.input])
    #expect(family.allSatisfy { $0.outcome == .inconclusive && $0.lanes == 3 })
    #expect(family.allSatisfy { $0.adjustedP == 0.09375 })
    let eight = Scenario(Scenario.better8)
    let others = Verdict.judge([eight.input, Scenario(Scenario.mixed8).input])
    #expect(others[0].outcome == .better && others[0].adjustedP == 0.015625)
    #expect(others[1].outcome == .inconclusive)
  }

  @Test func nothingIsJudgedBeforeTheBudget() {
    var scenario = Scenario(Scenario.better8)
    scenario.declaredSeeds = 10
    #expect(scenario.verdict.claim == .pending && scenario.verdict.comparison == nil)
  }

  @Test func anEdgeIsNamedInEveryWordAndChangesNoNumber() {
    let tuned = Scenario(Scenario.better8, control: Scenario.better8)
    for edge in [\Conduct.subjectSweep, \Conduct.referenceSweep] {
      var scenario = tuned
      scenario.conduct[keyPath: edge]?.edgeKeys = ["lr"]
      let verdict = scenario.verdict
      #expect(verdict.outcome == .better && verdict.words == "looks lower, not tuned")
      #expect(verdict.untuned == [edge == \.subjectSweep ? "Magma" : "Adam"])
      #expect(verdict.comparison == tuned.verdict.comparison)
      #expect(
        VerdictText(verdict).plain.contains("Magma against Adam: looks lower, not tuned, grade C"))
    }
    #expect(tuned.verdict.untuned.isEmpty && tuned.verdict.words == "better")
  }
}
