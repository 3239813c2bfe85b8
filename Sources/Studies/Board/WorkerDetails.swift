import Foundation

/// What a worker tells in its owner file, besides that it lives.
package struct WorkerDetails: Codable, Sendable, Equatable {
  /// A cell under way.
  package struct Cell: Codable, Sendable, Equatable {
    package var id: String
    package var step: Int
    package var steps: Int
    /// The mean training loss before the latest evaluation; nil before the first step.
    package var loss: Double?
    package var stepsPerSecond: Double?
  }

  package var cells: [Cell] = []
  /// The scheduler's name for this process: `8_3` under Slurm.
  package var job: String?
  package var cpu: String?

  package init(job: String? = nil, cpu: String? = nil) { (self.job, self.cpu) = (job, cpu) }

  package init?(_ text: String) {
    guard let details = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else {
      return nil
    }
    self = details
  }

  package var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
