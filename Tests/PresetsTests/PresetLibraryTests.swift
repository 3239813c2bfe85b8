import Foundation
import Presets
import RunModel
import Testing

struct PresetLibraryTests {
  let library = PresetLibrary(environment: [:])

  @Test func theRequiredPresetsAreEmbedded() {
    let required = [
      "first-look", "paper-pair", "matched-step", "ablation", "learning-rate-stress", "shakespeare",
    ]
    #expect(required.allSatisfy(library.names.contains))
  }

  @Test func everyEmbeddedPresetReadsAndTellsWhatToLookFor() throws {
    for name in library.names {
      let fields = try library.fields(name)
      #expect(fields.title?.isEmpty == false, "\(name)")
      #expect((fields.about?.count ?? 0) > 80, "\(name)")
      #expect(fields.arms?.isEmpty == false, "\(name)")
    }
  }

  @Test func aMisspeltNameIsAnsweredWithTheNearest() {
    #expect {
      try library.fields("first-lok")
    } throws: { error in
      (error as? RunError)?.exitCode == 2
        && "\(error)".contains("did you mean 'first-look'?")
    }
  }

  @Test func theUsersOwnPresetComesFirst() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let presets = directory.appending(path: "magmascope/presets")
    try FileManager.default.createDirectory(at: presets, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try "title: mine\narms: [adam]\n".write(
      to: presets.appending(path: "first-look.yaml"), atomically: true, encoding: .utf8)
    let own = PresetLibrary(environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(try own.fields("first-look").title == "mine")
    #expect(own.names.filter { $0 == "first-look" }.count == 1)
  }

  @Test(arguments: [("/nowhere/x.yaml", "no such file"), ("./", "is a directory")])
  func aFileThatCannotBeReadIsNamed(_ path: String, _ message: String) {
    #expect {
      try library.fields(path)
    } throws: { error in
      (error as? RunError)?.exitCode == 4 && "\(error)".contains(message)
    }
  }

  @Test func aSizeOnTheCommandLineReplacesThePresetsNumbers() throws {
    var flags = PresetFields()
    flags.model.size = .nano
    var preset = PresetFields()
    preset.model["layers"] = .number(4)
    preset.model["width"] = .number(128)
    let merged = preset.overridden(by: flags).model.configuration
    #expect(merged == ModelConfiguration(size: .nano))
  }
}
