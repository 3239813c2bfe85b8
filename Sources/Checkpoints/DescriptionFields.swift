import RunModel

/// The keys of a `config.json`, each taken once; what nobody took in the end is refused by name.
struct DescriptionFields {
  private let fields: JSONObject
  private let place: String
  private var taken: Set<String> = []

  init(_ bytes: [UInt8], place: String) throws(RunError) {
    guard let fields = try JSONValue(bytes, place: place).object else {
      throw CheckpointError.bad(place, "is not a JSON object", "use a checkpoint's config.json")
    }
    (self.fields, self.place) = (fields, place)
  }

  private init(_ fields: JSONObject, place: String) {
    (self.fields, self.place) = (fields, place)
  }

  /// Whether this program wrote it.
  var isOurs: Bool { fields["magmascope_batch"] != nil }

  /// Keys that change nothing the model computes: bookkeeping, token numbers, generation, hints for
  /// Hugging Face's own machinery.
  private static let harmless: Set = [
    "architectures", "torch_dtype", "dtype", "transformers_version", "_name_or_path",
    "use_cache", "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "cls_token_id",
    "decoder_start_token_id", "initializer_range", "id2label", "label2id", "problem_type",
    "task_specific_params", "finetuning_task", "return_dict", "output_hidden_states",
    "output_attentions", "return_dict_in_generate", "output_scores", "is_encoder_decoder",
    "is_decoder", "max_length", "min_length", "temperature", "top_k", "top_p", "typical_p",
    "num_beams", "num_beam_groups", "num_return_sequences", "length_penalty",
    "repetition_penalty", "diversity_penalty", "do_sample", "early_stopping",
    "chunk_size_feed_forward", "_attn_implementation_autoset", "is_llama_config", "auto_map",
    "unsloth_version", "unsloth_fixed", "tokenizer_class", "prefix",
  ]

  /// The JSON value of `key`, taken; null counts as absent.
  private mutating func take(_ key: String) -> JSONValue? {
    taken.insert(key)
    guard let value = fields[key], !value.isNull else { return nil }
    return value
  }

  /// What `setting` is by its own key; nil where the file may leave it to the family.
  mutating func value(of setting: ModelSetting) throws(RunError) -> SettingValue? {
    guard let key = setting.checkpointKey else { return nil }
    switch setting.description.kind {
    case .integer(_, let range):
      if key == "magmascope_batch" { return try batch(key, range) }
      guard key == "max_position_embeddings" else {
        return .number(Double(try integer(key, range)))
      }
      // More positions than this program keeps change nothing up to as many as it keeps.
      let positions = try integer(key, 1...1 << 24)
      return .number(Double(min(max(positions, range.lowerBound), range.upperBound)))
    case .number(_, let range, _):
      guard let value = take(key) else { return absent(key) }
      return .number(try number(key, value, range))
    case .flag:
      guard let value = take(key) else { return nil }
      guard let flag = value.flag else { throw wrong(key, value, "true or false") }
      return .flag(flag)
    case .choice, .pattern: return nil
    }
  }

  private mutating func batch(
    _ key: String, _ range: ClosedRange<Int>
  ) throws(RunError) -> SettingValue {
    .number(fields[key] == nil ? 1 : Double(try integer(key, range)))
  }

  /// What Hugging Face takes for a number that is not there.
  private func absent(_ key: String) -> SettingValue? {
    key == "rms_norm_eps" ? .number(1e-6) : nil
  }

  mutating func integer(_ key: String, _ range: ClosedRange<Int>) throws(RunError) -> Int {
    guard let value = take(key) else {
      throw error("has no whole number '\(key)'", "use a Llama or Gemma config")
    }
    guard let number = value.integer, range.contains(number) else {
      throw wrong(key, value, "a whole number \(range.lowerBound)..\(range.upperBound)")
    }
    return number
  }

