extension WorkloadDescriptor {
  /// Every workload of the program, in the order they are listed to users.
  package static let all = [language, quadratic, noise, linearTransformer, classImbalance]

  package static func named(_ name: String) -> WorkloadDescriptor? { all.first { $0.name == name } }

  package static let language = WorkloadDescriptor(
    name: "language",
    summary: "A small decoder-only language model predicts the next token of a text.",
    source: "Llama 2 (Touvron et al., 2023, arXiv:2307.09288); the masking paper's main setting",
    isLanguage: true, lossUnit: .nats, lossCaption: "loss, nats per token",
    hyperparameters: [
      Hyperparameter(
        "tokenizer", "What a token is: a byte, a character, or a learnt piece of a word.",
        .choice(default: "byte", allowed: ["byte", "character", "bpe"])),
      Hyperparameter(
        "vocabulary", "Tokens that byte pair encoding learns, the 256 bytes included.",
        .integer(default: 1_024, range: 257...16_384)),
      Hyperparameter(
        "finetune",
        "Starts from a model trained on the built-in language and goes on with a shifted one.",
        .flag(default: false)),
      Hyperparameter(
        "shift", "Share of the word order that is new in the language of the fine-tuning.",
        .number(default: 0.5, range: 0.01...1, scale: .linear)),
      Hyperparameter(
        "baseSteps", "Steps of Adam that the model has had before the fine-tuning.",
        .integer(default: 1_600, range: 1...100_000)),
      Hyperparameter(
        "baseSeed", "Seed of the model that the fine-tuning starts from.",
        .integer(default: 0, range: 0...1_000_000)),
    ])

  package static let quadratic = WorkloadDescriptor(
    name: "quadratic",
    summary: "Nine weights in three blocks on a quadratic bowl, three random rows a step.",
    source: "Joo et al. 2026 (arXiv:2602.15322), Figure 4; blocks as in Zhang et al. 2024",
    hyperparameters: [
      Hyperparameter(
        "arrangement", "Blocks of like eigenvalues (grouped) or of all magnitudes (mixed).",
        .choice(default: "grouped", allowed: ["grouped", "mixed"])),
      Hyperparameter(
        "start", "Every coordinate of the starting point; 0.01 starts at the noise floor.",
        .number(default: 1, range: 1e-6...1e3, scale: .logarithmic)),
      Hyperparameter(
        "rows", "Rows drawn a step of the nine, without replacement; 9 is no noise.",
        .integer(default: 3, range: 1...9)),
    ])

  package static let noise = WorkloadDescriptor(
    name: "noise",
    summary: "Gradients are white noise, so that alignment shows its null and nothing else.",
    source: "our own control experiment",
    hyperparameters: [
      Hyperparameter(
        "elements", "Number of weights.", .integer(default: 32_768, range: 1_024...4_194_304)),
      Hyperparameter(
        "blocks", "Blocks the weights are cut into.", .integer(default: 8, range: 1...256)),
    ])

  package static let linearTransformer = WorkloadDescriptor(
    name: "linear-transformer",
    summary: "Attention without softmax learns linear regression in context, light or heavy tails.",
    source: "Ahn et al. 2024 (arXiv:2310.01082); section 4.3 of Joo et al. 2026 (arXiv:2602.15322)",
    hyperparameters: [
      Hyperparameter(
        "tails", "Inputs normal (light) or with a gamma-distributed radius (heavy).",
        .choice(default: "heavy", allowed: ["light", "heavy"])),
      Hyperparameter("dimension", "Entries of an input.", .integer(default: 5, range: 1...16)),
      Hyperparameter("examples", "Examples in a prompt.", .integer(default: 20, range: 1...1_024)),
      Hyperparameter("layers", "Attention layers.", .integer(default: 3, range: 1...8)),
      Hyperparameter("batch", "Prompts a step.", .integer(default: 32, range: 1...4_096)),
    ])

  package static let classImbalance = WorkloadDescriptor(
    name: "class-imbalance",
    summary: "Linear softmax where half the classes are seen once; nobody has tried Magma on it.",
    source: "Kunstner et al. 2024 (arXiv:2402.19449)",
    lossUnit: .nats, lossCaption: "loss, nats per sample",
    hyperparameters: [
      Hyperparameter(
        "groups", "Groups of equally many samples, twice the classes each.",
        .integer(default: 7, range: 1...11)),
      Hyperparameter(
        "dimension", "Entries of an input; more make the labels easier to learn by heart.",
        .integer(default: 128, range: 1...4_096)),
      Hyperparameter(
        "batch", "Samples a step; as many as there are, or more, is the full batch.",
        .integer(default: 128, range: 1...1_048_576)),
    ])
}
