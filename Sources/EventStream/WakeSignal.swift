import Synchronization

/// Wakes a sleeping reader once, however many values arrive before it looks.
///
/// The reader calls `clear` *before* it drains its mailboxes, so no value is overlooked.
package final class WakeSignal: Sendable {
  private let isPending = Atomic(false)
  private let wake: @Sendable () -> Void

  /// - Parameter wake: what rouses the reader, such as a byte into a pipe; called on any thread.
  package init(_ wake: @escaping @Sendable () -> Void) {
    self.wake = wake
  }

  /// Wakes the reader unless it has been woken already and has not looked yet.
  package func signal() {
    if !isPending.exchange(true, ordering: .acquiringAndReleasing) { wake() }
  }

  /// Says that the reader is about to look: the next signal wakes it again.
  package func clear() {
    isPending.store(false, ordering: .sequentiallyConsistent)
  }
}
