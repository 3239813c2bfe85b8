import Explorer
import Foundation
import RunModel
import Statistics

/// The sweep behind the explorer: planned, trained and judged on other threads.
@MainActor
final class BackgroundSweep {
  private let wake: @Sendable () -> Void
  private var work: SweepWork?

  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func perform(_ order: SweepOrder) {
    switch order {
    case .start(let request):
      begin(.new(request), margin: request.margin)
    case .join(let directory): begin(.kept(directory), margin: .usual)
    case .watch(let directory): begin(.watched(directory), margin: .usual)
    case .extend(let directory, let points):
      // Judged by what the sweep on the screen was judged by.
      begin(.extended(directory, by: points), margin: work?.margin ?? .usual)
    case .pause: work?.control.withLock { $0 = $0 == .stop ? .stop : .wait }
    case .goOn: work?.control.withLock { $0 = $0 == .stop ? .stop : .go }
    case .stop: work?.control.withLock { $0 = .stop }
    }
  }

  private func begin(_ origin: SweepWork.Origin, margin: Margin) {
    // A look may be under way: the new one takes its place.
    work?.control.withLock { $0 = .stop }
    let work = SweepWork(origin: origin, margin: margin, wake: wake)
    self.work = work
    Thread.detachNewThread { work.run() }
  }

  /// How the sweep stands, if that has changed since the last frame.
  func drain() -> [Action] { work?.news().map { [.sweep($0)] } ?? [] }

  /// Ends the cells under way and waits for them; returns what the shell should know.
  func shutDown() -> String? {
    guard let work else { return nil }
    work.control.withLock { $0 = .stop }
    work.ended.wait()
    guard let last = work.news(), last.stage == .stopped else { return nil }
    return "the sweep is kept in \(last.directory); go on with: "
      + "magmascope sweep work \(last.directory)"
  }
}
