import CAllocationCounter
import EventStream
import Optimizers
import RunModel
import Testing
import Training
import Workloads

/// A whole step of an arm, from the batch to the posted metrics, takes no memory once it is steady.
@Suite struct StepAllocationTests {
  @Test(arguments: [
    "sgd:momentum=0.9", "rmsprop", "adam", "adamw", "cadamw", "laprop", "lion", "adafactor", "muon",
    "apollo", "magma(adam)", "skip(adamw)", "damp(lion)", "magma(muon)", "sample(adam):damped=true",
    "cautious(adam)", "magma(adam):grain=row", "skip(rmsprop):grain=element",
  ])
  func aSteadyStepTakesNoMemory(_ arm: String) throws {
    let configuration = RunConfiguration(
      title: "", model: ModelConfiguration(size: .nano), arms: [try OptimizerRegistry.arm(arm)])
    let source = try LanguageSource(configuration)
    let rows = RowMailbox(blockCount: source.layout.blocks.count)
    let channels = RunChannels(rows: rows)
    let trainer = try ArmTrainer(
      seat: Seat.all(configuration.roster, seeds: [0])[0], course: RunCourse(configuration),
      source: source, threads: 1, channels: channels, clock: RunClock(), options: RunOptions())
    var drained = rows.empty
    for step in 1...80 {
      trainer.train(step: step)
      // Both halves of the exchange have grown to what forty steps need.
      if step.isMultiple(of: 40) { rows.drain(into: &drained) }
    }
    let before = allocation_count()
    for step in 81...120 { trainer.train(step: step) }
    #expect(allocation_count() - before == 0)
    #expect(trainer.progress.step == 120)
  }
}
