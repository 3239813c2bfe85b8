import Presets
import RunModel
import Testing

struct SettingsTextTests {
  private let settings = SettingsText(
    file: "settings.yaml",
    keys: [
      .init(name: "theme", allowed: ["dark", "light"]),
      .init(name: "logY", allowed: ["true", "false"]),
    ])

  @Test(arguments: [
    ("theme: light\nlogY: false\n", ["theme": "light", "logY": "false"]),
    ("theme: 'dark' # as ever\n", ["theme": "dark"]),
    ("{logY: true}", ["logY": "true"]),
    ("", [:]), ("# nothing yet\n", [:]),
  ])
  func readsWhatIsSaid(text: String, expected: [String: String]) throws {
    #expect(try settings.read(text) == expected)
  }

  @Test(arguments: [
    (
      "theme: dark\nlogy: true",
      "settings.yaml:2: unknown key 'logy' (did you mean 'logY'?); allowed: theme, logY"
    ),
    (
      "\n\ntheme: lihgt",
      "settings.yaml:3: 'theme' is 'lihgt' (did you mean 'light'?); allowed: dark, light"
    ),
    ("logY: yes", "settings.yaml:1: 'logY' is 'yes'; allowed: true, false"),
    ("logY: [true]", "settings.yaml:1: 'logY' wants a single value"),
    ("logY:", "settings.yaml:1: 'logY'"),
    ("logY: true\nlogY: false", "'logY' is written twice"),
    ("- theme", "settings.yaml:1: settings are a list of keys and values"),
    ("theme: [dark", "not YAML"),
    ("theme: \u{1b}[31mred", "settings.yaml"),
  ])
  func refusesNamingFileLineAndWhatIsAllowed(text: String, message: String) {
    let error = #expect(throws: RunError.self) { try settings.read(text) }
    let said = error?.description ?? ""
    #expect(said.contains(message), "\(said)")
    #expect(!said.contains("\n") && !said.contains("preset"), "\(said)")
  }

  @Test func writesWhatItReads() throws {
    for values in [[:], ["theme": "light"], ["theme": "dark", "logY": "false"]]
      as [[String: String]]
    {
      #expect(try settings.read(settings.write(values)) == values)
    }
    let text = settings.write(["logY": "true", "theme": "dark", "stray": "1"])
    #expect(text.hasSuffix(".\ntheme: dark\nlogY: true\n"))
  }
}
