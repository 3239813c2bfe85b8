import Foundation
import Synchronization
import TensorKernels
import Testing

@Suite struct SubnormalsTests {
  @Test func flushedThreadsAndTheirChildrenTakeTinyNumbersForZero() {
    let answers = Mutex<[Float]>([])
    let done = DispatchSemaphore(value: 0)
    let ask: @Sendable () -> Void = { answers.withLock { $0.append(halfTheSmallestNormal()) } }
    Thread {
      ask()
      Subnormals.flushToZero()
      ask()
      Thread {
        ask()
        done.signal()
      }.start()
    }.start()
    done.wait()
    let seen = answers.withLock { $0 }
    #expect(seen[0] > 0 && seen[1] == 0 && seen[2] == 0)
  }
}

/// Of a number that the compiler cannot know, or it would do the sum itself.
private func halfTheSmallestNormal() -> Float {
  0.5 * Float(bitPattern: UInt32.random(in: 0x0080_0000...0x0080_00FF))
}
