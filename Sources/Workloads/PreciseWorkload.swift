/// A workload whose full loss can be taken at parameters in double precision, for exact probes.
package protocol PreciseWorkload: Workload {
  /// The held-out (full) loss at `parameters`, laid out as `layout` says.
  func preciseLoss(parameters: [Double]) -> Double
}
