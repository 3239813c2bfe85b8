import TerminalUI
import Testing

@Suite struct FramePacerTests {
  private let period: Int64 = 50_000_000

  @Test func framesComeAtTheWantedRateAndOnlyWhenSomethingChanged() {
    var pacer = FramePacer(framesPerSecond: 20)
    #expect(pacer.delay(at: 0) == 0)
    pacer.drew(at: 0, asked: false)
    #expect(pacer.delay(at: 0) == nil)
    pacer.invalidate()
    #expect(pacer.delay(at: 10_000_000) == 40_000_000)
    #expect(pacer.delay(at: period) == 0)
  }

  @Test func aKeyIsAnsweredAtOnce() {
    var pacer = FramePacer(framesPerSecond: 20)
    pacer.drew(at: 0, asked: false)
    pacer.invalidate(urgently: true)
    #expect(pacer.delay(at: 1_000_000) == 0)
  }

  @Test func aTerminalThatNeverAnswersIsNotWaitedFor() {
    var pacer = FramePacer(framesPerSecond: 20)
    for frame in 0..<100 {
      let now = Int64(frame) * period
      #expect(pacer.delay(at: now) == 0)
      pacer.drew(at: now, asked: pacer.asksForAcknowledgement)
      pacer.invalidate()
    }
    #expect(pacer.acknowledgement == .unsupported)
    #expect(!pacer.asksForAcknowledgement)
  }

  @Test func aTerminalThatAnsweredOnceIsWaitedForLonger() {
    var pacer = FramePacer(framesPerSecond: 20)
    pacer.asked(at: 0)
    pacer.drew(at: 1_000_000, asked: true)
    pacer.acknowledged(at: 2_000_000, isMore: true)
    pacer.invalidate()
    #expect(pacer.acknowledgement == .supported)
    #expect(pacer.isReportOverdue(at: 1_000_000_000))
    var now: Int64 = 2_000_000
    for wait in [3.0, 6, 12] {
      let delay = pacer.delay(at: now) ?? 0
      #expect(abs(Double(delay) / 1e9 - wait) < 0.01)
      now += delay
      pacer.drew(at: now, asked: pacer.asksForAcknowledgement)
      pacer.invalidate()
    }
    #expect(pacer.acknowledgement == .unsupported)
  }

  @Test func onASlowLineTheNextFrameWaitsForTheLast() {
    var pacer = FramePacer(framesPerSecond: 20)
    pacer.drew(at: 0, asked: true)
    // The line's own latency: not the frame's fault.
    pacer.acknowledged(at: 10_000_000)
    pacer.invalidate()
    #expect(pacer.delay(at: period) == 0)
    pacer.drew(at: period, asked: true)
    pacer.acknowledged(at: period + 410_000_000)
    pacer.invalidate()
    #expect(pacer.delay(at: period + 410_000_000) == 390_000_000)
    pacer.drew(at: 900_000_000, asked: true)
    pacer.invalidate(urgently: true)
    #expect((pacer.delay(at: 950_000_000) ?? 0) > 1_000_000_000)
    pacer.acknowledged(at: 1_000_000_000)
    #expect(pacer.delay(at: 1_000_000_000) == 0)
  }

  @Test func writingThatHadToWaitSlowsDown() {
    var pacer = FramePacer(framesPerSecond: 20)
    pacer.drew(at: 0, asked: false, took: 2 * period)
    pacer.invalidate()
    #expect(pacer.delay(at: 0) == 2 * period)
    pacer.drew(at: 0, asked: false, took: 10 * period)
    pacer.invalidate()
    #expect(pacer.delay(at: 0) == 2_000_000_000)
  }

  @Test func aFullQueueSlowsDownAndAnEmptyOneRecovers() {
    var pacer = FramePacer(framesPerSecond: 20)
    pacer.drew(at: 0, asked: false)
    for _ in 0..<10 { pacer.obstructed(at: 0) }
    pacer.invalidate()
    #expect(pacer.delay(at: 0) == 2_000_000_000)
    for _ in 0..<200 { pacer.unobstructed() }
    #expect(pacer.delay(at: 0) == period)
  }

  @Test func percentilesAreThoseOfTheSortedSamples() {
    var samples = DurationSamples()
    #expect(samples.percentile(0.5) == nil && samples.mean == nil)
    for value in (1...100).reversed() { samples.record(Int64(value)) }
    #expect(samples.percentile(0.5) == 50)
    #expect(samples.percentile(0.99) == 99)
    #expect(samples.percentile(1) == 100 && samples.percentile(0) == 1)
    #expect(samples.mean == 50.5 && samples.maximum == 100)
  }
}
