import Foundation
import RunModel
import Testing

@Suite struct ModelSettingTests {
  /// A value that differs from the one the family has by itself.
  private func another(_ setting: ModelSetting, in model: ModelConfiguration) -> SettingValue? {
    let value = setting.value(of: model)
    switch setting.description.kind {
    case .number(let suggested, let range, _):
      return .number(value == .number(suggested) ? range.upperBound : suggested)
    case .integer(_, let range):
      return .number(Double(value == .number(Double(range.upperBound)) ? 2 : range.upperBound))
    case .flag(let flag): return .flag(value == .flag(flag) ? !flag : flag)
    case .choice(_, let allowed): return allowed.map { .text($0) }.first { $0 != value }
    case .pattern: return nil
    }
  }

  @Test func everySettingIsReadAndWrittenByItsKey() throws {
    #expect(Set(ModelSetting.all.map(\.key)).count == ModelSetting.all.count)
    for setting in ModelSetting.all {
      var model = ModelConfiguration(size: .micro, architecture: setting.family ?? .llama)
      let value = try #require(another(setting, in: model))
      #expect(setting.description.value(from: value.description) == value, "\(setting.key)")
      setting.set(value, of: &model)
      #expect(setting.value(of: model) == value, "\(setting.key)")
    }
  }

  @Test func everySettingSurvivesStorage() throws {
    for setting in ModelSetting.all {
      var model = ModelConfiguration(size: .micro, architecture: setting.family ?? .llama)
      setting.set(try #require(another(setting, in: model)), of: &model)
      let data = try JSONEncoder().encode(model)
      #expect(try JSONDecoder().decode(ModelConfiguration.self, from: data) == model)
    }
  }

  @Test func whatTheFirstVersionStoredIsStillRead() throws {
    let old = #"""
      {"size":"tiny","layers":4,"width":128,"heads":4,"ffn":344,"context":128,"batch":8,
       "architecture":"gemma","head":"tied","attentionCap":50}
      """#
    let model = try JSONDecoder().decode(ModelConfiguration.self, from: Data(old.utf8))
    var expected = ModelConfiguration(size: .tiny, architecture: .gemma)
    expected.attentionCap = 50
    #expect(model == expected)
  }

  @Test(arguments: [
    #"{"layers":4}"#,
    #"{"layers":0,"width":128,"heads":4,"ffn":344,"context":128,"batch":8,"architecture":"llama","head":"tied"}"#,
    #"{"layers":4,"width":128,"heads":4,"ffn":344,"context":128,"batch":8,"architecture":"gpt","head":"tied"}"#,
  ])
  func storedNumbersOutOfRangeAreRefused(_ text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ModelConfiguration.self, from: Data(text.utf8))
    }
  }

  @Test func aSettingOfAnotherFamilyIsAProblem() {
    var model = ModelConfiguration(size: .micro)
    model.logitCap = 30
    #expect(model.problem == "logitCap belongs to gemma")
    model.architecture = .gemma
    model.head = .tied
    #expect(model.problem == nil)
  }

  @Test func flagsAreKeysInKebabCase() {
    #expect(ModelSetting.named("attentionCap")?.flag == "attention-cap")
    #expect(ModelSetting.named("layers")?.flag == "layers")
  }
}
