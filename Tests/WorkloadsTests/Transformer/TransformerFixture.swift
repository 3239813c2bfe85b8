import Foundation
import RunModel
import TensorKernels
import Workloads

/// A decoder of Hugging Face with its loss and gradients, made by `make_fixtures.py`.
struct TransformerFixture: Decodable, Sendable, CustomStringConvertible {
  var name: String
  var architecture: ModelConfiguration.Architecture
  var tied: Bool
  var attentionSoftcap: Float
  var finalSoftcap: Float
  var loss: Double
  var inputs: [[Int32]]
  var targets: [[Int32]]
  var lastLogits: [Float]
  var names: [String]
  var layers: Int
  var width: Int
  var heads: Int
  var ffn: Int
  var context: Int
  var vocabulary: Int

  var description: String { name }
  var batch: Int { inputs.count }
  var length: Int { inputs[0].count }
  /// The capped case has weights three times as large, to bend scores: roundings grow with them.
  var conditioning: Double { finalSoftcap > 0 ? 8 : 1 }

  var configuration: TransformerConfiguration {
    var model = ModelConfiguration(size: .nano)
    (model.layers, model.width, model.heads) = (layers, width, heads)
    (model.ffn, model.context, model.batch) = (ffn, context, batch)
    model.architecture = architecture
    model.head = tied ? .tied : .untied
    var configuration = TransformerConfiguration(model, vocabulary: vocabulary)
    configuration.attentionSoftcap = attentionSoftcap
    configuration.finalSoftcap = finalSoftcap
    return configuration
  }

  static let all: [TransformerFixture] = {
    guard let data = try? Data(contentsOf: url("cases.json")) else { return [] }
    return (try? JSONDecoder().decode([TransformerFixture].self, from: data)) ?? []
  }()

  static func named(_ name: String) throws -> TransformerFixture {
    guard let fixture = all.first(where: { $0.name == name }) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return fixture
  }

  func parameters() throws -> [Float] { try floats("\(name).parameters.f32") }
  func gradients() throws -> [Float] { try floats("\(name).gradients.f32") }

  private static func url(_ file: String) -> URL {
    Bundle.module.resourceURL?.appendingPathComponent("Fixtures/transformer/\(file)")
      ?? URL(fileURLWithPath: file)
  }

  private func floats(_ file: String) throws -> [Float] {
    let data = try Data(contentsOf: Self.url(file))
    return data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map {
        Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
        )
      }
    }
  }
}

/// Loss and gradients of one call, for tests.
struct Evaluation: Equatable {
  var loss: Double
  var gradients: [Float]

  init(
    _ transformer: Transformer, parameters: [Float], inputs: [Int32], targets: [Int32], batch: Int,
    length: Int
  ) {
    var gradients = [Float](repeating: .nan, count: parameters.count)
    var span = gradients.mutableSpan
    loss = transformer.lossAndGradient(
      parameters: parameters.span, gradients: &span, inputs: inputs.span, targets: targets.span,
      batch: batch, length: length)
    self.gradients = gradients
  }
}

/// |a − b| / |b|, in double precision.
func relativeError(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Double {
  var (difference, size) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    size += Double(y) * Double(y)
  }
  return (difference / max(size, 1e-300)).squareRoot()
}
