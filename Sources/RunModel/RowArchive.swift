/// Rows of a run that lie somewhere else than in memory, such as in the files of its directory.
///
/// Read by whoever shows the past: reading changes nothing and may happen beside a writer.
package protocol RowArchive: Sendable {
  /// The newest step of which rows are there; 0 for none.
  var newestStep: Int { get }
  /// The rows of all arms and seeds in these steps, step by step, arms in order within a step.
  ///
  /// Steps that were not recorded are absent. Costs as much as the rows asked for.
  func rows(in steps: ClosedRange<Int>) -> RunRows
}
