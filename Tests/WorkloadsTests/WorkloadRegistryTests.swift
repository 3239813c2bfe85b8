import RunModel
import Testing
import Workloads

private let names = ["language", "quadratic", "noise", "linear-transformer", "class-imbalance"]

/// Small versions of every workload, so that the battery is quick.
private func small(_ name: String, seed: UInt64 = 0) -> RunConfiguration {
  var small = configuration(name, seed: seed)
  small.model = ModelConfiguration(size: .nano)
  return small
}

@Suite struct WorkloadRegistryTests {
  @Test func listsEveryWorkloadWithASource() {
    #expect(WorkloadRegistry.descriptors.map(\.name) == names)
    for descriptor in WorkloadRegistry.descriptors {
      #expect(!descriptor.summary.isEmpty && !descriptor.source.isEmpty)
      #expect(Set(descriptor.hyperparameters.map(\.key)).count == descriptor.hyperparameters.count)
      for setting in descriptor.hyperparameters {
        #expect(setting.value(from: setting.defaultValue.description) == setting.defaultValue)
      }
    }
  }

  @Test(arguments: names)
  func twoInstancesAgreeToTheBit(_ name: String) throws {
    let source = try WorkloadRegistry.source(for: small(name))
    let (one, other) = (source.makeWorkload(threads: 1), source.makeWorkload(threads: 2))
    let start = one.start(seed: 4)
    #expect(start == other.start(seed: 4))
    #expect(start.count == source.layout.count)
    _ = other.gradient(start, BatchKey(seed: 1, step: 1))
    let key = BatchKey(seed: 1, step: 2)
    let (first, second) = (one.gradient(start, key), other.gradient(start, key))
    #expect(first.loss == second.loss)
    #expect(first.gradient == second.gradient)
    #expect(one.loss(parameters: start.span, batch: key) == first.loss)
    #expect(one.evaluate(parameters: start.span) == other.evaluate(parameters: start.span))
    #expect(one.gradient(start, BatchKey(seed: 1, step: 3)).gradient != first.gradient)
    #expect(one.gradient(start, BatchKey(.probe, seed: 1, step: 2)).gradient != first.gradient)
  }

  @Test(arguments: names)
  func steppingAgainstTheGradientLowersTheLossOfThatBatch(_ name: String) throws {
    let workload = try WorkloadRegistry.source(for: small(name)).makeWorkload(threads: 1)
    var weights = workload.start(seed: 1)
    let key = BatchKey(seed: 0, step: 1)
    let (loss, gradient) = workload.gradient(weights, key)
    let square = gradient.reduce(0) { $0 + $1 * $1 }
    let rate: Float = min(1e-4, 1e-3 / square.squareRoot())
    for i in weights.indices { weights[i] -= rate * gradient[i] }
    let expected = -Double(rate * square)
    let change = workload.loss(parameters: weights.span, batch: key) - loss
    #expect(change < 0)
    #expect(abs(change - expected) < 0.3 * abs(expected))
  }

  @Test func unknownNamesAreUsageErrorsThatNameTheNearest() throws {
    let error = #expect(throws: RunError.self) {
      _ = try WorkloadRegistry.source(for: configuration("quadratik"))
    }
    #expect(error?.category == .usage)
    #expect(error?.message.contains("did you mean 'quadratic'?") == true)
    let setting = #expect(throws: RunError.self) {
      _ = try WorkloadRegistry.source(for: configuration("noise", ["elemets": .number(4_096)]))
    }
    #expect(setting?.message.contains("did you mean 'elements'?") == true)
    let value = #expect(throws: RunError.self) {
      _ = try WorkloadRegistry.source(for: configuration("noise", ["elements": .number(3)]))
    }
    #expect(value?.remedy == "give whole number 1024..4194304")
  }
}

@Suite struct WorkloadChoiceTests {
  /// The catalog lists as words what the workloads decode as cases.
  @Test func listedChoicesAreTheCasesThatExist() {
    func allowed(_ workload: WorkloadDescriptor, _ key: String) -> [String] {
      guard
        case .choice(_, let allowed) = workload.hyperparameters.first(where: { $0.key == key })?
          .kind
      else { return [] }
      return allowed
    }
    #expect(
      allowed(.quadratic, "arrangement") == QuadraticProblem.Arrangement.allCases.map(\.rawValue))
    #expect(
      allowed(.linearTransformer, "tails") == RegressionPrompt.Tails.allCases.map(\.rawValue))
  }
}
