import RunModel
import TensorKernels
import Testing
import Workloads

/// The decoder's own promises: gradients, determinism, ragged batches, memory.
@Suite struct TransformerTests {
  struct Problem {
    var configuration: TransformerConfiguration
    var parameters: [Float]
    var inputs: [Int32]
    var targets: [Int32]
    var batch: Int
    var length: Int

    init(
      _ architecture: ModelConfiguration.Architecture = .llama,
      head: ModelConfiguration.Head = .untied,
      batch: Int = 3, length: Int = 10, softcap: Float = 0
    ) {
      var model = ModelConfiguration(size: .nano)
      (model.layers, model.width, model.heads, model.ffn) = (2, 24, 2, 20)
      (model.context, model.batch, model.architecture, model.head) = (12, 4, architecture, head)
      configuration = TransformerConfiguration(model, vocabulary: 19)
      configuration.attentionSoftcap = softcap
      configuration.finalSoftcap = softcap
      (self.batch, self.length) = (batch, length)
      var stream = RandomStream(seed: 7, purpose: .probes)
      parameters = configuration.layout.entries.flatMap { entry in
        entry.range.map { _ in Float((entry.role == .norm ? 1 : 0) + 0.3 * stream.normal()) }
      }
      inputs = (0..<batch * length).map { _ in Int32(stream.integer(below: 19)) }
      targets = (0..<batch * length).map { _ in Int32(stream.integer(below: 19)) }
    }

    func inBF16() -> Problem {
      var problem = self
      problem.configuration.model.precision = .bf16
      return problem
    }

    func evaluation(threads: Int = 1, level: KernelLevel = .current) -> Evaluation {
      Evaluation(
        Transformer(configuration, threads: threads, level: level), parameters: parameters,
        inputs: inputs, targets: targets, batch: batch, length: length)
    }

    func loss(_ transformer: Transformer, _ parameters: [Float]) -> Double {
      transformer.loss(
        parameters: parameters.span, inputs: inputs.span, targets: targets.span, batch: batch,
        length: length)
    }
  }

