import Charts
import Export
import RunModel
import Statistics

/// What a paper's appendix tells besides the verdicts: every seed's result, how it was done, where, what it
/// cost, and how to cite it.
package struct ReportAppendix: Sendable {
  /// A claim of the ledger that these arms speak to.
  package struct Claim: Sendable {
    package var id: String
    package var text: String
    package var by: String
    package var limit: String
    /// Sentences of this report's verdicts, where its arms are those of the claim.
    package var own: [String]

    package init(id: String, text: String, by: String, limit: String, own: [String]) {
      (self.id, self.text, self.by, self.limit, self.own) = (id, text, by, limit, own)
    }
  }

  package var methods: String
  package var perSeed: SummaryTable
  /// One line a machine: host, processor, cells.
  package var machines: [String] = []
  package var claims: [Claim] = []
  /// The tables of the page, for a paper and for a README.
  package var tables: [SummaryTable] = []
}

extension ReportAppendix {
  /// What runs show.
  init(_ experiment: Experiment, _ run: RunConfiguration) {
    methods = Methods(experiment, run, plan: nil).text
    perSeed = Self.perSeed(experiment.arms)
  }

  /// What a sweep shows.
  init(_ findings: SweepFindings, _ experiment: Experiment) {
    methods = Methods(experiment, findings.plan.configuration, plan: findings.plan).text
    perSeed = Self.perSeed(experiment.arms)
    let places = findings.times.map {
      "\($0.host ?? "host not recorded"), \($0.cpu ?? "processor not recorded")"
    }
    machines = places.uniqued.sorted().map { place in
      "\(place): \(NumberText.count(places.count { $0 == place }, "cell"))"
    }
  }

  /// Final losses, a row a seed and a column an arm.
  private static func perSeed(_ arms: [JudgedArm]) -> SummaryTable {
    let seeds = arms.flatMap { $0.runs.map(\.seed) }.uniqued.sorted()
    let rows = seeds.map { seed in
      [String(seed)]
        + arms.map { arm in
          guard let run = arm.runs.first(where: { $0.seed == seed }) else { return "-" }
          return run.finalLoss.map { NumberFormat.fixed($0, decimals: 4) } ?? "diverged"
        }
    }
    return SummaryTable(
      caption: "Final loss of every seed",
      columns: [.init("seed")] + arms.map { .init($0.lane.name) }, rows: rows)
  }

  /// How to cite the program and what it stands on, for BibTeX.
  package static func bibliography(version: String) -> String {
    """
    @software{magmascope,
      title = {magmascope: masked optimizer updates, side by side},
      version = {\(version)}, year = {2026}}
    @article{joo2026magma,
      title = {On Surprising Effectiveness of Masking Updates in Adaptive Optimizers},
      author = {Joo and Xia and Kim and Zhang and Ie}, year = {2026},
      eprint = {2602.15322}, archivePrefix = {arXiv}}
    @article{holm1979,
      title = {A Simple Sequentially Rejective Multiple Test Procedure}, author = {Holm, Sture},
      journal = {Scandinavian Journal of Statistics}, volume = {6}, pages = {65--70}, year = {1979}}
    @inproceedings{agarwal2021,
      title = {Deep Reinforcement Learning at the Edge of the Statistical Precipice},
      author = {Agarwal and Schwarzer and Castro and Courville and Bellemare},
      booktitle = {NeurIPS}, year = {2021}}

    """
  }
}

/// The paragraph on methods, written from the configuration alone.
private struct Methods {
  let experiment: Experiment
  let run: RunConfiguration
  let plan: SweepPlan?

  init(_ experiment: Experiment, _ run: RunConfiguration, plan: SweepPlan?) {
    (self.experiment, self.run, self.plan) = (experiment, run, plan)
  }

  var text: String {
    [training, search, judge].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var training: String {
    let names = experiment.arms.map(\.lane.name).joined(separator: ", ")
    return "Arms: \(names). \(model) \(data) Each run took \(run.steps) steps, with \(schedule), "
      + "\(run.clip.map { "gradients clipped to norm \(compactDecimal($0))" } ?? "no clipping"), "
      + "evaluated every \(run.evaluationInterval) steps. Within a seed all arms share initial weights, "
      + "batches and coins."
  }

  private var model: String {
    guard run.descriptor.isLanguage else { return "Workload: \(run.workload) (\(settings))." }
    let model = run.model
    return "Model: \(model.architecture.rawValue), \(model.layers) layers, width \(model.width), "
      + "\(model.heads) heads, feed-forward width \(model.ffn), context \(model.context), "
      + "\(model.batch) sequences a step, \(model.head.rawValue) head."
  }

  private var settings: String {
    let texts = run.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return texts.isEmpty ? "no settings" : texts.joined(separator: ", ")
  }

  private var data: String {
    let print = plan?.textPrint.map { " (size and fingerprint \($0))" } ?? ""
    return "Data: \(experiment.setting.data)\(print)."
  }

  private var schedule: String {
    let warmup = run.schedule.warmupSteps(of: run.steps)
    let floor = run.schedule.floor > 0 ? " to \(NumberText.percent(run.schedule.floor))" : ""
    let kind = run.schedule.kind == .cosine ? "cosine decay\(floor)" : "a constant rate"
    return "\(kind) after \(NumberText.count(warmup, "step")) of warm-up"
  }

  private var search: String {
    guard let plan else { return "Nothing was tuned." }
    let grids = plan.axes.map(\.words).joined(separator: ", ")
    let seeds = plan.tuningSeeds
    let extending =
      plan.extensionLimit.map {
        " An arm whose best lay at the edge was given up to \(NumberText.count($0, "point")) outward, as "
          + "declared beforehand."
      } ?? ""
    return
      "Every arm was tuned on \(plan.pointCount) points (\(grids)) with seeds \(range(seeds)), "
      + "\(plan.pointCount * seeds.count) runs an arm, by median final loss.\(extending) Each arm at its "
      + "best was then judged on fresh seeds \(range(plan.judgingSeeds)), and repeated once on the first."
  }

  private func range(_ seeds: [UInt64]) -> String {
    guard let first = seeds.first, let last = seeds.last else { return "none" }
    return first == last ? "\(first)" : "\(first) to \(last)"
  }

  private var judge: String {
    "Verdicts: differences are paired by seed; better or worse needs a 95 % paired-t interval that "
      + "excludes 0 by more than the practical margin, and an exact sign-flip p below .05 after Holm over "
      + "all comparisons, on at least \(Outcome.minimumSeeds) seeds, decided once at the declared budget."
  }
}
