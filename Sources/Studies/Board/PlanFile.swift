import Foundation
import RunModel

/// Which program wrote a plan: recorded and shown, never compared.
package struct SweepProgram: Codable, Sendable, Equatable {
  package var version: String
  package var commit: String
  package var cpu: String

  package init(version: String, commit: String, cpu: String) {
    (self.version, self.commit, self.cpu) = (version, commit, cpu)
  }
}

/// `sweep.yaml` as it lies on the disk: the plan with its hash and the program that wrote it.
private struct PlanFile: Codable {
  private enum CodingKeys: String, CodingKey {
    case planHash, program
  }

  var plan: SweepPlan
  var program: SweepProgram?

  init(_ plan: SweepPlan, _ program: SweepProgram?) { (self.plan, self.program) = (plan, program) }

  init(from decoder: any Decoder) throws {
    plan = try SweepPlan(from: decoder)
    program = try decoder.container(keyedBy: CodingKeys.self)
      .decodeIfPresent(SweepProgram.self, forKey: .program)
  }

  func encode(to encoder: any Encoder) throws {
    try plan.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(plan.hash, forKey: .planHash)
    try container.encodeIfPresent(program, forKey: .program)
  }
}

extension SweepPlan {
  /// A fingerprint of what is declared, the same on every machine.
  package var hash: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = (try? encoder.encode(declared)) ?? Data()
    let value = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return String(value, radix: 16)
  }
}

extension SweepPlan {
  /// The plan with the arms of `stored` where it differs from them only by controls at the end.
  fileprivate func withoutAddedControls(_ stored: SweepPlan) -> SweepPlan {
    var plan = self
    let added = plan.configuration.arms.dropFirst(stored.configuration.arms.count)
    if added.allSatisfy(\.isMatched) { plan.configuration.arms.removeLast(added.count) }
    return plan
  }
}

/// Whether a process began a sweep or joined one.
package enum SweepBeginning: Sendable, Equatable {
  case begun
  /// The plan that was there already.
  case joined(SweepPlan)
}

extension BoardFolder {
  /// The plan of the directory; nil when there is none.
  ///
  /// - Throws: `RunError`: .input for a plan that cannot be read, .newer for one of a later program.
  package func readPlan() throws(RunError) -> SweepPlan? {
    let path = path(Self.planName)
    guard let data = read(path) else { return nil }
    struct Form: Decodable { var format: Int? }
    let form = (try? JSONDecoder().decode(Form.self, from: data))?.format ?? 1
    guard form <= SweepPlan.newestFormat else {
      throw .newerFormat(form, known: SweepPlan.newestFormat, place: path)
    }
    for text in [data, Self.completed(data)] {
      if let plan = try? JSONDecoder().decode(PlanFile.self, from: text).plan { return plan }
    }
    throw RunError(
      .input, "the plan cannot be read", place: path,
      remedy: "it is not meant to be edited; start the sweep anew")
  }

  /// The text with the defaults of what its configuration does not name, because the program that wrote it
  /// did not know it.
  private static func completed(_ data: Data) -> Data {
    guard var plan = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      var configuration = plan["configuration"] as? [String: Any],
      let encoded = try? JSONEncoder().encode(RunConfiguration(title: "", arms: [])),
      let defaults = try? JSONSerialization.jsonObject(with: encoded) as? [String: Any]
    else { return data }
    func complete(_ known: [String: Any], by defaults: Any?) -> [String: Any] {
      known.merging(defaults as? [String: Any] ?? [:]) { own, _ in own }
    }
    configuration = complete(configuration, by: defaults)
    for part in ["model", "schedule"] {
      configuration[part] = (configuration[part] as? [String: Any]).map {
        complete($0, by: defaults[part])
      }
    }
    plan["configuration"] = configuration
    return (try? JSONSerialization.data(withJSONObject: plan)) ?? data
  }

  /// The program that wrote the plan, where it says so.
  package var program: SweepProgram? {
    read(path(Self.planName)).flatMap {
      (try? JSONDecoder().decode(PlanFile.self, from: $0))?.program
    }
  }

  /// Writes the plan, once and durably, or joins the sweep of the same plan that is there.
  ///
  /// - Throws: `RunError(.usage)` when the directory holds another plan, or something else.
  ///
  /// - Parameter complete: gives a plan that was read the checks and defaults of one that is declared.
  package func begin(
    _ plan: SweepPlan, configurationText: String, program: SweepProgram? = nil,
    complete: (SweepPlan) throws(RunError) -> SweepPlan = { plan throws(RunError) in plan }
  ) throws -> SweepBeginning {
    if let stored = try readPlan() { return .joined(try joinable(plan, complete(stored))) }
    try checkFree()
    try makeDirectory()
    let owner = "\(ProcessInfo.processInfo.processIdentifier)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(PlanFile(plan.declared, program)), as: UTF8.self)
    let aside = try writeAside(
      text + "\n", for: path(Self.planName), owner: owner, FaultPoint.planWrite)
    let answer = try place(aside, at: path(Self.planName), FaultPoint.planLink)
    if case .wasThere = answer {
      guard let stored = try readPlan() else {
        throw fileError("read", path(Self.planName))
      }
      return .joined(try joinable(plan, complete(stored)))
    }
    try replace(
      path(Self.configurationName), with: configurationText, owner: owner, write: .planWrite)
    return .begun
  }

  /// The stored plan, when a process of `plan` may work on it.
  private func joinable(
    _ plan: SweepPlan, _ stored: SweepPlan
  ) throws(RunError) -> SweepPlan {
    guard let difference = plan.difference(from: stored) else { return stored }
    // The first round added no controls: the same flags meant the plan without them.
    if stored.format == nil, plan.withoutAddedControls(stored).difference(from: stored) == nil {
      return stored
    }
    throw RunError(
      .usage, "holds a sweep of another \(difference)", place: directory.path,
      remedy: "give another --out, or magmascope sweep work \(directory.path)")
  }

  private func checkFree() throws(RunError) {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path),
      let foreign = names.first(where: { !$0.hasPrefix("." + Self.planName) })
    else { return }
    throw RunError(
      .usage, "the directory is not empty: it holds \(foreign)", place: directory.path,
      remedy: "give another --out")
  }

  private func makeDirectory() throws(RunError) {
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw RunError(
        .failure, "cannot make the directory (\(error.localizedDescription))",
        place: directory.path, remedy: "check the path and the permissions")
    }
  }
}
