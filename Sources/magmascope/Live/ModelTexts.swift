import Explorer
import Foundation
import RunModel
import RunStore

/// What the models of a run write at their newest checkpoints: same prompt, same draws.
enum ModelTexts {
  /// As many as two arms' texts can be read side by side.
  private static let tokens = 160

  /// The part of a checkpoint's description that says what it is.
  private struct State: Decodable {
    struct Progress: Decodable {
      var step: Int
    }

    var arm: String
    var progress: Progress
  }

  /// Of every arm that has a checkpoint; one that cannot write says why.
  static func texts(of directory: String, prompt: String) -> [ModelText] {
    checkpoints(in: RunDirectory(path: directory)).map { letter, place in
      do {
        return try text(of: place, letter: letter, prompt)
      } catch {
        let reason = (error as? RunError)?.description ?? error.localizedDescription
        return ModelText(letter: letter, name: "", step: 0, text: "cannot write: \(reason)")
      }
    }
  }

  /// The newest checkpoint of every arm, of its first seed.
  private static func checkpoints(
    in directory: RunDirectory
  ) -> [(letter: String, place: String)] {
    names(in: directory.armsPath).compactMap { arm in
      let path = "\(directory.armsPath)/\(arm)"
      let seeds = names(in: path).sorted { $0.compare($1, options: .numeric) == .orderedAscending }
      return seeds.first.map { (String(arm.prefix { $0 != "-" }), "\(path)/\($0)") }
    }
  }

  private static func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  private static func text(
    of checkpoint: String, letter: String, _ prompt: String
  ) throws -> ModelText {
    let description = try InputFile.read(checkpoint + "/state.json")
    let state = try JSONDecoder().decode(State.self, from: description)
    let bytes = try TextWriting(prompt: prompt, tokens: tokens).bytes(from: checkpoint)
    return ModelText(
      letter: letter, name: state.arm, step: state.progress.step,
      text: visible(bytes: bytes, keepingLines: true))
  }
}
