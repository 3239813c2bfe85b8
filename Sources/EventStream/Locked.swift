import Synchronization

/// A value that threads take turns with.
///
/// Never call out of this module while holding the lock.
package final class Locked<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  package init(_ value: Value) {
    mutex = Mutex(value)
  }

  /// Runs `body` with the value to itself.
  @inlinable package func withLock<Result: Sendable>(
    _ body: (inout Value) -> Result
  ) -> Result {
    access { body(&$0) }
  }

  @usableFromInline package func access<Result: Sendable>(
    _ body: (inout Value) -> Result
  ) -> Result {
    mutex.withLock { value in body(&value) }
  }
}
