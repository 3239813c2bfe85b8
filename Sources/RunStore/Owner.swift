import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the process that writes a run, or works on a sweep, says about itself in a file: who and
/// where it is, and a counter that moves while it lives.
package struct OwnerRecord: Sendable, Codable, Hashable {
  /// Unlike that of any other owner.
  package var name: String
  package var host: String
  /// The host's boot and process namespace: only within them does `pid` mean anything.
  package var boot: String
  package var pid: Int32
  /// When the process began, in the kernel's ticks; another process of the same pid differs in it.
  package var started: UInt64
  /// Beats so far.
  package var counter = 0
  /// True in the last beat of an owner that left in good order.
  package var ended = false
  /// Whatever the owner wants readers to know, such as what it works on.
  package var details = ""

  package init(name: String, host: String, boot: String, pid: Int32, started: UInt64) {
    (self.name, self.host, self.boot) = (name, host, boot)
    (self.pid, self.started) = (pid, started)
  }

  /// As messages name it: `pid 123 on node7`.
  package var place: String { "pid \(pid) on \(host)" }
}

/// What can be known about the processes of this machine; a value, so that tests have their own.
package struct ProcessTable: Sendable {
  package enum State: Sendable, Hashable {
    case running
    /// Suspended by a signal: it cannot beat, and may go on at any time.
    case stopped
    /// Gone, a zombie, or another process under the same number.
    case gone
    /// Of another boot, machine or namespace, or hidden from this user.
    case unknown
  }

  /// This machine's boot and process namespace.
  package var boot: String
  /// The state of a process of this boot that began at `started`.
  package var state: @Sendable (_ pid: Int32, _ started: UInt64) -> State

  package init(boot: String, state: @escaping @Sendable (Int32, UInt64) -> State) {
    (self.boot, self.state) = (boot, state)
  }

  package func state(of owner: OwnerRecord) -> State {
    owner.boot == boot && !boot.isEmpty ? state(owner.pid, owner.started) : .unknown
  }
}

/// Whether an owner is there, as far as its file and this machine's processes tell.
package enum OwnerStanding: Sendable, Hashable {
  package enum End: Sendable, Hashable {
    /// Its last beat says so.
    case ended
    /// Its process is gone.
    case processGone
    /// Its counter has not moved for as long as the observer waits.
    case silent
  }

  /// It was seen to live: its process runs, or its counter moved.
  case alive(OwnerRecord)
  /// Nothing speaks for it yet, nor long enough against it. `nil`: its file is empty or damaged.
  case unconfirmed(OwnerRecord?)
  case dead(OwnerRecord?, End)

  /// Whether the owner must be left in peace.
  package var isPresent: Bool {
    switch self {
    case .alive, .unconfirmed: true
    case .dead: false
    }
  }

  package var record: OwnerRecord? {
    switch self {
    case .alive(let record): record
    case .unconfirmed(let record), .dead(let record, _): record
    }
  }
}

/// Judges an owner from what is read of its file again and again; holds no file and no clock.
///
/// An owner is dead when its last beat says so, when its process on this boot is gone, or when its
/// counter has not changed for `stale` of the observer's own clock: clocks of two machines are never
/// compared.
package struct OwnerJudge: Sendable {
  package static let defaultStale = Duration.seconds(120)

  private struct Sign: Sendable, Hashable {
    var name: String
    var counter: Int
  }

  private let stale: Duration
  private var lastSign: Sign?
  private var unchangedSince: Duration?
  private var hasMoved = false

  package init(stale: Duration = Self.defaultStale) { self.stale = stale }

  /// - Parameters:
  ///   - record: what the file says now; nil when it is missing, empty or damaged.
  ///   - now: the observer's monotonic clock.
  package mutating func judge(
    _ record: OwnerRecord?, at now: Duration, _ processes: ProcessTable
  ) -> OwnerStanding {
    let sign = record.map { Sign(name: $0.name, counter: $0.counter) }
    if unchangedSince == nil || sign != lastSign {
      hasMoved = unchangedSince != nil && sign != nil
      (lastSign, unchangedSince) = (sign, now)
    }
    let isSilent = now - (unchangedSince ?? now) >= stale
    guard let record else { return isSilent ? .dead(nil, .silent) : .unconfirmed(nil) }
    if record.ended { return .dead(record, .ended) }
    let state = processes.state(of: record)
    if state == .gone { return .dead(record, .processGone) }
    if isSilent { return .dead(record, .silent) }
    return state == .running || hasMoved ? .alive(record) : .unconfirmed(record)
  }
}

/// Watches an owner's file by opening it; takes nothing and changes nothing.
package struct OwnerWatch: Sendable {
  private let path: String
  private let processes: ProcessTable
  private let clock: @Sendable () -> Duration
  private var judge: OwnerJudge

  /// - Parameters:
  ///   - stale: how long a counter may stand still.
  ///   - clock: monotonic, and still while the machine sleeps.
  package init(
    _ path: String, stale: Duration = OwnerJudge.defaultStale,
    processes: ProcessTable = .system, clock: @escaping @Sendable () -> Duration = monotonicTime
  ) {
    (self.path, self.processes, self.clock) = (path, processes, clock)
    judge = OwnerJudge(stale: stale)
  }

  /// Reads the file and judges; its cost is one open and one read.
  package mutating func look() -> OwnerStanding {
    judge.judge(OwnerFile.read(path), at: clock(), processes)
  }
}

private let origin = SuspendingClock.now

/// Time since the process began to ask; stands still while the machine sleeps.
package func monotonicTime() -> Duration { origin.duration(to: SuspendingClock.now) }

extension RunError {
  /// The refusal that a second writer gets.
  package static func owned(_ path: String, by owner: OwnerRecord?) -> RunError {
    RunError(
      .failure, "is being written by " + (owner?.place ?? "another process"), place: path,
      remedy: "wait until it ends, stop that process, or look on with: magmascope watch")
  }
}
