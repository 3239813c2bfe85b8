import RunModel
import TensorKernels

/// A decoder on random windows of a text; validated on fixed windows of its last tenth.
final class LanguageWorkload: Workload {
  let source: LanguageSource
  let transformer: Transformer
  private var batch: TokenBatch

  init(_ source: LanguageSource, threads: Int) {
    self.source = source
    transformer = Transformer(source.configuration, threads: threads)
    batch = TokenBatch(rows: model(source).batch, length: model(source).context)
  }

  var layout: TensorLayout { transformer.layout }

  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    source.initialize(&parameters, seed: seed)
  }

  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch key: BatchKey
  ) -> Double {
    fill(key)
    let batch = batch
    return transformer.lossAndGradient(
      parameters: parameters, gradients: &gradients, inputs: batch.inputs.span,
      targets: batch.targets.span, batch: model(source).batch, length: batch.length)
  }

  func loss(parameters: Span<Float>, batch key: BatchKey) -> Double {
    fill(key)
    return loss(batch, parameters)
  }

  /// Mean loss over all targets of the validation windows.
  func evaluate(parameters: Span<Float>) -> Double { evaluate(parameters, on: source.data) }

  func evaluateBase(parameters: Span<Float>) -> Double? {
    source.base.map { evaluate(parameters, on: $0) }
  }

  func measuring<Result>(_ body: () -> Result) -> Result {
    transformer.computing(in: .fp32, body)
  }

  private func evaluate(_ parameters: Span<Float>, on data: LanguageData) -> Double {
    let windows = data.windows
    var nats = 0.0
    var pending: [Range<Int>] = []
    for window in windows.ranges {
      if let first = pending.first,
        first.count != window.count || pending.count == model(source).batch
      {
        nats += totalLoss(pending, of: data, parameters)
        pending.removeAll(keepingCapacity: true)
      }
      pending.append(window)
    }
    nats += totalLoss(pending, of: data, parameters)
    return nats / Double(windows.targetCount)
  }

  private func fill(_ key: BatchKey) {
    source.data.sampler.forEachStart(key) { row, start in
      batch.setRow(row, to: source.data.training, from: start)
    }
  }

  /// Summed loss of windows of one length.
  private func totalLoss(
    _ windows: [Range<Int>], of data: LanguageData, _ parameters: Span<Float>
  ) -> Double {
    guard let first = windows.first else { return 0 }
    var batch = TokenBatch(rows: windows.count, length: first.count - 1)
    for (row, window) in windows.enumerated() {
      batch.setRow(row, to: data.validation, from: window.lowerBound)
    }
    return loss(batch, parameters) * Double(batch.inputs.count)
  }

  private func loss(_ batch: TokenBatch, _ parameters: Span<Float>) -> Double {
    transformer.loss(
      parameters: parameters, inputs: batch.inputs.span, targets: batch.targets.span,
      batch: batch.inputs.count / batch.length, length: batch.length)
  }
}

private func model(_ source: LanguageSource) -> ModelConfiguration { source.configuration.model }

extension LanguageWorkload {
  /// What the arm has learnt to write; an empty prompt starts from the validation text's first token.
  func sample(
    parameters: Span<Float>, prompt: String, tokens count: Int, temperature: Double, seed: UInt64
  ) -> String? {
    let text = TextSampler(transformer: transformer, tokenizer: source.data.tokenizer).sample(
      parameters: parameters, prompt: prompt, fallback: source.data.validation.first ?? 0,
      tokens: count, temperature: temperature, seed: seed)
    return text.map { String(decoding: $0, as: UTF8.self) }
  }
}
