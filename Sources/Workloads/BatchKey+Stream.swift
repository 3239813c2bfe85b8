import TensorKernels

extension BatchKey {
  /// The random numbers that a batch is drawn with; training and probes never share any.
  var randomStream: RandomStream {
    RandomStream(
      seed: seed, purpose: stream == .training ? .batching : .probes,
      substream: UInt64(truncatingIfNeeded: step))
  }
}
