import Statistics
import Testing

/// A loss that is no mean of log probabilities has neither nats nor a perplexity.
@Suite struct LossUnitTests {
  @Test func aLossWithoutAUnitIsNotGivenOne() {
    var input = Scenario(Scenario.better8).input
    let inNats = words(Verdict.judge(input))
    #expect(inNats.contains("nats") && inNats.contains("perplexity"))
    input.setting.lossUnit = .none
    let without = words(Verdict.judge(input))
    #expect(!without.contains("nats") && !without.contains("perplexity"))
    #expect(without.contains("-.0306"))
    #expect(Verdict.judge(input).comparison?.perplexityRatio == nil)
  }

  private func words(_ verdict: Verdict) -> String {
    verdict.sentence + verdict.figures.map { " \($0.name) \($0.value)" }.joined()
  }
}
