import Foundation
import Optimizers
import RunModel
import Testing

/// Reference trajectories: those of PyTorch and the PyPI ports (`Fixtures/make_fixtures.py`), and those
/// of rules and named arms written out in numpy (`Fixtures/make_named.py`).
struct Trajectories {
  struct Case: Sendable, CustomTestStringConvertible {
    var arm: String
    var oracle: String
    var problem: String
    var index: Int

    var testDescription: String { "\(arm) (\(oracle))" }
  }

  typealias Object = [String: Any]

  private let root: Object

  init() throws {
    var (problems, cases): (Object, [Object]) = ([:], [])
    for name in ["trajectories", "named"] {
      let url = try #require(
        Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"))
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
      let file = try #require(json as? Object)
      problems.merge(try #require(file["problems"] as? Object)) { old, _ in old }
      cases += try #require(file["cases"] as? [Object])
    }
    root = ["problems": problems, "cases": cases]
  }

  static let all: [Case] = {
    guard let trajectories = try? Trajectories(),
      let cases = trajectories.root["cases"] as? [Object]
    else { return [] }
    return cases.enumerated().map { index, value in
      Case(
        arm: value["arm"] as? String ?? "", oracle: value["oracle"] as? String ?? "",
        problem: value["problem"] as? String ?? "", index: index)
    }
  }()

  func problem(_ name: String) throws -> Data {
    let problems = try #require(root["problems"] as? Object)
    return try JSONSerialization.data(withJSONObject: try #require(problems[name]))
  }

  /// Start values of every block of a problem.
  func start(_ name: String) throws -> [String: [Double]] {
    let problems = try #require(root["problems"] as? [String: Object])
    let blocks = try #require(problems[name]?["blocks"] as? [Object])
    var start: [String: [Double]] = [:]
    for block in blocks {
      start[try #require(block["name"] as? String)] = try #require(block["values"] as? [Double])
    }
    return start
  }

  /// What the oracle found, by 1-based step: parameters, and (alignment, score, scale) of a block.
  func expected(_ index: Int) throws -> [(step: Int, parameters: Object, figures: Object)] {
    let cases = try #require(root["cases"] as? [Object])
    let steps = try #require(cases[index]["steps"] as? [String: Object])
    return try steps.map { key, value in
      (
        step: try #require(Int(key)), parameters: try #require(value["parameters"] as? Object),
        figures: value["figures"] as? Object ?? [:]
      )
    }.sorted { $0.step < $1.step }
  }
}

/// ‖x − y‖ / ‖y‖.
func relativeDistance(_ x: [Double], _ y: [Double]) -> Double {
  let difference = zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / max(1e-300, y.reduce(0) { $0 + $1 * $1 })).squareRoot()
}