  /// Nil where the key is not there.
  mutating func optionalInteger(
    _ key: String, _ range: ClosedRange<Int>, isRequired: Bool = false
  ) throws(RunError) -> Int? {
    if !isRequired, (fields[key] ?? .null).isNull {
      taken.insert(key)
      return nil
    }
    return try integer(key, range)
  }

  /// A number in the range of the setting named `setting`; nil where the key is not there.
  mutating func number(_ key: String, _ setting: String) throws(RunError) -> Double? {
    guard let value = take(key) else { return nil }
    guard case .number(_, let range, _) = ModelSetting.named(setting)?.description.kind else {
      preconditionFailure("'\(setting)' is no number of a model")
    }
    return try number(key, value, range)
  }

  mutating func requiredNumber(_ key: String, _ setting: String) throws(RunError) -> Double {
    if let number = try number(key, setting) { return number }
    throw error("has no '\(key)'", "use a checkpoint's own config.json")
  }

  /// What the word under `key` stands for; nil where the key is not there.
  mutating func choice<Choice>(
    _ key: String, _ known: [String: Choice]
  ) throws(RunError) -> Choice? {
    guard let value = take(key) else { return nil }
    guard let text = value.text, let choice = known[text] else {
      throw wrong(key, value, known.keys.sorted().map { "'\($0)'" }.joined(separator: " or "))
    }
    return choice
  }

  private func number(
    _ key: String, _ value: JSONValue, _ range: ClosedRange<Double>
  ) throws(RunError) -> Double {
    guard let number = value.number, range.contains(number) else {
      let bounds = "\(compactDecimal(range.lowerBound))..\(compactDecimal(range.upperBound))"
      throw wrong(key, value, "a number \(bounds)")
    }
    return number
  }

  mutating func flag(_ key: String, absent: Bool) throws(RunError) -> Bool {
    guard let value = take(key) else { return absent }
    guard let flag = value.flag else { throw wrong(key, value, "true or false") }
    return flag
  }

  mutating func text(_ key: String, absent: String) throws(RunError) -> String {
    guard let value = take(key) else { return absent }
    guard let text = value.text else { throw wrong(key, value, "a text") }
    return text
  }

  /// An object within the object; nil where it is not there or empty.
  mutating func group(_ key: String) throws(RunError) -> DescriptionFields? {
    guard let value = take(key) else { return nil }
    guard let members = value.object else { throw wrong(key, value, "an object") }
    return members.isEmpty ? nil : DescriptionFields(members, place: "\(place): \(key)")
  }

  mutating func refuse(_ key: String, unless wanted: JSONValue, _ why: String) throws(RunError) {
    guard let value = fields[key], value != wanted else { return }
    throw error("sets '\(key)' to \(Self.shown(value))", why)
  }

  /// Refuses every key that was not taken, is not harmless, and is not switched off.
  func refuseTheRest() throws(RunError) {
    for key in fields.keys.sorted() where !taken.contains(key) && !Self.harmless.contains(key) {
      switch (key, fields[key]) {
      case (_, .null?), (_, .flag(false)?), (_, nil): continue
      case ("pretraining_tp", .integer(1)?), ("attention_dropout", .integer(0)?),
        ("attention_dropout", .number(0)?), ("partial_rotary_factor", .integer(1)?),
        ("partial_rotary_factor", .number(1)?):
        continue
      case (_, let value?):
        throw error(
          "sets '\(key)' to \(Self.shown(value)), which is not computed here",
          "only what changes nothing may be left out")
      }
    }
  }

  private func wrong(_ key: String, _ value: JSONValue, _ wanted: String) -> RunError {
    error("has '\(key)' \(Self.shown(value)) where \(wanted) is computed", "use another checkpoint")
  }

  func error(_ what: String, _ remedy: String) -> RunError {
    CheckpointError.bad(place, what, remedy)
  }

  /// A value in a message, cut where it is long.
  private static func shown(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let number): compactDecimal(number)
    case .text(let text): "'\(text.prefix(40))'"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
