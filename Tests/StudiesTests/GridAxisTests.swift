import RunModel
import Studies
import Testing

struct GridAxisTests {
  struct Good: Sendable {
    var text: String
    var key: String
    var values: [Double]
  }

  @Test(arguments: [
    Good(text: "lr=1e-4..1e-1:4", key: "lr", values: [1e-4, 1e-3, 1e-2, 1e-1]),
    Good(
      text: "lr=1e-4..1e-1:7:log", key: "lr",
      values: [1e-4, 3.162e-4, 1e-3, 3.162e-3, 1e-2, 3.162e-2, 1e-1]),
    Good(text: "mask=0..0.75:4", key: "mask", values: [0, 0.25, 0.5, 0.75]),
    Good(text: "lr=0.1..0.3:3:linear", key: "lr", values: [0.1, 0.2, 0.3]),
    Good(text: "lr=0.01..0.01:1", key: "lr", values: [0.01]),
    Good(text: "wd=-1..1:3", key: "wd", values: [-1, 0, 1]),
  ])
  func readsKeyRangeCountAndSpacing(_ good: Good) throws {
    let axis = try GridAxis(parsing: good.text)
    #expect(axis.key == good.key)
    #expect(axis.values == good.values)
  }

  @Test(arguments: [
    ("lr", "KEY=LOW..HIGH:COUNT"), ("=1..2:3", "KEY=LOW..HIGH:COUNT"),
    ("lr=1e-4..1e-1", "a range and a count"), ("lr=1e-4:7", "LOW..HIGH"),
    ("lr=a..1:3", "'a' where a number"), ("lr=1..b:3", "'b' where a number"),
    ("lr=inf..2:3", "'inf' where a number"), ("lr=1..2..3:3", "LOW..HIGH"),
    ("lr=1..2:0", "count '0'"), ("lr=1..2:x", "count 'x'"), ("lr=1..2:2.5", "count '2.5'"),
    ("lr=1..2:201", "count '201'"), ("lr=2..1:3", "does not increase"),
    ("lr=1..1:3", "does not increase"), ("lr=1..2:1", "two ends but a count of 1"),
    ("lr=0..1:3:log", "no logarithm"), ("lr=1..2:3:lg", "did you mean 'log'?"),
    ("lr=1..2:3:log:x", "a range and a count"), ("lr=1..1.0001:9", "more values than"),
  ])
  func refusesWithTheReason(_ text: String, _ reason: String) {
    let error = #expect(throws: RunError.self) { try GridAxis(parsing: text) }
    #expect(error?.category == .usage)
    #expect(error?.place == "--grid")
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "no error")")
    #expect(error?.remedy.isEmpty == false)
  }
}
