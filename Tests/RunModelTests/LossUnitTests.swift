import RunModel
import Testing

@Suite struct WorkloadLossUnitTests {
  @Test(arguments: [
    ("language", LossUnit.nats), ("class-imbalance", .nats), ("quadratic", .none),
    ("noise", .none), ("linear-transformer", .none),
  ])
  func onlyCrossEntropiesAreInNats(_ workload: String, _ unit: LossUnit) {
    let run = RunConfiguration(title: "x", workload: workload, arms: [])
    #expect(WorkloadDescriptor.named(workload) != nil)
    #expect(run.lossUnit == unit)
    #expect(run.lossCaption.contains("nats") == (unit == .nats))
  }
}
