/// The windows a validation loss is taken on: the same for every arm and every evaluation.
///
/// At least 64 windows of the context length (more for short contexts), spread evenly over the whole
/// validation part; all of it, cut end to end, when it is shorter than that.
package struct ValidationWindows: Sendable, Hashable {
  /// Token ranges of inputs and targets together: a context of T takes T + 1 tokens.
  package let ranges: [Range<Int>]

  package static let fewest = 64
  /// Short contexts get more windows, so that the loss is a mean over this many tokens.
  package static let fewestTargets = 8_192

  /// - Precondition: at least two tokens, one to predict from and one to predict.
  package init(tokenCount: Int, context: Int) {
    precondition(tokenCount >= 2 && context >= 1, "a window needs an input and a target")
    let targets = tokenCount - 1
    let wanted = max(Self.fewest, (Self.fewestTargets + context - 1) / context)
    if targets <= wanted * context {
      ranges = stride(from: 0, to: targets, by: context).map {
        $0..<min($0 + context, targets) + 1
      }
    } else {
      let lastStart = targets - context
      ranges = (0..<wanted).map { index in
        let start = index * lastStart / (wanted - 1)
        return start..<start + context + 1
      }
    }
  }

  /// Number of predicted tokens.
  package var targetCount: Int { ranges.reduce(0) { $0 + $1.count - 1 } }
}
