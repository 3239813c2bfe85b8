import RunModel

/// Where every named tensor of a model lies in one flat arena.
///
/// At once checkpoint index, block list for masking, and the inspector's table.
package struct TensorLayout: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    package var block: BlockDescriptor
    /// The tensor's elements in the arena, row-major.
    package var range: Range<Int>

    package var name: String { block.name }
    package var shape: [Int] { block.shape }
    package var role: BlockRole { block.role }
    package var isMaskable: Bool { block.isMaskable }

    /// Rows and columns of the tensor seen as a matrix: all but the last dimension are rows.
    package var matrixShape: (rows: Int, columns: Int) {
      guard shape.count > 1, let columns = shape.last, columns > 0 else { return (1, range.count) }
      return (range.count / columns, columns)
    }
  }

  package private(set) var entries: [Entry]

  /// Lays the blocks out one after another, without gaps.
  package init(_ blocks: [BlockDescriptor]) {
    var start = 0
    entries = blocks.map { block in
      defer { start += block.count }
      return Entry(block: block, range: start..<start + block.count)
    }
  }

  /// Number of elements of the whole arena.
  package var count: Int { entries.last?.range.upperBound ?? 0 }

  package var blocks: [BlockDescriptor] { entries.map(\.block) }

  package func index(of name: String) -> Int? { entries.firstIndex { $0.name == name } }

  package func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }
}
