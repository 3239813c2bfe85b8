import Checkpoints
import Optimizers
import Presets
import RunModel
import Workloads

#if canImport(Glibc)
  import Glibc
#endif

/// Coverage-guided fuzzing of every parser that reads bytes of others; see scripts/fuzz-parsers.
///
/// The first byte of an input chooses the parser. A parser may refuse, it may not trap, hang or
/// answer with what could not be shown.
@main
enum ParserFuzzer {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { pointer in
      _ = runDriver(&count, pointer) { start, count in
        ParserFuzzer.parse(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
      }
    }
  }

  private static let builder = ConfigurationBuilder(
    catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
  private static let grammar = ArmGrammar(catalog: OptimizerRegistry.catalog)

  static func parse(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let text = String(decoding: input, as: UTF8.self)
    do {
      switch choice % 5 {
      case 0: _ = try builder.build(PresetReader(file: "input").read(text), category: .input)
      case 1: _ = try grammar.parse(text)
      case 2: _ = try Safetensors.decode(input, place: "input")
      case 3: _ = try ModelDescription.decode(input, place: "input")
      default: show(visible(bytes: input))
      }
    } catch {
      show((error as? RunError)?.description ?? "")
    }
  }

  private static func show(_ text: String) {
    precondition(
      text.unicodeScalars.allSatisfy { !$0.isDangerous }, "an answer carries control characters")
  }
}

/// libFuzzer's own loop, for programs that have a main function.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<
    UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  >,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
