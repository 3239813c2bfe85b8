import Glibc
import Synchronization

/// Wakes the event loop from any thread; wakings not yet noticed become one.
package final class Waker: Sendable {
  let readingEnd: Int32
  private let writingEnd: Int32
  private let isPending = Atomic<Bool>(false)

  package init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      }
    }
    (readingEnd, writingEnd) = (ends[0], ends[1])
  }

  deinit {
    Glibc.close(readingEnd)
    Glibc.close(writingEnd)
  }

  /// Makes the loop call `onWake` soon; cheap when it is going to anyway.
  package func wake() {
    guard !isPending.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var byte: UInt8 = 1
    _ = write(writingEnd, &byte, 1)
  }

  /// Empties the pipe before the news is collected, so that later wakings count anew.
  func acknowledge() {
    drain(readingEnd)
    isPending.store(false, ordering: .releasing)
  }
}

/// Reads everything a non-blocking descriptor holds.
@discardableResult
func drain(_ descriptor: Int32) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    guard count > 0 else { return bytes }
    bytes += chunk[..<count]
  }
}
