import RunModel

extension OptimizerRegistry {
  /// The version of the bits that training these arms gives; results of different versions are never
  /// mixed. An arm's is raised where its own bits change, so that every other arm's runs and sweeps
  /// go on: a change of the engine raises all of them.
  ///
  /// Tests/EndToEnd/test_results.py holds stored losses of both versions.
  package static func resultsVersion(of arms: [ArmSpecification]) -> Int {
    arms.map(resultsVersion).max() ?? 1
  }

  private static func resultsVersion(_ arm: ArmSpecification) -> Int {
    // 2: APOLLO's limit on the growth of its scale advances on dropped steps as well.
    arm.base == "apollo" && arm.wrapper != nil ? 2 : 1
  }
}
