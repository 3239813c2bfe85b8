import Foundation
import Statistics
import Testing

/// Reference values written by `Fixtures/make_statistics.py` from scipy.
struct Fixture: Decodable {
  var t, tQuantile, normal, normalQuantile, beta, noncentralT: [[Double]]
  var binomial, clopperPearson, binomialQuantile, power, needed: [[Double]]
  var paired: [Paired]
  var bootstrap: [Bootstrap]
  var welch: [Welch]
  var holm: [Holm]
  var maskHistogram: [Histogram]

  struct Paired: Decodable {
    var values: [Double]
    var mean, sd, standardError, median: Double
    var quantiles: [[Double]]
    var statistic, p: Double
    var interval, wideInterval: [Double]
    var signFlip: Double
  }

  struct Bootstrap: Decodable {
    var values: [Double]
    var seed: UInt64
    var scale: Double
    var interval: [Double]
  }

  struct Welch: Decodable {
    var first, second: [Double]
    var statistic, df, p: Double
    var interval: [Double]
    var improvement: Double
  }

  struct Holm: Decodable {
    var p, adjusted: [Double]
  }

  struct Histogram: Decodable {
    var keep: Double
    var steps, blocks: Int
    var edges, expected: [Double]
  }

  static func load() throws -> Fixture {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let data = try Data(contentsOf: folder.appendingPathComponent("statistics.json"))
    return try JSONDecoder().decode(Fixture.self, from: data)
  }
}

/// Expects 1e-9, relative to the larger of the reference and `scale`.
func expectClose(
  _ value: Double?, _ reference: Double, scale: Double = 0, _ note: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let value else {
    Issue.record("no value where \(reference) is expected \(note)", sourceLocation: sourceLocation)
    return
  }
  let isClose =
    value == reference || abs(value - reference) <= 1e-9 * max(abs(reference), scale)
  #expect(isClose, "\(value) is not \(reference) \(note)", sourceLocation: sourceLocation)
}
