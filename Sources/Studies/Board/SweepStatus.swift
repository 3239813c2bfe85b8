import Foundation
import RunModel
import RunStore

/// How a sweep stands, by listing names and opening what is under way; reads no result.
///
/// As JSON: `cells` {`total`, `done`, `running`, `failed`, `abandoned`}, `phase`, `workers` [{`host`, `pid`,
/// `cell`, `step`, `steps`, `job`}], `secondsLeft`.
package struct SweepStatus: Sendable, Equatable, Encodable {
  package enum Phase: String, Sendable, Encodable {
    case tuning, judging, complete
  }

  package struct Cells: Sendable, Equatable, Encodable {
    /// As far as known: extensions add cells, an arm that diverges everywhere takes some away.
    package var total = 0
    package var done = 0
    /// Held by an owner that lives.
    package var running = 0
    package var failed = 0
    /// Held by an owner that does not: the next worker takes them.
    package var abandoned = 0
  }

  package struct Worker: Sendable, Equatable, Encodable {
    package var name: String
    package var host: String
    package var pid: Int32
    package var cell: String?
    package var step: Int?
    package var steps: Int?
    package var job: String?
  }

  package var cells = Cells()
  package var phase = Phase.tuning
  package var workers: [Worker] = []
  package var secondsLeft: Double?

  package init() {}
}

extension SweepStatus {
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

/// Looks at a sweep again and again; writes nothing, and takes nothing from those who work.
package struct SweepWatch: Sendable {
  package let plan: SweepPlan
  private var reader: BoardReader
  private let tuning: Set<String>
  private let expected: Int
  /// Owners that are known to be gone need not be opened again.
  private var gone: Set<String> = []

  package init(
    _ folder: BoardFolder, plan: SweepPlan, stale: Duration = OwnerJudge.defaultStale
  ) {
    self.plan = plan
    reader = BoardReader(folder, stale: stale)
    tuning = Set(plan.declared.tuningCells.map(\.id))
    expected = plan.expectedCells
  }

  package var folder: BoardFolder { reader.folder }

  package mutating func look() -> SweepStatus {
    var done = reader.done
    let isGathered = folder.exists(folder.path(BoardFolder.cellsName)) && plan.format != nil
    if plan.format == nil { done.formUnion(gatheredIDs) }
    let failed = reader.failed.subtracting(done)
    let holdings = reader.holdings(without: done)
    let living = livingWorkers()
    var status = SweepStatus()
    status.cells.done = done.count
    status.cells.failed = failed.count
    let open = holdings.filter { !failed.contains($0.key) }
    let running = open.filter { holding in holding.value.owner.map { living[$0] != nil } ?? false }
    let unclaimed = living.values.flatMap(\.cells).map(\.id).filter {
      holdings[$0] == nil && !done.contains($0)
    }
    status.cells.running = running.count + unclaimed.count
    status.cells.abandoned = open.count - running.count
    status.phase = phase(done.union(failed), holdings.keys, isGathered)
    let added = done.union(holdings.keys).count { $0.hasPrefix("tuning") && !tuning.contains($0) }
    let isComplete = status.phase == .complete
    status.cells.total = isComplete ? done.count : max(expected + added, done.count)
    status.workers = Self.rows(living, running)
    status.secondsLeft = isComplete ? 0 : secondsLeft(status, done, living)
    return status
  }

  private func phase(
    _ known: Set<String>, _ held: some Sequence<String>, _ isGathered: Bool
  ) -> SweepStatus.Phase {
    if isGathered || known.count >= expected && plan.extensionLimit == nil { return .complete }
    let isJudging =
      known.contains { !$0.hasPrefix("tuning") }
      || held.contains { !$0.hasPrefix("tuning") }
    return isJudging || (plan.extensionLimit == nil && tuning.isSubset(of: known))
      ? .judging : .tuning
  }

  /// Names of a first-round directory's cells: they are known by reading.
  private var gatheredIDs: [String] {
    (try? JSONLinesFile.read(
      CellResult.self, from: folder, BoardFolder.cellsName
    ).map(\.id)) ?? []
  }

  private struct Living {
    var record: OwnerRecord
    var cells: [WorkerDetails.Cell]
    var job: String?
  }

  private mutating func livingWorkers() -> [String: Living] {
    var living: [String: Living] = [:]
    for file in folder.list("workers") where file.hasSuffix(".json") {
      let name = String(file.dropLast(5))
      if gone.contains(name) { continue }
      let standing = reader.standing(of: name)
      guard standing.isPresent, let record = standing.record else {
        if case .dead = standing { gone.insert(name) }
        continue
      }
      let details = WorkerDetails(record.details)
      living[name] = Living(record: record, cells: details?.cells ?? [], job: details?.job)
    }
    return living
  }

  private static func rows(
    _ living: [String: Living], _ running: [String: Board.Holding]
  ) -> [SweepStatus.Worker] {
    living.sorted { $0.key < $1.key }.flatMap { name, worker -> [SweepStatus.Worker] in
      let claimed = running.filter { $0.value.owner == name }.keys
      let ids = Set(claimed).union(claimed.isEmpty ? worker.cells.map(\.id) : []).sorted()
      func row(_ id: String?) -> SweepStatus.Worker {
        let cell = worker.cells.first { $0.id == id }
        return SweepStatus.Worker(
          name: name, host: worker.record.host, pid: worker.record.pid, cell: id, step: cell?.step,
          steps: cell?.steps, job: worker.job)
      }
      return ids.isEmpty ? [row(nil)] : ids.map(row)
    }
  }

  /// From what some of the finished cells took, and how many are under way at once.
  private func secondsLeft(
    _ status: SweepStatus, _ done: Set<String>, _ living: [String: Living]
  ) -> Double? {
    let hands = max(status.cells.running, living.count)
    guard hands > 0, !done.isEmpty else { return nil }
    let ids = done.sorted()
    let stride = max(1, ids.count / 32)
    let seconds = ids.indices.filter { $0 % stride == 0 }.compactMap {
      reader.times(ids[$0])?.wallSeconds
    }
    guard !seconds.isEmpty else { return nil }
    let mean = seconds.reduce(0, +) / Double(seconds.count)
    let underWay = living.values.flatMap(\.cells).reduce(0.0) {
      $0 + Double($1.step) / Double(max(1, $1.steps))
    }
    let left = Double(max(0, status.cells.total - status.cells.done - status.cells.failed))
    return max(0, left - underWay) * mean / Double(hands)
  }
}

extension SweepPlan {
  /// Cells of all phases, as long as no arm diverges everywhere and nothing is extended.
  package var expectedCells: Int {
    let judging = configuration.arms.count * (judgingSeedCount + (judgingSeedCount > 0 ? 1 : 0))
    return configuration.arms.count * pointCount * tuningSeedCount + judging
  }
}
