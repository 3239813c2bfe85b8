import RunModel

extension RunConfiguration {
  /// The configuration with a matched-step control for every masked arm that has none, up to `most` arms.
  ///
  /// Without it nobody can tell a mask from a smaller step, so sweeps add it wherever they are begun.
  package func addingControls(most: Int = .max) -> RunConfiguration {
    var configuration = self
    for control in missingControls where configuration.arms.count < most {
      configuration.arms.append(control)
    }
    return configuration
  }

  /// The controls that are not there yet.
  package var missingControls: [ArmSpecification] {
    var controls: [ArmSpecification] = []
    for arm in arms where arm.wrapper != nil && !arm.isMatched {
      let isThere = (arms + controls).contains {
        $0.isMatched && $0.base == arm.base && $0.wrapper == arm.wrapper
      }
      guard !isThere else { continue }
      var control = arm
      control.isMatched = true
      control.text = control.canonicalText
      controls.append(control)
    }
    return controls
  }
}
