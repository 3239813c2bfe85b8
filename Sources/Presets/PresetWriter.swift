import RunModel
import Yams

/// Writes a run as a preset that reads back as the same run.
package enum PresetWriter {
  package static func yaml(_ run: RunConfiguration) throws(RunError) -> String {
    do {
      return try Yams.serialize(node: document(run), width: 100, allowUnicode: true)
    } catch {
      throw RunError(
        .failure, "the run cannot be written as YAML: \(error)", place: "run.yaml",
        remedy: "change its title or text")
    }
  }

  private static func document(_ run: RunConfiguration) -> Node {
    var pairs: [(String, Node)] = [("title", text(run.title))]
    if !run.letters.isEmpty { pairs.append(("format", plain(RunConfiguration.format))) }
    if !run.about.isEmpty { pairs.append(("about", text(run.about))) }
    if let sweep = run.tunedBy { pairs.append(("tunedBy", text(sweep))) }
    pairs.append(("workload", text(run.workload)))
    pairs.append(("data", text(run.data.text)))
    if let print = run.textPrint { pairs.append(("textPrint", text(print))) }
    if let from = run.from { pairs.append(("from", text(from))) }
    if run.descriptor.isLanguage { pairs.append(("model", model(run.model))) }
    if !run.settings.isEmpty {
      let sorted = run.settings.sorted { $0.key < $1.key }
      pairs.append(("settings", mapping(sorted.map { ($0.key, text($0.value.description)) })))
    }
    pairs.append(("steps", plain(run.steps)))
    pairs.append(("schedule", schedule(run.schedule)))
    pairs.append(("clip", run.clip.map { plain(compactDecimal($0)) } ?? plain("none")))
    pairs.append(("evalEvery", plain(run.evaluationInterval)))
    pairs.append(("seed", plain(run.seed)))
    pairs.append(("seeds", plain(run.seeds)))
    if let threads = run.threads { pairs.append(("threads", plain(threads))) }
    if run.observes == false { pairs.append(("observe", plain("false"))) }
    pairs.append(("arms", Node.sequence(.init(run.arms.map { text($0.text) }))))
    if !run.letters.isEmpty {
      pairs.append(("letters", Node.sequence(.init(run.letters.map(text)))))
    }
    return mapping(pairs)
  }

  private static func model(_ model: ModelConfiguration) -> Node {
    var pairs: [(String, Node)] = []
    if let size = model.size { pairs.append(("size", plain(size.rawValue))) }
    for setting in ModelSetting.all where setting.isWritten(for: model) {
      pairs.append((setting.key, plain(setting.value(of: model))))
    }
    return mapping(pairs)
  }

  private static func schedule(_ schedule: ScheduleConfiguration) -> Node {
    mapping([
      ("kind", plain(schedule.kind.rawValue)), ("warmup", plain(schedule.warmup.text)),
      ("floor", plain(compactDecimal(schedule.floor))),
    ])
  }

  private static func mapping(_ pairs: [(String, Node)]) -> Node {
    Node.mapping(.init(pairs.map { (plain($0.0), $0.1) }))
  }

  private static func plain(_ value: some CustomStringConvertible) -> Node {
    Node.scalar(.init(value.description, Tag(.implicit), .plain))
  }

  private static func text(_ value: String) -> Node {
    Node.scalar(.init(value, Tag(.implicit), .any))
  }
}

extension RunConfiguration.DataSource {
  /// As presets write it.
  package var text: String {
    switch self {
    case .builtIn: "built-in"
    case .required: "required"
    case .file(let path): path
    }
  }
}

extension ScheduleConfiguration.Warmup {
  /// As presets and `--warmup` write it.
  package var text: String {
    switch self {
    case .steps(let count): "\(count)"
    case .share(let share): compactDecimal(share * 100) + "%"
    }
  }
}
