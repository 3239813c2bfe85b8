import Dispatch
import EventStream
import Foundation
import HostSystem
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The owner file of this process: made by nobody else, beaten from a thread of its own.
///
/// A beat overwrites the record where it lies, in one write of the same length that a checksum
/// guards: that needs no room on a full disk, and a reader who meets half of it reads again.
package final class OwnerFile: Sendable {
  package static let defaultBeat = Duration.seconds(10)
  /// A record is padded to multiples of this, so that one with longer details seldom moves the end.
  private static let unit = 512
  private static let largest = 1 << 16

  private let path: String
  private let file: Int32
  private let contents: Locked<Contents>
  private let call = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)

  private struct Contents: Sendable {
    var record: OwnerRecord
    var length = 0
    var failure: RunError?
  }

  /// Makes the file and beats until `end`; nil when somebody else has a file of this name.
  ///
  /// - Parameter onBeat: called on the beating thread after each beat.
  package static func create(
    at path: String, _ record: OwnerRecord = .current, every interval: Duration = defaultBeat,
    onBeat: @escaping @Sendable () -> Void = {}
  ) throws(RunError) -> OwnerFile? {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    // Networks of file systems report other errors for a name that is taken: opening it decides.
    if file < 0, exists(path) { return nil }
    guard file >= 0 else { throw FileError.last("write", path) }
    let owner = OwnerFile(path: path, file: file, record: record)
    owner.beat()
    if let failure = owner.failure {
      unlink(path)
      throw failure
    }
    try BackgroundThread.start("owner") { owner.run(interval, onBeat) }
    return owner
  }

  private init(path: String, file: Int32, record: OwnerRecord) {
    (self.path, self.file) = (path, file)
    contents = Locked(Contents(record: record))
  }

  deinit { close(file) }

  /// What the file says at the latest beat.
  package var record: OwnerRecord { contents.withLock(\.record) }
  /// Why the latest beat could not be written, if it could not.
  package var failure: RunError? { contents.withLock(\.failure) }

  /// Puts `details` into the file, now.
  package func describe(_ details: String) {
    contents.withLock { $0.record.details = details }
    call.signal()
  }

  /// Writes the last beat and ends the thread; waits for it, but not for a disk that hangs.
  package func end() {
    contents.withLock { $0.record.ended = true }
    call.signal()
    if finished.wait(timeout: .now() + .seconds(2)) == .success { finished.signal() }
  }

  /// Whether there is a file to open; what `stat` says may be old where a network is between.
  static func exists(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if file >= 0 { close(file) }
    return file >= 0
  }

  // MARK: The beating thread

  private func run(_ interval: Duration, _ onBeat: @Sendable () -> Void) {
    defer { finished.signal() }
    while true {
      _ = call.wait(timeout: .now() + interval.dispatchInterval)
      let isLast = record.ended
      beat()
      onBeat()
      if isLast { return }
    }
  }

  /// Counts and writes; no lock is held while the disk works.
  private func beat() {
    let (record, length) = contents.withLock { contents in
      contents.record.counter += 1
      return (contents.record, contents.length)
    }
    var failure: RunError?
    var bytes: [UInt8] = []
    do throws(RunError) {
      bytes = try Self.encode(record, atLeast: length)
      guard pwrite(file, bytes, bytes.count, 0) == bytes.count, fdatasync(file) == 0 else {
        throw FileError.last("write", path)
      }
    } catch {
      failure = error
    }
    contents.withLock { [failure, count = bytes.count] contents in
      contents.failure = failure
      contents.length = max(contents.length, count)
    }
  }

  // MARK: The format

  private static let opening = #"{"owner":"#
  private static let middle = #","check":""#

  /// `{"owner":{...},"check":"<CRC-32C of the owner's text>"}`, padded with blanks.
  static func encode(_ record: OwnerRecord, atLeast length: Int) throws(RunError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let owner: [UInt8]
    do {
      owner = Array(try encoder.encode(record))
    } catch {
      throw .unexpected("the owner's record cannot be written: \(error)")
    }
    let check = String(CRC32C.checksum(owner), radix: 16)
    var bytes = Array(opening.utf8) + owner + Array((middle + check + "\"}").utf8)
    let padded = max(length, (bytes.count + unit) / unit * unit)
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: padded - bytes.count - 1)
    return bytes + [UInt8(ascii: "\n")]
  }

  private static let kind = ForeignFile.Kind(limit: largest, remedy: "it is no owner's record")

  /// The record in a file; nil when there is none, or none that is whole.
  package static func read(_ path: String) -> OwnerRecord? {
    for _ in 0..<5 {
      guard let bytes = try? ForeignFile.read(path, as: kind) else { return nil }
      if let record = decode(bytes) { return record }
    }
    return nil
  }

  static func decode(_ bytes: [UInt8]) -> OwnerRecord? {
    let middle = Array(Self.middle.utf8)
    guard bytes.starts(with: opening.utf8),
      let end = bytes.indices.last(where: { bytes[$0...].starts(with: middle) })
    else { return nil }
    let owner = bytes[opening.utf8.count..<end]
    let check = bytes[(end + middle.count)...].prefix { $0 != UInt8(ascii: "\"") }
    guard check.endIndex < bytes.endIndex,
      UInt32(String(decoding: check, as: UTF8.self), radix: 16) == CRC32C.checksum(owner)
    else { return nil }
    return try? JSONDecoder().decode(OwnerRecord.self, from: Data(owner))
  }
}

extension Duration {
  var dispatchInterval: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    return .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
  }
}
