/// Values on their way from one thread to another: posted one by one, drained whole.
///
/// With a `capacity` the oldest values make way (for a reader that only wants the present);
/// without one nothing is lost.
package final class Mailbox<Element: Sendable>: Sendable {
  private struct Contents: Sendable {
    var elements: [Element] = []
    var dropped = 0
  }

  private let contents: Locked<Contents>
  private let capacity: Int?

  package init(capacity: Int? = nil, reserving reserve: Int = 0) {
    self.capacity = capacity
    var contents = Contents()
    contents.elements.reserveCapacity(capacity ?? reserve)
    self.contents = Locked(contents)
  }

  /// Adds one value; a full bounded mailbox first drops its older half.
  package func post(_ element: Element) {
    contents.withLock { contents in
      if let capacity, contents.elements.count >= capacity {
        let surplus = (capacity + 1) / 2
        contents.elements.removeFirst(surplus)
        contents.dropped += surplus
      }
      contents.elements.append(element)
    }
  }

  /// Takes everything posted so far, in order. `elements` gives its storage in exchange, so that
  /// posting does not allocate in the long run.
  package func drain(into elements: inout [Element]) {
    elements.removeAll(keepingCapacity: true)
    let exchange = elements
    elements = []
    elements = contents.withLock { contents in
      let taken = contents.elements
      contents.elements = exchange
      return taken
    }
  }

  /// How many values were dropped for want of room.
  package var droppedCount: Int { contents.withLock(\.dropped) }
}
