import EventStream
import Foundation

/// Places at which a test can have this program killed or refused by its file system.
///
/// `MAGMASCOPE_FAULT=claim.made:kill` kills the process the first time it gets there,
/// `publish.link@3:EPERM` lets the third such call fail with that error, `cell.write@1+:ENOSPC` that and
/// every later one. Without the variable a place costs one comparison.
package enum FaultPoint: String, Sendable, CaseIterable {
  case planWrite = "plan.write"
  case planLink = "plan.link"
  case claimMake = "claim.make"
  case claimMade = "claim.made"
  case claimWritten = "claim.written"
  case cellWrite = "cell.write"
  case cellSynced = "cell.synced"
  case cellLink = "cell.link"
  case cellLinked = "cell.linked"
  case timesWrite = "times.write"
  case partialWrite = "partial.write"
  case partialRename = "partial.rename"
  case gatherWrite = "gather.write"
  case gatherRename = "gather.rename"

  package static let variable = "MAGMASCOPE_FAULT"

  private struct Plan: Sendable {
    var point: FaultPoint
    var first: Int
    var isLasting: Bool
    /// Nil: the process is killed.
    var error: Int32?
    var passed = 0
  }

  private static let plan = Locked(
    ProcessInfo.processInfo.environment[variable].flatMap(Self.parse))

  /// Passes the place: returns the error that the call is to fail with, 0 for none.
  func error() -> Int32 {
    Self.plan.withLock { plan in
      guard plan?.point == self else { return 0 }
      plan?.passed += 1
      guard let now = plan, now.passed == now.first || (now.isLasting && now.passed > now.first)
      else { return 0 }
      guard let error = now.error else {
        kill(getpid(), SIGKILL)
        return EIO
      }
      return error
    }
  }

  private static func parse(_ text: String) -> Plan? {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 2 else { return nil }
    let place = parts[0].split(separator: "@").map(String.init)
    guard let point = FaultPoint(rawValue: place[0]) else { return nil }
    let count = place.count > 1 ? place[1] : "1"
    let errors = [
      "ENOSPC": ENOSPC, "EACCES": EACCES, "EROFS": EROFS, "EPERM": EPERM, "EIO": EIO,
      "ENOTSUP": ENOTSUP,
    ]
    return Plan(
      point: point, first: Int(count.filter(\.isNumber)) ?? 1, isLasting: count.hasSuffix("+"),
      error: errors[parts[1]])
  }
}
