import ArgumentParser
import RunModel

/// `magmascope sample CHECKPOINT_DIR`: what a trained model writes.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Continues a text with a trained model.")

  @Argument(help: "A checkpoint, such as RUN/arms/a-adam/seed-0.")
  var checkpoint: String

  @Option(help: "Text to continue.")
  var prompt = ""

  @Option(help: "Tokens to write.")
  var tokens = 200

  @Option(help: "0 takes the likeliest token, 1 draws as the model believes.")
  var temperature = 1.0

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 0

  @Flag(help: "Print control characters and bytes that are no UTF-8 as they are.")
  var raw = false

  func run() throws {
    guard (0...1_000_000).contains(tokens) else {
      throw RunError(
        .usage, "\(tokens) is out of range", place: "--tokens", remedy: "allowed: 0..1000000")
    }
    guard (0...100).contains(temperature) else {
      throw RunError(
        .usage, "\(temperature) is out of range", place: "--temperature", remedy: "allowed: 0..100")
    }
    let writing = TextWriting(
      prompt: prompt, tokens: tokens, temperature: temperature, seed: seed)
    var written = try writing.bytes(from: checkpoint) + [UInt8(ascii: "\n")]
    if !raw { written = Array(visible(bytes: written, keepingLines: true).utf8) }
    var bytes = written[...]
    try StandardOutput().write(&bytes)
  }
}
