import EventStream
import Explorer
import Foundation
import Presets
import RunModel
import Training
import Workloads

/// Answers what the set-up form asks of the machine, on other threads: costs, paths, preset files.
@MainActor
final class FormDesk {
  private let answers = Mailbox<Action>()
  /// The number of the latest question for a cost; older ones are given up.
  private let latest = Locked(0)
  private let wake: @Sendable () -> Void

  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func drain() -> [Action] {
    var actions: [Action] = []
    answers.drain(into: &actions)
    return actions
  }

  /// Measures what a comparison would take, once no key has changed it for a moment.
  func estimate(_ configuration: RunConfiguration) {
    let number = latest.withLock {
      $0 += 1
      return $0
    }
    answer { [latest] in
      let isWanted = { @Sendable in latest.withLock { $0 == number } }
      Thread.sleep(forTimeInterval: 0.3)
      guard isWanted() else { return nil }
      do throws(RunError) {
        guard let figures = try Self.figures(configuration, isWanted) else { return nil }
        return .estimated(configuration, .figures(figures))
      } catch {
        return .estimated(configuration, .problem(error.description))
      }
    }
  }

  func complete(_ path: String) {
    answer { .completed(path, Self.completions(of: path)) }
  }

  func savePreset(_ configuration: RunConfiguration, at path: String) {
    answer {
      do throws(RunError) {
        guard !FileManager.default.fileExists(atPath: path) else {
          return .stored(.failed("\(path) is there already; name another file"))
        }
        try OutputFile.write(Data(try PresetWriter.yaml(configuration).utf8), to: path)
        return .stored(.saved(path: path))
      } catch {
        return .stored(.failed(error.description))
      }
    }
  }

  private func answer(_ body: @escaping @Sendable () -> Action?) {
    let (answers, wake) = (answers, wake)
    Thread.detachNewThread {
      if let action = body() { answers.post(action) }
      wake()
    }
  }

  /// Half a second of training, shared by the arms; nil where the question is out of date.
  private nonisolated static func figures(
    _ configuration: RunConfiguration, _ isWanted: () -> Bool
  ) throws(RunError) -> RunEstimate.Figures? {
    let source = try WorkloadRegistry.draft(for: configuration)
    try MemoryCheck.check(configuration, source: source)
    var (stepping, total, longest, bytes) = (0.0, 0.0, 0.0, 0)
    for arm in configuration.arms {
      guard isWanted() else { return nil }
      let cost = try StepCost(
        measuring: arm, of: configuration, source, seconds: 0.5 / Double(configuration.arms.count))
      let seconds = cost.seconds(of: configuration)
      stepping += cost.secondsPerStep * Double(configuration.steps)
      total += seconds
      longest = max(longest, seconds)
      bytes += try ArmMemory.bytes(arm, source: source)
    }
    let seeds = Double(max(1, configuration.seeds))
    let threads = min(configuration.threads ?? .max, RunController.coreCount)
    let lanes = Double(max(1, min(threads, configuration.arms.count * max(1, configuration.seeds))))
    let tokens =
      Double(configuration.model.tokensPerStep) * Double(configuration.steps)
      * Double(configuration.arms.count) * seeds
    return RunEstimate.Figures(
      parameters: source.layout.count, bytes: bytes * max(1, configuration.seeds),
      tokensPerSecond: configuration.descriptor.isLanguage && stepping > 0
        ? tokens / (stepping * seeds / lanes) : nil,
      seconds: max(longest, total * seeds / lanes))
  }

  /// The files and directories whose path begins with the text, directories with a slash at the end.
  private nonisolated static func completions(of path: String) -> [String] {
    let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let (directory, start) = (String(path[..<slash]), path[slash...])
    let place = directory.isEmpty ? "." : directory
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else { return [] }
    return names.filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }
      .sorted().prefix(200).map { name in
        var isDirectory: ObjCBool = false
        let found = directory + name
        _ = FileManager.default.fileExists(atPath: found, isDirectory: &isDirectory)
        return isDirectory.boolValue ? found + "/" : found
      }
  }
}