  /// Along each block's own gradient, where the derivative is the gradient's norm.
  @Test(arguments: ModelConfiguration.Architecture.allCases, KernelLevel.available)
  func gradientsAreTheSlopesOfTheLoss(
    _ architecture: ModelConfiguration.Architecture, _ level: KernelLevel
  ) {
    for head in ModelConfiguration.Head.allCases where architecture == .llama || head == .tied {
      let problem = Problem(architecture, head: head, softcap: architecture == .gemma ? 5 : 0)
      let transformer = Transformer(problem.configuration, threads: 1, level: level)
      let gradients = problem.evaluation(level: level).gradients
      for entry in transformer.layout.entries {
        let squares = gradients[entry.range].reduce(0) { $0 + Double($1) * Double($1) }
        let norm = squares.squareRoot()
        let reach = 0.01 / norm * min(norm, 1)
        func moved(_ sign: Double) -> Double {
          var parameters = problem.parameters
          for i in entry.range { parameters[i] += Float(sign * reach * Double(gradients[i])) }
          return problem.loss(transformer, parameters)
        }
        let slope = (moved(1) - moved(-1)) / (2 * reach)
        #expect(abs(slope / squares - 1) < 0.02, "\(entry.name): \(slope) against \(squares)")
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5], KernelLevel.available)
  func oneAndTwoThreadsGiveTheSameBits(_ batch: Int, _ level: KernelLevel) {
    for problem in [Problem(batch: batch), Problem(batch: batch).inBF16()] {
      let one = problem.evaluation(threads: 1, level: level)
      #expect(one == problem.evaluation(threads: 2, level: level))
      #expect(one == problem.evaluation(threads: 1, level: level))
      #expect(one.loss.isFinite && !one.gradients.contains { !$0.isFinite })
    }
  }

  @Test func aModelInBF16CanComputeInFloat32AndComesBack() {
    let problem = Problem().inBF16()
    let transformer = Transformer(problem.configuration, threads: 1)
    func evaluation() -> Evaluation {
      Evaluation(
        transformer, parameters: problem.parameters, inputs: problem.inputs,
        targets: problem.targets, batch: problem.batch, length: problem.length)
    }
    #expect(transformer.computing(in: .fp32) { evaluation() } == Problem().evaluation())
    #expect(evaluation() == problem.evaluation())
  }

  @Test(arguments: ModelSize.allCases)
  func everySizeStartsNearTheUniformLossOnOneOrTwoThreads(_ size: ModelSize) {
    let model = ModelConfiguration(size: size)
    let configuration = TransformerConfiguration(model, vocabulary: 256)
    var parameters = [Float](repeating: 0, count: configuration.layout.count)
    var span = parameters.mutableSpan
    configuration.initialize(&span, seed: 3)
    var stream = RandomStream(seed: 1, purpose: .batching)
    let tokens = (0..<model.tokensPerStep + 1).map { _ in Int32(stream.integer(below: 256)) }
    let results = [1, 2].map { threads in
      Evaluation(
        Transformer(configuration, threads: threads), parameters: parameters,
        inputs: Array(tokens.dropLast()), targets: Array(tokens.dropFirst()), batch: model.batch,
        length: model.context)
    }
    #expect(results[0] == results[1])
    #expect(abs(results[0].loss - 5.545) < 0.1)
  }

  @Test func lossWithoutGradientIsTheSameLoss() {
    let problem = Problem()
    let transformer = Transformer(problem.configuration, threads: 1)
    #expect(problem.loss(transformer, problem.parameters) == problem.evaluation().loss)
  }

  @Test func aBatchIsTheMeanOfItsSequencesWhateverItsSize() {
    let problem = Problem(batch: 9, length: 7)
    let transformer = Transformer(problem.configuration, threads: 2)
    let whole = problem.loss(transformer, problem.parameters)
    let single = (0..<9).map { row -> Double in
      let range = row * 7..<row * 7 + 7
      let (inputs, targets) = (Array(problem.inputs[range]), Array(problem.targets[range]))
      return transformer.loss(
        parameters: problem.parameters.span, inputs: inputs.span, targets: targets.span, batch: 1,
        length: 7)
    }
    #expect(abs(whole - single.reduce(0, +) / 9) < 1e-6)
  }

  @Test func laterTokensDoNotReachEarlierPredictions() {
    var problem = Problem(batch: 1, length: 10)
    let transformer = Transformer(problem.configuration, threads: 1)
    func prefixLoss() -> Double {
      let (inputs, targets) = (Array(problem.inputs.prefix(6)), Array(problem.targets.prefix(6)))
      return transformer.loss(
        parameters: problem.parameters.span, inputs: inputs.span, targets: targets.span, batch: 1,
        length: 6)
    }
    let before = prefixLoss()
    _ = problem.loss(transformer, problem.parameters)
    problem.inputs[9] = (problem.inputs[9] + 1) % 19
    #expect(prefixLoss() == before)
  }

  @Test func initializationFollowsTheContract() {
    let configuration = TransformerConfiguration(ModelConfiguration(size: .micro), vocabulary: 256)
    var parameters = [Float](repeating: .nan, count: configuration.layout.count)
    var span = parameters.mutableSpan
    configuration.initialize(&span, seed: 5)
    for entry in configuration.layout.entries {
      let values = parameters[entry.range].map(Double.init)
      let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      let isOutput = entry.name.contains("o_proj") || entry.name.contains("down_proj")
      let expected = entry.role == .norm ? 1 : isOutput ? 0.01 : 0.02
      #expect(abs(square.squareRoot() / expected - 1) < 0.06, "\(entry.name)")
    }
    var again = parameters
    var other = again.mutableSpan
    configuration.initialize(&other, seed: 6)
    #expect(again != parameters)
  }

  @Test func aDivergedModelReportsALossThatIsNotANumber() {
    var problem = Problem()
    problem.parameters[problem.parameters.count - 1] = .nan
    #expect(problem.evaluation().loss.isNaN)
  }
}
