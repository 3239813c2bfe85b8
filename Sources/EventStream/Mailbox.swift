/// Values on their way from one thread to another: posted one by one, drained whole.
///
/// With a `capacity` the oldest values make way (for a reader that only wants the present);
/// without one nothing is lost. Posting never waits for the reader.
package final class Mailbox<Element: Sendable>: Sendable {
  private struct Contents: Sendable {
    var elements: [Element] = []
    var dropped = 0

    /// Drops the oldest values until `count` more fit; at least half, so that dropping stays rare.
    mutating func makeRoom(for count: Int, capacity: Int) {
      guard elements.count + count > capacity else { return }
      let surplus = min(elements.count, max((capacity + 1) / 2, elements.count + count - capacity))
      elements.removeFirst(surplus)
      dropped += surplus
    }
  }

  private let contents: Locked<Contents>
  private let capacity: Int?

  package init(capacity: Int? = nil, reserving reserve: Int = 0) {
    precondition(capacity.map { $0 > 0 } ?? true, "a mailbox needs room for one value")
    self.capacity = capacity
    var contents = Contents()
    contents.elements.reserveCapacity(capacity ?? reserve)
    self.contents = Locked(contents)
  }

  /// Adds one value; a full bounded mailbox first drops its older half.
  package func post(_ element: Element) {
    contents.withLock { contents in
      if let capacity { contents.makeRoom(for: 1, capacity: capacity) }
      contents.elements.append(element)
    }
  }

  /// Adds several values at the price of one lock; of more than the capacity, the newest.
  package func post(contentsOf elements: [Element]) {
    contents.withLock { contents in
      guard let capacity else { return contents.elements.append(contentsOf: elements) }
      let kept = elements.suffix(capacity)
      contents.makeRoom(for: kept.count, capacity: capacity)
      contents.dropped += elements.count - kept.count
      contents.elements.append(contentsOf: kept)
    }
  }

  /// Takes everything posted so far, in order. `elements` gives its storage in exchange, so that
  /// posting does not allocate in the long run.
  package func drain(into elements: inout [Element]) {
    elements.removeAll(keepingCapacity: true)
    contents.withLock { swap(&$0.elements, &elements) }
  }

  /// How many values were dropped for want of room.
  package var droppedCount: Int { contents.withLock(\.dropped) }
}
