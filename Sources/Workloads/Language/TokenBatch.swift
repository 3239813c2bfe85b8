/// Inputs and targets of some windows, side by side, in memory that is reused.
struct TokenBatch {
  /// Row-major [rows, length].
  private(set) var inputs: [Int32]
  /// The token after each input.
  private(set) var targets: [Int32]
  let length: Int

  init(rows: Int, length: Int) {
    inputs = Array(repeating: 0, count: rows * length)
    targets = inputs
    self.length = length
  }

  /// Makes row `row` the window of `tokens` that starts at `start`.
  mutating func setRow(_ row: Int, to tokens: [Int32], from start: Int) {
    for i in 0..<length {
      inputs[row * length + i] = tokens[start + i]
      targets[row * length + i] = tokens[start + i + 1]
    }
  }
}
