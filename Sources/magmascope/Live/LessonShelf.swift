import Explorer
import Foundation
import HostSystem
import Lessons
import RunModel

/// The lessons of the program with what the user has done of them, kept in a file of the user's.
enum LessonShelf {
  /// A file that cannot be read is as good as none: progress is a convenience.
  static func desk(opening lesson: Lesson?) -> LessonDesk {
    var desk = LessonDesk()
    desk.lessons = (try? LessonCommand.library.all()) ?? []
    desk.progress = (try? kept()) ?? [:]
    desk.opening = lesson
    return desk
  }

  private static func kept() throws -> [String: LessonProgress] {
    let path = UserDirectories.lessonProgress
    guard ForeignFile.exists(path) else { return [:] }
    let text = try ForeignFile.readText(path, as: .description)
    return try JSONDecoder().decode([String: LessonProgress].self, from: Data(text.utf8))
  }

  static func keep(_ progress: [String: LessonProgress]) throws {
    let path = UserDirectories.lessonProgress
    try OutputFile.makeDirectory((path as NSString).deletingLastPathComponent)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try OutputFile.write(try encoder.encode(progress), to: path)
  }
}
