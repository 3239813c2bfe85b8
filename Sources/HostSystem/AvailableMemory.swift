import Glibc
import RunModel

/// How much memory can still be taken, asked before anything large is made.
package enum AvailableMemory {
  /// Bytes that can be taken without swapping out others or breaking a limit; nil when the system
  /// does not say.
  ///
  /// The least of what the system has free, what the control group leaves and what the address
  /// space may still grow (`ulimit -v`).
  package static var bytes: Int? {
    [systemBytes, controlGroupBytes, addressSpaceBytes].compactMap { $0 }.min()
  }

  /// Refuses what does not fit, naming both figures.
  ///
  /// - Parameter thing: what needs the memory, as in `this model`.
  package static func check(
    _ needed: Int, for thing: String, place: String, category: RunError.Category = .usage,
    remedy: String = "make it smaller, or free memory"
  ) throws(RunError) {
    // What is small is not worth asking the system about.
    guard needed > 32 << 20, let available = bytes, needed > available else { return }
    throw RunError(
      category, "\(thing) needs \(text(needed)) of memory, \(text(available)) are available",
      place: place, remedy: remedy)
  }

  /// `68.1 GB`, `9.2 MB`, `412 bytes`.
  package static func text(_ bytes: Int) -> String {
    for (name, unit) in [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000)]
    where bytes >= unit {
      let tenths = bytes / (unit / 10)
      return tenths < 1000 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\(tenths / 10) \(name)"
    }
    return bytes >= 10_000 ? "\(bytes / 1000) kB" : "\(bytes) bytes"
  }

  private static var systemBytes: Int? {
    guard let text = systemText("/proc/meminfo") else { return nil }
    let fields = text.split(separator: "\n").reduce(into: [Substring: Int]()) { fields, line in
      let words = line.split(whereSeparator: { $0 == ":" || $0 == " " })
      if words.count >= 2 { fields[words[0]] = Int(words[1]) }
    }
    return fields["MemAvailable"].map { ($0 + (fields["SwapFree"] ?? 0)) * 1024 }
  }

  /// The least headroom of this process's group and of all above it.
  private static var controlGroupBytes: Int? {
    guard
      let entry = systemText("/proc/self/cgroup")?.split(separator: "\n")
        .first(where: { $0.hasPrefix("0::") })
    else { return nil }
    var path = Substring("/sys/fs/cgroup") + entry.dropFirst(3)
    var least: Int?
    while path.utf8.count >= "/sys/fs/cgroup".utf8.count {
      if let limit = number(path + "/memory.max"), let used = number(path + "/memory.current") {
        // The page cache of the group can be given back.
        least = min(least ?? .max, max(0, limit - used + cachedBytes(path)))
      }
      guard let slash = path.lastIndex(of: "/") else { break }
      path = path[..<slash]
    }
    return least
  }

  private static func cachedBytes(_ group: Substring) -> Int {
    let lines = systemText(group + "/memory.stat")?.split(separator: "\n") ?? []
    let words = lines.first { $0.hasPrefix("inactive_file ") }?.split(separator: " ")
    return words.flatMap { $0.last.flatMap { Int($0) } } ?? 0
  }

  private static var addressSpaceBytes: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
      let soft = Int(exactly: limit.rlim_cur)
    else { return nil }
    guard
      let pages = systemText("/proc/self/statm")?.split(separator: " ").first.flatMap({
        Int($0)
      })
    else { return nil }
    return max(0, soft - pages * Int(sysconf(Int32(_SC_PAGESIZE))) - threadReserve)
  }

  /// Address space that the stacks and heaps of the threads to come will take.
  private static let threadReserve = 256 << 20

  private static func number(_ path: Substring) -> Int? {
    systemText(path)?.split(separator: "\n").first.flatMap { Int($0) }
  }

  /// A small file of the kernel's.
  private static func systemText(_ path: some StringProtocol) -> String? {
    let file = open(String(path), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
