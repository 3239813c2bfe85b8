import EventStream
import RunModel
import Testing

@Suite struct MailboxTests {
  @Test func valuesArriveInOrderAndOnce() {
    let mailbox = Mailbox<Int>()
    for value in 0..<5 { mailbox.post(value) }
    mailbox.post(contentsOf: [5, 6])
    var drained: [Int] = [99]
    mailbox.drain(into: &drained)
    #expect(drained == Array(0..<7))
    mailbox.drain(into: &drained)
    #expect(drained.isEmpty)
  }

  @Test(arguments: [1, 2, 3, 10, 64]) func aBoundedMailboxKeepsTheNewest(_ capacity: Int) {
    let mailbox = Mailbox<Int>(capacity: capacity)
    for value in 0..<1000 { mailbox.post(value) }
    var drained: [Int] = []
    mailbox.drain(into: &drained)
    #expect(drained.count <= capacity && drained.last == 999)
    #expect(drained == Array(1000 - drained.count..<1000))
    #expect(mailbox.droppedCount == 1000 - drained.count)
  }

  @Test func aBatchLargerThanTheMailboxLeavesItsEnd() {
    let mailbox = Mailbox<Int>(capacity: 4)
    mailbox.post(-1)
    mailbox.post(contentsOf: Array(0..<10))
    var drained: [Int] = []
    mailbox.drain(into: &drained)
    #expect(drained == [6, 7, 8, 9] && mailbox.droppedCount == 7)
  }

  @Test func nothingIsLostBetweenManyThreads() async {
    let mailbox = Mailbox<Int>()
    var received: [Int] = []
    await withTaskGroup(of: Void.self) { group in
      for sender in 0..<4 {
        group.addTask { for i in 0..<1000 { mailbox.post(sender * 1000 + i) } }
      }
      var batch: [Int] = []
      for await _ in group {
        mailbox.drain(into: &batch)
        received += batch
      }
      mailbox.drain(into: &batch)
      received += batch
    }
    #expect(received.count == 4000)
    for sender in 0..<4 {
      let own = received.filter { $0 / 1000 == sender }
      #expect(own == own.sorted())
    }
  }

  @Test func aWakeSignalWakesOnceUntilTheReaderLooks() {
    let wakes = Locked(0)
    let signal = WakeSignal { wakes.withLock { $0 += 1 } }
    for _ in 0..<5 { signal.signal() }
    #expect(wakes.withLock(\.self) == 1)
    signal.clear()
    for _ in 0..<5 { signal.signal() }
    #expect(wakes.withLock(\.self) == 2)
  }
}
