import RunModel

/// What set-up forms, presets and `--set` know of the language workload.
enum LanguageWorkloadDescription {
  static let descriptor = WorkloadDescriptor(
    name: "language",
    summary: "A small decoder-only language model predicts the next token of a text.",
    source: "Llama 2 (Touvron et al., 2023, arXiv:2307.09288); the masking paper's main setting",
    isLanguage: true,
    hyperparameters: [
      Hyperparameter(
        "tokenizer", "What a token is: a byte, a character, or a learnt piece of a word.",
        .choice(default: "byte", allowed: ["byte", "character", "bpe"])),
      Hyperparameter(
        "vocabulary", "Tokens that byte pair encoding learns, the 256 bytes included.",
        .integer(default: 1_024, range: 257...16_384)),
    ])
}
