import EventStream
import Foundation
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The right to write a run directory, held by one process at a time.
///
/// Owners count: the first writes `owners/1`, who takes the run over from a dead one `owners/2`, and
/// so on. A file is made by exactly one process, none is ever removed or renamed, so there is no
/// stale lock to break; the highest counts. A process that slept and wakes to a higher one has lost
/// the run. Where the file system locks, its lock is held too.
package final class RunOwnership: Sendable {
  private let owner: OwnerFile
  private let lock: Int32
  private let lost: Locked<Bool>

  private init(owner: OwnerFile, lock: Int32, lost: Locked<Bool>) {
    (self.owner, self.lock, self.lost) = (owner, lock, lost)
  }

  deinit {
    owner.end()
    if lock >= 0 { close(lock) }
  }

  /// Whether another process took the run over, because this one did not beat for too long.
  package var isLost: Bool { lost.withLock(\.self) }

  /// What the owner's file says.
  package var record: OwnerRecord { owner.record }

  /// Writes the last beat; the run is free.
  package func end() { owner.end() }

  /// How taking over is done; tests put their own clock and processes in.
  package struct Terms: Sendable {
    /// How long a silent owner is waited for.
    package var stale = OwnerJudge.defaultStale
    package var beat = OwnerFile.defaultBeat
    package var record: OwnerRecord = .current
    package var processes = ProcessTable.system
    package var clock: @Sendable () -> Duration = monotonicTime
    package var pause: @Sendable () -> Void = { usleep(200_000) }
    /// Told once, when an owner that cannot be seen is waited for.
    package var onWait: @Sendable (String) -> Void = { _ in }

    package init() {}
  }

  /// Takes the run, waiting for an owner that may be dead until that is certain.
  ///
  /// - Throws: `RunError` (.failure), at once, when a living process has it: the message names its
  ///   host and pid.
  package static func take(
    _ directory: String, _ terms: Terms = Terms()
  ) throws(RunError) -> RunOwnership {
    try RunDirectory.makeDirectory(directory + "/owners")
    let lock = takeLock(directory)
    do throws(RunError) {
      var hasTold = false
      while true {
        let generation = newestGeneration(directory)
        if generation > 0 {
          try awaitEnd(of: generation, directory, terms, &hasTold)
        }
        if let owned = try become(generation + 1, directory, lock, terms) { return owned }
      }
    } catch {
      if lock >= 0 { close(lock) }
      throw error
    }
  }

  /// How the owner of a run stands, by one look; nil when the run never had one (a run of the first
  /// format, or one that is only being made).
  package static func standing(
    of directory: String, processes: ProcessTable = .system
  ) -> OwnerStanding? {
    let generation = newestGeneration(directory)
    guard generation > 0 else { return nil }
    var watch = OwnerWatch(path(generation, directory), processes: processes)
    return watch.look()
  }

  // MARK: Generations

  private static func path(_ generation: Int, _ directory: String) -> String {
    "\(directory)/owners/\(generation)"
  }

  /// The highest generation. A listing may be old where a network is between, so it is only where
  /// the search begins; opening decides.
  private static func newestGeneration(_ directory: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory + "/owners")) ?? []
    var newest = names.compactMap { Int($0) }.filter { 1..<1_000_000 ~= $0 }.max() ?? 0
    while OwnerFile.exists(path(newest + 1, directory)) { newest += 1 }
    return newest
  }

  /// Returns when the owner is dead; throws when it lives.
  private static func awaitEnd(
    of generation: Int, _ directory: String, _ terms: Terms, _ hasTold: inout Bool
  ) throws(RunError) {
    var watch = OwnerWatch(
      path(generation, directory), stale: terms.stale, processes: terms.processes,
      clock: terms.clock)
    while true {
      switch watch.look() {
      case .dead: return
      case .alive(let owner): throw .owned(directory, by: owner)
      case .unconfirmed(let owner):
        if !hasTold {
          terms.onWait(
            "\(directory): waiting to see whether \(owner?.place ?? "its owner") still writes it")
        }
        hasTold = true
        terms.pause()
      }
    }
  }

  private static func become(
    _ generation: Int, _ directory: String, _ lock: Int32, _ terms: Terms
  ) throws(RunError) -> RunOwnership? {
    let lost = Locked(false)
    let next = path(generation + 1, directory)
    let owner = try OwnerFile.create(
      at: path(generation, directory), terms.record, every: terms.beat,
      onBeat: { if OwnerFile.exists(next) { lost.withLock { $0 = true } } })
    return owner.map { RunOwnership(owner: $0, lock: lock, lost: lost) }
  }

  /// -1 where the file system has no locks, or another process holds this one: a stopped process
  /// holds its lock for ever, so that the owner's file decides.
  private static func takeLock(_ directory: String) -> Int32 {
    let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return -1 }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
    close(file)
    return -1
  }
}
