import RunModel

/// A text as tokens, cut for training and validation, with what is known about it.
package struct LanguageData: Sendable {
  package let tokenizer: any Tokenizer
  package let training: [Int32]
  package let validation: [Int32]
  package let sampler: BatchSampler
  package let windows: ValidationWindows
  /// Bayes-optimal loss on `windows` for the built-in language read byte by byte, else nil.
  package let entropyFloor: Double?
  package let description: String
  /// `TextPrint` of the text, where it came from a file.
  private(set) package var textPrint: String?

  /// - Throws: `RunError(.input)` when the text cannot be read or is too short for the context,
  ///   `RunError(.usage)` when a text is required and none was given.
  ///
  /// - Parameter tokenizer: what a token is, where a checkpoint says so; nil: as the settings say.
  package static func load(
    _ configuration: RunConfiguration, tokenizer given: (any Tokenizer)? = nil,
    cache: DataCache = .user
  ) throws(RunError) -> LanguageData {
    let settings = try WorkloadSettings(.language, configuration)
    let corpus = try corpus(configuration.data, cache: cache)
    if given is ForeignTokenizer, String(validating: corpus.bytes, as: UTF8.self) == nil {
      throw RunError(
        .input, "is not UTF-8 text", place: corpus.place,
        remedy: "the checkpoint's tokens are of text")
    }
    let chosen: any Tokenizer
    if let given {
      chosen = given
    } else {
      chosen = try tokenizer(settings, corpus: corpus, cache: cache)
    }
    var data = try LanguageData(
      corpus: corpus, tokenizer: chosen, model: configuration.model,
      language: configuration.data == .builtIn ? BuiltInLanguage.standard : nil, cache: cache)
    if case .file = configuration.data {
      data.textPrint = try knownPrint(of: corpus, expecting: configuration.textPrint)
    }
    return data
  }

  /// - Throws: `RunError(.input)` where the run began with another text.
  private static func knownPrint(of corpus: Corpus, expecting begun: String?) throws(RunError)
    -> String
  {
    let print = TextPrint.of(corpus.bytes)
    guard let begun, begun != print else { return print }
    let was = begun.prefix { $0 != "-" }
    throw RunError(
      .input,
      "is another text than the run began with "
        + "(\(was) bytes then, \(corpus.bytes.count) now)",
      place: corpus.place, remedy: "put the old text back, or begin a new run")
  }

  /// - Parameter language: the language the text was drawn from, for the entropy floor.
  package init(
    corpus: Corpus, tokenizer: any Tokenizer, model: ModelConfiguration,
    language: BuiltInLanguage?, cache: DataCache = .none
  ) throws(RunError) {
    self.tokenizer = tokenizer
    training = tokenizer.encode(corpus.training, cache: cache)
    validation = tokenizer.encode(corpus.validation, cache: cache)
    guard training.count > model.context, validation.count >= 2 else {
      throw Self.tooShort(corpus, tokens: training.count, context: model.context)
    }
    sampler = BatchSampler(
      tokenCount: training.count, context: model.context, batch: model.batch)
    windows = ValidationWindows(tokenCount: validation.count, context: model.context)
    entropyFloor =
      tokenizer.isOfCharacters
      ? language?.floor(of: Array(corpus.validation), windows: windows, cache: cache) : nil
    description =
      "\(corpus.place), \(corpus.sizeText), \(tokenizer.name) tokens"
      + (tokenizer.name == "byte" ? "" : " (\(tokenizer.vocabularySize))")
  }

  private static func corpus(
    _ source: RunConfiguration.DataSource, cache: DataCache
  ) throws(RunError) -> Corpus {
    switch source {
    case .builtIn:
      Corpus(bytes: BuiltInLanguage.standardText(cache: cache), place: "built-in language")
    case .file(let path): try Corpus.read(path)
    case .required:
      throw RunError(
        .usage, "this preset wants a text of your own", place: "--text", remedy: "add --text FILE")
    }
  }

  private static func tokenizer(
    _ settings: WorkloadSettings, corpus: Corpus, cache: DataCache
  ) throws(RunError) -> any Tokenizer {
    switch settings.choice("tokenizer") {
    case "character": try CharacterTokenizer(text: corpus.bytes, place: corpus.place, cache: cache)
    case "bpe":
      BytePairTokenizer.trained(
        on: corpus.training, vocabularySize: settings.integer("vocabulary"),
        cache: cache)
    default: ByteTokenizer()
    }
  }

  private static func tooShort(_ corpus: Corpus, tokens: Int, context: Int) -> RunError {
    RunError(
      .input,
      "is too short: \(corpus.sizeText) leave \(tokens) tokens to train on, "
        + "a context of \(context) needs \(context + 1)",
      place: corpus.place, remedy: "give a longer text or a smaller --context")
  }
}
