import ArgumentParser
import Checkpoints
import Foundation
import HostSystem
import RunModel
import Workloads

/// `magmascope tokens CHECKPOINT_DIR`: a text as the numbers of its tokens, or back.
struct TokensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "Prints a text as the numbers of a checkpoint's tokens, as JSON, or the text of such."
  )

  @Argument(help: "A checkpoint: config.json and tokenizer.json.")
  var checkpoint: String

  @Option(help: "The text, or - for standard input.")
  var text: String?

  @Option(help: "A JSON list of token numbers to turn back into text.")
  var decode: String?

  @Flag(help: "Print control characters of decoded text as they are.")
  var raw = false

  func run() throws {
    let vocabulary = try ModelFolder.description(of: checkpoint).vocabulary
    guard
      let tokenizer = try LanguageData.checkpointTokenizer(checkpoint, vocabulary: vocabulary)
    else {
      throw RunError(
        .input, "has no tokenizer.json", place: checkpoint,
        remedy: "put the tokenizer.json that belongs to it there")
    }
    switch (text, decode) {
    case (let path?, nil):
      let bytes = Array(try ForeignFile.readText(path, as: .text).utf8)
      let numbers = tokenizer.encode(bytes[...]).map(String.init).joined(separator: ",")
      try StandardOutput().write("[\(numbers)]\n")
    case (nil, let path?):
      let numbers = try JSONValue(try ForeignFile.read(path, as: .json), place: path).array
      guard let numbers, numbers.allSatisfy({ $0.integer != nil }) else {
        throw RunError(
          .input, "is no list of token numbers", place: path, remedy: "write for example [1,2]")
      }
      let tokens = numbers.compactMap(\.integer).compactMap { Int32(exactly: $0) }
      try StandardOutput().write(
        String(decoding: tokenizer.decode(tokens), as: UTF8.self), raw: raw)
    case (nil, nil), (.some, .some):
      throw RunError(
        .usage, "wants a text or tokens", place: "tokens",
        remedy: "give either --text FILE or --decode FILE.json")
    }
  }
}
