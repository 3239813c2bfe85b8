import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension OwnerRecord {
  /// This process under a name of its own: host, pid and a few letters.
  package static var current: OwnerRecord {
    let (host, pid) = (Self.hostName, getpid())
    return OwnerRecord(
      name: "\(host)-\(pid)-\(randomLetters(4))", host: host, boot: ProcessTable.currentBoot,
      pid: pid, started: ProcessTable.startTime(of: pid) ?? 0)
  }

  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// `count` letters a-z: names that must not meet by chance.
package func randomLetters(_ count: Int) -> String {
  String((0..<count).compactMap { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() })
}

extension ProcessTable {
  /// The processes of this machine, as the kernel lists them.
  package static let system = ProcessTable(boot: currentBoot) { pid, started in
    guard pid > 0 else { return .gone }
    if kill(pid, 0) != 0, errno == ESRCH { return .gone }
    // What another user may not see in /proc still answers to kill: it is there, and no more is known.
    guard let status = status(of: pid) else { return .unknown }
    if status.started != started { return .gone }
    switch status.letter {
    case "Z", "X": return .gone
    case "T", "t": return .stopped
    case _: return .running
    }
  }

  static func startTime(of pid: Int32) -> UInt64? { status(of: pid)?.started }

  private struct Status {
    var letter: Character
    var started: UInt64
  }

  #if os(Linux)
    static let currentBoot: String = {
      let boot = text("/proc/sys/kernel/random/boot_id").prefix { !$0.isWhitespace }
      var link = [UInt8](repeating: 0, count: 64)
      let length = link.withUnsafeMutableBytes { buffer in
        buffer.withMemoryRebound(to: CChar.self) { text in
          text.baseAddress.map { readlink("/proc/self/ns/pid", $0, text.count) } ?? 0
        }
      }
      return boot + "/" + String(decoding: link.prefix(max(0, length)), as: UTF8.self)
    }()

    /// Fields 3 and 22 of `/proc/<pid>/stat`; the name before them may hold anything, blanks too.
    private static func status(of pid: Int32) -> Status? {
      let stat = text("/proc/\(pid)/stat")
      guard let end = stat.lastIndex(of: ")") else { return nil }
      let fields = stat[stat.index(after: end)...].split(separator: " ")
      guard fields.count > 19, let letter = fields[0].first, let started = UInt64(fields[19]) else {
        return nil
      }
      return Status(letter: letter, started: started)
    }

    private static func text(_ path: String) -> String {
      let file = open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return "" }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let length = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      return String(decoding: bytes.prefix(max(0, length)), as: UTF8.self)
    }
  #else
    static let currentBoot: String = {
      var time = timeval()
      var size = MemoryLayout<timeval>.size
      return sysctlbyname("kern.boottime", &time, &size, nil, 0) == 0 ? "\(time.tv_sec)" : ""
    }()

    private static func status(of pid: Int32) -> Status? {
      var info = proc_bsdinfo()
      let size = Int32(MemoryLayout<proc_bsdinfo>.size)
      guard proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, size) == size else { return nil }
      let letter: Character =
        switch Int32(info.pbi_status) {
        case SZOMB: "Z"
        case SSTOP: "T"
        case _: "R"
        }
      return Status(
        letter: letter, started: info.pbi_start_tvsec * 1_000_000 + info.pbi_start_tvusec)
    }
  #endif
}
