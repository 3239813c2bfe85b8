import TensorKernels

/// Draws the windows of a minibatch uniformly from a text, as a pure function of its key.
package struct BatchSampler: Sendable, Hashable {
  package let tokenCount: Int
  package let context: Int
  package let batch: Int

  /// - Precondition: the text holds at least one window, `context + 1` tokens.
  package init(tokenCount: Int, context: Int, batch: Int) {
    precondition(tokenCount > context, "the text is shorter than one window")
    self.tokenCount = tokenCount
    self.context = context
    self.batch = batch
  }

  /// Calls `body` with (row, first token) of each of the batch's windows.
  package func forEachStart(_ key: BatchKey, _ body: (Int, Int) -> Void) {
    var random = key.randomStream
    for row in 0..<batch { body(row, random.integer(below: tokenCount - context)) }
  }

  /// The first token of each window.
  package func starts(_ key: BatchKey) -> [Int] {
    var starts: [Int] = []
    forEachStart(key) { starts.append($1) }
    return starts
  }
}
