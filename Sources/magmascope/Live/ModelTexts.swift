import Explorer
import RunModel
import RunStore

/// What the models of a run write at their newest checkpoint: same prompt, same draws.
enum ModelTexts {
  /// As many as two arms' texts can be read side by side.
  private static let tokens = 160

  /// Of every arm that has a model; one that cannot write says why. None where the run cannot be read.
  static func texts(of path: String, prompt: String) -> [ModelText] {
    guard let newest = try? newest(in: path) else { return [] }
    return newest.models.map { arm, place in
      ModelText(
        letter: arm.lane.letter, name: arm.specification.text, step: newest.step,
        text: text(of: place, prompt))
    }
  }

  private static func newest(
    in path: String
  ) throws(RunError) -> (step: Int, models: [(arm: RunArm, path: String)])? {
    let directory = try RunDirectory.open(at: path)
    return try directory.newestModels(of: try StoredRun.configuration(of: directory))
  }

  private static func text(of model: String, _ prompt: String) -> String {
    do {
      let bytes = try TextWriting(prompt: prompt, tokens: tokens).bytes(from: model)
      return visible(bytes: bytes, keepingLines: true)
    } catch {
      return "cannot write: \(RunError.wrapping(error).description)"
    }
  }
}
