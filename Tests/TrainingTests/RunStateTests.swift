import RunModel
import Testing
import Training

@Suite struct RunStateTests {
  @Test func aRunStartsAndEndsByItself() {
    var state = RunState(steps: 2)
    #expect(state.nextStep == 1)
    #expect(state.completeStep(isAnyArmAlive: true) == nil)
    #expect(state.completeStep(isAnyArmAlive: true) == .ended(.completed))
    #expect(state.nextStep == nil && state.outcome == .completed)
  }

  @Test func steppingCountsDownAndPauses() {
    var state = RunState(steps: 100, startsPaused: true)
    #expect(state.advance(by: 2) == .resumed)
    #expect(state.completeStep(isAnyArmAlive: true) == nil)
    #expect(state.completeStep(isAnyArmAlive: true) == .paused)
    #expect(state.step == 2 && state.nextStep == nil)
  }

  @Test func asksForStepsAddUp() {
    var state = RunState(steps: 100)
    _ = state.advance(by: 2)
    _ = state.advance(by: 3)
    #expect(state.phase == .stepping(remaining: 5))
  }

  @Test(arguments: [0, -1]) func noStepsAreNoCommand(_ count: Int) {
    var state = RunState(steps: 100)
    #expect(state.advance(by: count) == nil && state.phase == .running)
  }

  @Test func anEndedRunStaysEnded() {
    var state = RunState(steps: 100)
    #expect(state.stop() == .ended(.stopped))
    #expect(state.pause() == nil && state.resume() == nil && state.advance(by: 1) == nil)
    #expect(state.stop() == nil && state.outcome == .stopped)
  }

  @Test func aRunWithoutLivingArmsEnds() {
    var state = RunState(steps: 100)
    #expect(state.completeStep(isAnyArmAlive: false) == .ended(.everyArmDiverged))
  }

  @Test func pauseAndResumeTellOnlyChanges() {
    var state = RunState(steps: 100)
    #expect(state.resume() == nil)
    #expect(state.pause() == .paused)
    #expect(state.pause() == nil)
    #expect(state.resume() == .resumed)
  }

  @Test func aResumedRunThatHasAllItsStepsIsOver() {
    #expect(RunState(step: 10, steps: 10).outcome == .completed)
  }
}
