import Foundation
import Optimizers
import RunModel
import Testing

@Suite struct TrajectoryTests {
  @Test func fixturesCoverEveryBaseAndWrapper() {
    let arms = Trajectories.all.map(\.arm)
    for base in OptimizerRegistry.catalog.bases.map(\.name) {
      #expect(arms.contains { $0 == base || $0.hasPrefix(base + ":") }, "no case for \(base)")
    }
    for wrapper in OptimizerRegistry.catalog.wrappers.map(\.name) {
      #expect(arms.contains { $0.hasPrefix(wrapper + "(") }, "no case for \(wrapper)")
    }
  }

  @Test(arguments: Trajectories.all)
  func replayFollowsTheReferenceImplementation(_ item: Trajectories.Case) throws {
    let trajectories = try Trajectories()
    let arm = try OptimizerRegistry.arm(item.arm)
    let answer = try Replay.run(json: trajectories.problem(item.problem), arm: arm, seed: 0)
    let json = try #require(JSONSerialization.jsonObject(with: answer) as? [String: Any])
    let steps = try #require(json["steps"] as? [[String: Any]])
    let start = try trajectories.start(item.problem)
    let tolerance = ["muon", "normuon", "soap", "apollo"].contains(arm.base) ? 1e-4 : 1e-5
    for expected in try trajectories.expected(item.index) {
      let state = steps[expected.step - 1]
      let parameters = try #require(state["parameters"] as? [String: [Double]])
      for name in expected.parameters.keys.sorted() {
        let reference = try #require(expected.parameters[name] as? [Double])
        let found = try #require(parameters[name])
        let origin = try #require(start[name])
        let distance = relativeDistance(found, reference)
        #expect(distance < tolerance, "\(name) after step \(expected.step): \(distance)")
        // The way moved is small beside the weights; held to account by itself.
        let moved = zip(found, origin).map { $0 - $1 }
        let wanted = zip(reference, origin).map { $0 - $1 }
        guard wanted.contains(where: { abs($0) > 1e-5 }) else { continue }
        let deviation = relativeDistance(moved, wanted)
        // Weights are rounded in every step, and the less they move the more of it that is.
        let length = { (values: [Double]) in values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let rounding = 4 * Double(Float.ulpOfOne) * length(reference) / length(wanted)
        #expect(
          deviation < 10 * tolerance + rounding,
          "\(name) moved, step \(expected.step): \(deviation)")
      }
      try compareFigures(state, expected.figures)
    }
  }

  private func compareFigures(_ state: [String: Any], _ figures: [String: Any]) throws {
    let blocks = try #require(state["blocks"] as? [String: [String: Any]])
    for name in figures.keys.sorted() {
      let reference = try #require(figures[name] as? [Double])
      let block = try #require(blocks[name])
      for (key, value) in zip(["alignment", "score", "scale"], reference) {
        guard let found = block[key] as? Double else { continue }
        #expect(abs(found - value) < 1e-5, "\(key) of \(name)")
      }
      #expect(block["scale"] is Double)
    }
  }

  @Test func unmaskedBlocksAnswerNullAndDampAlwaysKeeps() throws {
    let trajectories = try Trajectories()
    for (text, alignment) in [("damp(adam)", true), ("skip(adam)", false)] {
      let answer = try Replay.run(
        json: trajectories.problem("mixed"), arm: OptimizerRegistry.arm(text), seed: 0)
      let json = try #require(JSONSerialization.jsonObject(with: answer) as? [String: Any])
      let steps = try #require(json["steps"] as? [[String: Any]])
      let blocks = try #require(steps[0]["blocks"] as? [String: [String: Any]])
      for key in ["alignment", "score", "scale", "kept"] {
        #expect(blocks["embed"]?[key] is NSNull)
      }
      #expect((blocks["q"]?["alignment"] is Double) == alignment)
      #expect(blocks["q"]?["scale"] is Double)
      if text.hasPrefix("damp") {
        #expect(
          steps.allSatisfy { step in
            (step["blocks"] as? [String: [String: Any]])?["q"]?["kept"] as? Bool == true
          })
      }
    }
  }

  @Test(arguments: [
    (#"{"blocks":[]"#, "not valid JSON"),
    (#"{"blocks":[{"name":"a","shape":[2],"role":"mlp"}],"steps":[]}"#, "'values' is missing"),
    (#"{"blocks":[{"name":"a","shape":[2],"role":"mpl","values":[1,2]}],"steps":[]}"#, "'mlp'"),
    (#"{"blocks":[{"name":"a","shape":[3],"role":"mlp","values":[1,2]}],"steps":[]}"#, "2 values"),
    (
      #"{"blocks":[{"name":"a","shape":[1],"role":"mlp","values":[1]}],"steps":[{"gradients":{}}]}"#,
      "step 1 has no gradient for block 'a'"
    ),
    (
      #"{"blocks":[{"name":"a","shape":[1],"role":"mlp","values":[1]}],"#
        + #""steps":[{"gradients":{"a":[1,2]}}]}"#, "has 2 values, not 1"
    ),
    (
      #"{"blocks":[{"name":"a","shape":[9223372036854775807,4],"role":"mlp","values":[]}],"steps":[]}"#,
      "0 values for shape"
    ),
    (
      #"{"blocks":[{"name":"a","shape":[1],"role":"mlp","values":[1]}],"#
        + #""steps":[{"gradients":{"a":[1]},"coins":{"b":1}}]}"#, "unknown block 'b'"
    ),
    (
      #"{"blocks":[{"name":"a","shape":[1],"role":"mlp","values":[1]}],"#
        + #""steps":[{"gradients":{"a":[1]},"coins":{"a":2}}]}"#, "not 0 or 1"
    ),
  ])
  func badReplayFilesAreRefusedWithTheirPlace(_ text: String, _ part: String) throws {
    let arm = try OptimizerRegistry.arm("sgd")
    let error = #expect(throws: RunError.self) {
      try Replay.run(json: Data(text.utf8), arm: arm, seed: 0)
    }
    #expect(error?.category == .input)
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }
}
