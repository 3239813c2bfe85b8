import Foundation
import HostSystem
import Lessons
import RunModel

/// The lessons that can be named, in the order they are meant to be taken, and those in files.
package struct LessonLibrary: Sendable {
  private let builder: ConfigurationBuilder

  package init(builder: ConfigurationBuilder) { self.builder = builder }

  package static var names: [String] { EmbeddedPresets.lessons.map { Self.name(of: $0.name) } }

  /// `05-same-rate` → `same-rate`: the number gives the order only.
  private static func name(of file: String) -> String {
    String(file.drop { $0.isNumber || $0 == "-" })
  }

  package func all() throws(RunError) -> [Lesson] {
    var lessons: [Lesson] = []
    for name in Self.names { lessons.append(try lesson(name)) }
    return lessons
  }

  /// The lesson called so, by its number, or in the file when `name` is a path.
  package func lesson(_ name: String) throws(RunError) -> Lesson {
    if name.contains("/") || name.hasSuffix(".yaml") {
      let text = try ForeignFile.readText(name, as: .preset)
      let own = URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
      return try LessonReader(file: name, builder: builder).read(text, name: own)
    }
    let files = EmbeddedPresets.lessons
    let place = Int(name).map { $0 - 1 } ?? Self.names.firstIndex(of: name)
    guard let place, files.indices.contains(place) else {
      throw RunError(
        .usage, "unknown lesson '\(name)'" + suggestion(for: name, among: Self.names),
        remedy: "known: " + Self.names.joined(separator: ", "))
    }
    return try LessonReader(file: files[place].name, builder: builder)
      .read(files[place].text, name: Self.names[place])
  }
}
