import Foundation
import RunModel
import Testing
import Workloads

@Suite struct FineTuningTests {
  private static func configuration(_ settings: [String: SettingValue] = [:]) -> RunConfiguration {
    var configuration = RunConfiguration(
      title: "", model: ModelConfiguration(size: .nano), arms: [])
    configuration.settings = ["finetune": .flag(true), "baseSteps": .number(60)]
    configuration.settings.merge(settings) { $1 }
    return configuration
  }

  @Test func theShiftedLanguageKeepsItsWordsAndTheirFrequencies() {
    let (old, new) = (BuiltInLanguage.standard.source, BuiltInLanguage.shifted(by: 0.5).source)
    #expect(new.spellings == old.spellings && new.frequencies == old.frequencies)
    var stationary = [Double](repeating: 0, count: new.frequencies.count)
    for (frequency, successors) in zip(new.frequencies, new.successors) {
      #expect(abs(successors.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
      for successor in successors {
        stationary[successor.word] += frequency * successor.probability
      }
    }
    #expect(zip(stationary, new.frequencies).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(new.successors != old.successors && new.entropyRate > old.entropyRate)
  }

  @Test func theOldAndTheNewLanguageHaveTheirOwnLossesAndFloors() throws {
    let draft = try LanguageSource(Self.configuration(), cache: .none)
    let source = try draft.trained()
    #expect(draft.layout == source.layout && draft.workingBytes == source.workingBytes)
    let workload = source.makeWorkload(threads: 1)
    let start = workload.start(seed: 5)
    // The base model knows the old language better than the new one, and is the same for every seed.
    #expect(start == workload.start(seed: 6))
    // The macro cannot take a span into an expression of its own.
    let onBase = workload.evaluateBase(parameters: start.span)
    let (old, new) = (try #require(onBase), workload.evaluate(parameters: start.span))
    let (oldFloor, newFloor) = (try #require(source.baseFloor), try #require(source.entropyFloor))
    #expect(old < new && old > oldFloor && new > newFloor && newFloor != oldFloor)
    let plain = try LanguageSource(
      RunConfiguration(title: "", model: ModelConfiguration(size: .nano), arms: []), cache: .none)
    #expect(plain.baseFloor == nil && plain.entropyFloor == oldFloor)
    let untrained = plain.makeWorkload(threads: 1)
    let onNoBase = untrained.evaluateBase(parameters: start.span)
    let onPlain = untrained.evaluate(parameters: start.span)
    let atRandom = untrained.evaluate(parameters: untrained.start(seed: 0).span)
    #expect(onNoBase == nil && onPlain == old && old < atRandom)
  }

  @Test(arguments: [
    ("tokenizer", SettingValue.text("character")), ("shift", .number(0)), ("baseSteps", .number(0)),
  ])
  func whatDoesNotGoWithItIsRefused(_ key: String, _ value: SettingValue) {
    let error = #expect(throws: RunError.self) {
      _ = try LanguageSource(Self.configuration([key: value]), cache: .none)
    }
    #expect(error?.category == .usage)
  }
}
