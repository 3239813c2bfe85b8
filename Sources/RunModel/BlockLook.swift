/// One block in one step, looked at: gradient, momentum and displacement averaged into cells.
package struct BlockLook: Sendable, Hashable {
  /// The means of the cells of a matrix, row after row.
  package struct Grid: Sendable, Hashable {
    package let rows, columns: Int
    package let values: [Float]

    /// - Precondition: as many values as cells.
    package init(rows: Int, columns: Int, values: [Float]) {
      precondition(values.count == rows * columns, "a grid of another size than its values")
      (self.rows, self.columns, self.values) = (rows, columns, values)
    }

    /// The same in fewer cells: means of whole cells, every one of them in exactly one.
    ///
    /// O(cells). A grid that is small enough stays as it is.
    package func reduced(rows most: Int, columns widest: Int) -> Grid {
      let (tall, wide) = (min(rows, max(1, most)), min(columns, max(1, widest)))
      guard tall < rows || wide < columns else { return self }
      var sums = [Float](repeating: 0, count: tall * wide)
      var counts = [Float](repeating: 0, count: tall * wide)
      for row in 0..<rows {
        for column in 0..<columns {
          let cell = row * tall / rows * wide + column * wide / columns
          sums[cell] += values[row * columns + column]
          counts[cell] += 1
        }
      }
      return Grid(rows: tall, columns: wide, values: zip(sums, counts).map { $0 / $1 })
    }
  }

  package let arm: ArmID
  package let step: Int
  package let block: Int
  package let gradient: Grid
  /// After the step; nil where the arm keeps and observes none.
  package let momentum: Grid?
  /// What the weights moved by, with the sign of `theta - displacement`.
  package let displacement: Grid
  /// Of every cell, the share of elements whose weight did not move.
  package let still: Grid
  /// Whole rows, whole columns and single elements that did not move.
  package let stillRows, stillColumns, stillElements: Int
  /// The shape of the block as a matrix.
  package let rows, columns: Int

  package init(
    arm: ArmID, step: Int, block: Int, gradient: Grid, momentum: Grid?, displacement: Grid,
    still: Grid, stillRows: Int, stillColumns: Int, stillElements: Int, rows: Int, columns: Int
  ) {
    (self.arm, self.step, self.block) = (arm, step, block)
    (self.gradient, self.momentum, self.displacement) = (gradient, momentum, displacement)
    (self.still, self.stillRows, self.stillColumns) = (still, stillRows, stillColumns)
    (self.stillElements, self.rows, self.columns) = (stillElements, rows, columns)
  }
}

/// Which block of which arm is to be looked at in the steps to come.
package struct BlockWish: Sendable, Hashable {
  package let arm: ArmID
  package let block: Int

  package init(arm: ArmID, block: Int) { (self.arm, self.block) = (arm, block) }
}
