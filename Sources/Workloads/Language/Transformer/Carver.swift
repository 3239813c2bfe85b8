import TensorKernels

/// Cuts one arena into aligned buffers; run first over nothing, it tells how many floats they take.
struct Carver {
  private let base: UnsafeMutablePointer<Float>
  private(set) var count = 0

  init(_ base: UnsafeMutablePointer<Float>) { self.base = base }

  /// Floats that `body` takes; the buffers it gets must not be touched.
  static func measure(_ body: (inout Carver) -> Void) -> Int {
    var nowhere: Float = 0
    return withUnsafeMutablePointer(to: &nowhere) {
      var carver = Carver($0)
      body(&carver)
      return carver.count
    }
  }

  mutating func vector(_ length: Int) -> UnsafeMutablePointer<Float> {
    defer { count += (length + 15) / 16 * 16 }
    return base + count
  }

  mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(vector(rows * columns), rows: rows, columns: columns)
  }
}
