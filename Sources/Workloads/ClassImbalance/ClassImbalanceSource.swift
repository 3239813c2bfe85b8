import RunModel
import TensorKernels

/// Linear softmax on labels with a heavy tail (Kunstner et al., 2024).
///
/// Group g of m has 2^g classes with 2^(m-g) samples each, so that every group has as many samples
/// but the classes of late groups are rare. Inputs are standard normal and say nothing of the label;
/// the training loss is the subject, so the "validation" loss is that of the whole training set.
package struct ClassImbalanceSource: WorkloadSource {
  package let groups: Int
  package let dimension: Int
  package let batch: Int
  /// Inputs, row-major [samples, dimension].
  let inputs: [Float]
  /// The class of every sample; the classes of a group lie one after another, group 1 first.
  package let labels: [Int]
  private let seed: UInt64

  package init(groups: Int, dimension: Int, batch: Int, seed: UInt64) {
    (self.groups, self.dimension, self.seed) = (groups, dimension, seed)
    labels = (1...groups).flatMap { group in
      (0..<1 << group).flatMap { index in
        Array(repeating: (1 << group) - 2 + index, count: 1 << (groups - group))
      }
    }
    self.batch = min(batch, labels.count)
    var random = RandomStream(seed: seed, purpose: .corpus, substream: 11)
    inputs = (0..<labels.count * dimension).map { _ in Float(random.normal()) }
  }

  init(_ configuration: RunConfiguration) throws(RunError) {
    let settings = try WorkloadSettings(WorkloadDescriptor.classImbalance, configuration)
    self.init(
      groups: settings.integer("groups"), dimension: settings.integer("dimension"),
      batch: settings.integer("batch"), seed: configuration.seed)
  }

  /// `2 + 4 + … + 2^m`.
  package var classes: Int { (1 << (groups + 1)) - 2 }

  /// The classes of group `group` (1-based).
  package func classes(ofGroup group: Int) -> Range<Int> {
    (1 << group) - 2..<(1 << (group + 1)) - 2
  }

  /// One block a group, so that common and rare classes are masked and measured apart; together they
  /// are the weight matrix [classes, dimension] of the softmax.
  package var layout: TensorLayout {
    TensorLayout(
      (1...groups).map {
        BlockDescriptor(
          name: "group.\($0)", shape: [1 << $0, dimension], role: .mlp, isMaskable: true)
      })
  }

  package var tokensPerStep: Int { batch }
  package var entropyFloor: Double? { nil }
  package var dataDescription: String {
    "class imbalance, \(groups) groups, \(classes) classes, \(labels.count) samples in "
      + "\(dimension) dimensions"
  }
  package var workingBytes: Int {
    inputs.count * MemoryLayout<Float>.stride + classes * MemoryLayout<Double>.stride
  }

  package func seeded(_ seed: UInt64) -> any WorkloadSource {
    seed == self.seed
      ? self
      : ClassImbalanceSource(groups: groups, dimension: dimension, batch: batch, seed: seed)
  }

  package func makeWorkload(threads: Int) -> any Workload { ClassImbalanceWorkload(self) }
}
