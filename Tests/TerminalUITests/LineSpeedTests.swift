import TerminalUI
import Testing

@Suite struct LineSpeedTests {
  /// A line of so many bytes a second and so many seconds there and back.
  private func learnt(_ speed: Double, latency: Double, frames: Int) -> LineSpeed {
    var line = LineSpeed()
    var random = SmallRandom(seed: 3)
    for _ in 0..<frames {
      let bytes = min(line.frameBytes, 300 + random.below(1_500))
      let seconds = latency + Double(bytes) / speed
      line.arrived(bytes, after: Int64(seconds * 1e9))
    }
    return line
  }

  @Test(arguments: [(1_000.0, 0.0), (1_000, 0.2), (5_000, 0.05), (3_000, 0.5)])
  func aSlowLineIsKnownByItsReports(_ speed: Double, _ latency: Double) throws {
    let line = learnt(speed, latency: latency, frames: 40)
    let found = try #require(line.bytesPerSecond)
    #expect(found > 0.4 * speed && found < 2 * speed)
    #expect(line.frameBytes >= 160 && line.frameBytes <= Int(speed / 2))
  }

  @Test(arguments: [0.0, 0.02, 0.3])
  func aFastLineIsNotCutHoweverFarItIs(_ latency: Double) {
    let line = learnt(1e6, latency: latency, frames: 60)
    #expect(line.frameBytes == .max)
  }

  private let second: Int64 = 1_000_000_000

  @Test func withoutReportsAFullQueueTells() throws {
    var line = LineSpeed()
    #expect(line.frameBytes == .max)
    let turns = (0...20).filter { line.full(sent: Int64($0) * 100, at: Int64($0) * second / 10) }
    #expect(turns.count == 1)
    let found = try #require(line.bytesPerSecond)
    #expect(abs(found - 1_000) < 200)
    line.unhindered(at: 20 * second)
    #expect(line.isSlow)
    line.unhindered(at: 130 * second)
    #expect(line.frameBytes == .max)
  }

  @Test func whatWaitsOnASlowLineIsKnownWithoutReports() {
    var line = LineSpeed()
    line.gave(10_000, at: 0)
    #expect(line.secondsBehind(at: 0) == 0)
    for tick in 0...10 { _ = line.full(sent: Int64(tick) * 100, at: Int64(tick) * second / 10) }
    #expect(line.secondsBehind(at: second) > 3)
    #expect(line.secondsBehind(at: 6 * second) == 0)
    line.gave(500, at: 6 * second)
    #expect(abs(line.secondsBehind(at: 6 * second) - 0.5) < 0.15)
    line.discarded(at: 6 * second)
    #expect(line.secondsBehind(at: 7 * second) == 0)
  }

  @Test func aReportThatDoesNotComeTellsToo() throws {
    var line = LineSpeed()
    line.overdue(8_000, after: second / 10)
    #expect(!line.isSlow)
    line.overdue(6_000, after: 3 * second)
    #expect(line.bytesPerSecond == 2_000)
  }
}
