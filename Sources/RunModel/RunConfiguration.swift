/// Everything a run is made from; written as `run.yaml`, itself a preset.
package struct RunConfiguration: Sendable, Codable, Hashable {
  package enum DataSource: Sendable, Codable, Hashable {
    case builtIn
    case file(String)
    /// A text must be given (`--text`); a preset that wants one names no data itself.
    case required
  }

  package var title: String
  /// What to look for, in a paragraph.
  package var about: String
  /// The kept sweep that found each arm's own best rate; nil where nobody says that it is the best.
  package var tunedBy: String?
  /// A name in the workload catalog: `language`, `quadratic`, ...
  package var workload: String
  package var data: DataSource
  package var model: ModelConfiguration
  /// A checkpoint in Hugging Face's layout whose weights and tokens the run starts with; nil: weights
  /// drawn from the seed.
  package var from: String?
  /// Settings of the workload itself (`--set KEY=VALUE`), complete with defaults.
  package var settings: [String: SettingValue]
  package var steps: Int
  package var schedule: ScheduleConfiguration
  /// Largest global gradient norm; nil for no clipping.
  package var clip: Double?
  /// Steps between evaluations; nil for a twentieth of the run.
  package var evaluateEvery: Int?
  /// The first seed; a comparison of n seeds uses `seed ..< seed + n`.
  package var seed: UInt64
  package var seeds: Int
  /// Most threads to compute with; nil for all cores. Results do not depend on it.
  package var threads: Int?
  /// Whether alignment is measured where nothing is masked; nil: it is. The training is the same.
  package var observes: Bool?
  package var arms: [ArmSpecification]
  /// `TextPrint` of the text from a file, once the run has begun; nil for runs of the first round.
  package var textPrint: String?
  /// The letters the arms were given when the run began; empty before that.
  package var letters: [String] = []

  /// The format of run directories; the first had none written down.
  package static let format = 2

  package init(
    title: String, about: String = "", workload: String = "language",
    data: DataSource = .builtIn, model: ModelConfiguration = ModelConfiguration(size: .micro),
    settings: [String: SettingValue] = [:], steps: Int = 800,
    schedule: ScheduleConfiguration = ScheduleConfiguration(), clip: Double? = nil,
    evaluateEvery: Int? = nil, seed: UInt64 = 0, seeds: Int = 1, threads: Int? = nil,
    arms: [ArmSpecification]
  ) {
    self.title = title
    self.about = about
    self.workload = workload
    self.data = data
    self.model = model
    self.settings = settings
    self.steps = steps
    self.schedule = schedule
    self.clip = clip
    self.evaluateEvery = evaluateEvery
    self.seed = seed
    self.seeds = seeds
    self.threads = threads
    self.arms = arms
  }

  /// Whether its text is read from standard input, which nobody can read again.
  package var isOfStandardInput: Bool { data == .file("-") }

  package var evaluationInterval: Int { max(1, evaluateEvery ?? steps / 20) }

  /// Whether step `step` (0 is the start) ends with an evaluation.
  package func evaluates(after step: Int) -> Bool {
    step == 0 || step == steps || step.isMultiple(of: evaluationInterval)
  }

  /// Rates that were found for `other` are the best of nothing else.
  package func claimingNoMore(than other: RunConfiguration) -> RunConfiguration {
    let isSame =
      arms == other.arms && workload == other.workload && model == other.model && data == other.data
      && settings == other.settings && steps == other.steps && schedule == other.schedule
      && clip == other.clip
    var claimed = self
    if !isSame { claimed.tunedBy = nil }
    return claimed
  }

  /// The configuration of a run that begins: its arms' letters are settled.
  ///
  /// What it trains on is known by `textPrint`, which whoever has read the text puts in before.
  package var begun: RunConfiguration {
    var copy = self
    copy.letters = lanes.map(\.letter)
    return copy
  }

  /// The lane letter and unique name of every arm, in order.
  package var lanes: [Lane] { Lane.assign(to: arms, letters: letters) }
}
