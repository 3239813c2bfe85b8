import RunModel
import TerminalUI

/// Everything the explorer knows; `reduce` changes it, `view` draws it.
package struct ExplorerState {
  package let catalog: OptimizerCatalog
  package let workloads: [WorkloadDescriptor]
  package let presets: [PresetEntry]
  package let options: ExplorerOptions
  /// What the current run was started from.
  package var configuration: RunConfiguration
  /// The number of the current run; 0 before the first.
  package internal(set) var runNumber = 0
  /// Seconds on the monotonic clock of the last tick.
  package internal(set) var now = 0.0
  package internal(set) var size = Size(width: 80, height: 24)

  package init(
    catalog: OptimizerCatalog, workloads: [WorkloadDescriptor], presets: [PresetEntry],
    configuration: RunConfiguration, options: ExplorerOptions
  ) {
    self.catalog = catalog
    self.workloads = workloads
    self.presets = presets
    self.configuration = configuration
    self.options = options
  }
}

/// The effects of opening the explorer: the comparison starts at once.
package func launch(_ state: inout ExplorerState) -> [Effect] {
  state.runNumber += 1
  return [.start(state.configuration, run: state.runNumber)]
}
