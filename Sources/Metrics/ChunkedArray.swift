/// An append-only array whose copies share all but their ends.
///
/// Kept in chunks: a copy that is appended to duplicates one chunk and the list of chunks, not the
/// elements. Appending and reading by place cost O(1). Reading is inlinable, since other modules do it
/// element by element.
package struct ChunkedArray<Element: Sendable>: Sendable {
  @usableFromInline
  var full: [[Element]] = []
  @usableFromInline
  var tail: [Element] = []

  /// Elements of a chunk; what a copy duplicates at most.
  @inlinable
  static var chunkShift: Int { 5 }
  @inlinable
  static var chunkCount: Int { 1 << chunkShift }

  package init() {}

  package init(_ elements: some Sequence<Element>) {
    for element in elements { append(element) }
  }

  package mutating func append(_ element: Element) {
    if tail.count == Self.chunkCount {
      full.append(tail)
      tail = []
      tail.reserveCapacity(Self.chunkCount)
    }
    tail.append(element)
  }

  /// Removes the oldest elements, a chunk at a time, until at most `count` and a chunk are left.
  package mutating func keepNewest(_ count: Int) {
    let surplus = (self.count - count) >> Self.chunkShift
    if surplus > 0 { full.removeFirst(Swift.min(surplus, full.count)) }
  }

  /// Bytes that a copy does not share once both have been appended to.
  package var unsharedBytes: Int {
    Self.chunkCount * MemoryLayout<Element>.stride + 8 * full.count
  }
}

extension ChunkedArray: RandomAccessCollection {
  @inlinable
  package var startIndex: Int { 0 }
  @inlinable
  package var endIndex: Int { full.count << Self.chunkShift + tail.count }

  @inlinable
  package subscript(place: Int) -> Element {
    let chunk = place >> Self.chunkShift
    return chunk < full.count
      ? full[chunk][place & (Self.chunkCount - 1)]
      : tail[place - full.count << Self.chunkShift]
  }
}

extension ChunkedArray: Equatable where Element: Equatable {
  package static func == (one: ChunkedArray, other: ChunkedArray) -> Bool {
    one.elementsEqual(other)
  }
}
