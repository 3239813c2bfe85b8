/// A small square matrix in double precision, held in one row-major array.
package struct SmallMatrix: Sendable, Hashable {
  package let size: Int
  package var elements: [Double]

  package init(size: Int) {
    self.size = size
    elements = Array(repeating: 0, count: size * size)
  }

  static func identity(_ size: Int) -> SmallMatrix {
    var matrix = SmallMatrix(size: size)
    for i in 0..<size { matrix[i, i] = 1 }
    return matrix
  }

  package subscript(row: Int, column: Int) -> Double {
    get { elements[row * size + column] }
    set { elements[row * size + column] = newValue }
  }

  var transposed: SmallMatrix {
    var result = SmallMatrix(size: size)
    for i in 0..<size {
      for j in 0..<size { result[j, i] = self[i, j] }
    }
    return result
  }

  package static func * (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
    var result = SmallMatrix(size: a.size)
    let n = a.size
    for i in 0..<n {
      for k in 0..<n {
        let factor = a.elements[i * n + k]
        for j in 0..<n { result.elements[i * n + j] += factor * b.elements[k * n + j] }
      }
    }
    return result
  }

  package static func + (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
    var result = a
    for i in result.elements.indices { result.elements[i] += b.elements[i] }
    return result
  }

  package static func * (matrix: SmallMatrix, vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: matrix.size)
    for i in 0..<matrix.size {
      for j in 0..<matrix.size { result[i] += matrix[i, j] * vector[j] }
    }
    return result
  }

  /// Adds the outer product `left rightᵀ`.
  mutating func addOuter(_ left: [Double], _ right: [Double]) {
    for i in 0..<size {
      for j in 0..<size { self[i, j] += left[i] * right[j] }
    }
  }
}
