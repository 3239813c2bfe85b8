/// Every so-many-th value of a stream, evenly spaced over all of it, in bounded memory.
///
/// Keeps every `stride`-th value offered; when `capacity` is reached every second one goes and the
/// stride doubles. What it holds depends on the values so far alone, and copies share their past.
package struct ThinnedHistory<Element: Sendable>: Sendable {
  package private(set) var elements = ChunkedArray<Element>()
  package private(set) var stride = 1
  private var offeredCount = 0
  private let capacity: Int

  package init(capacity: Int) {
    precondition(capacity >= 2, "a thinned history needs room for two values")
    self.capacity = capacity
  }

  /// Whether the next value will be kept; building it can be left out otherwise.
  package var wantsNext: Bool { offeredCount.isMultiple(of: stride) }

  /// Offers the next value of the stream.
  package mutating func offer(_ element: @autoclosure () -> Element) {
    defer { offeredCount += 1 }
    guard wantsNext else { return }
    elements.append(element())
    guard elements.count >= capacity else { return }
    stride *= 2
    elements = ChunkedArray(
      elements.indices.lazy.filter { $0.isMultiple(of: 2) }.map { [elements] in elements[$0] })
  }

  package var unsharedBytes: Int { elements.unsharedBytes }
}

extension ThinnedHistory: Equatable where Element: Equatable {}
