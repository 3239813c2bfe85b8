import Foundation
import Glibc
import HostSystem
import RunModel
import Testing

@Suite("Files of others")
struct ForeignFileTests {
  private let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "foreign-\(UUID().uuidString)"
    try HostDirectory.make(directory)
  }

  private func refusal(_ path: String, _ kind: ForeignFile.Kind = .preset) -> RunError? {
    do {
      _ = try ForeignFile.read(path, as: kind)
      return nil
    } catch {
      return error
    }
  }

  @Test func specialFilesAreRefusedByNameWithoutWaiting() {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let fifo = directory + "/fifo"
    #expect(mkfifo(fifo, 0o600) == 0)
    for (path, words) in [
      (fifo, "is a FIFO"), (directory, "is a directory"), ("/dev/zero", "is a device"),
    ] {
      let error = refusal(path)
      #expect(error?.category == .input && error?.place == path)
      #expect(error?.message.hasPrefix(words) == true, "\(String(describing: error))")
      #expect(ForeignFile.readFresh(path, as: .preset) == nil)
    }
    #expect(ForeignFile.readFresh(directory + "/none", as: .preset) == nil)
    #expect(ForeignFile.readFresh("/proc/self/status", as: .preset)?.isEmpty == false)
  }

  @Test func missingEmptyAndImpossibleNamesSayWhatTheyAre() {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let file = directory + "/file"
    _ = FileManager.default.createFile(atPath: file, contents: Data("x".utf8))
    let long = directory + "/" + String(repeating: "x", count: 300)
    for (path, words) in [
      ("", "no name of a file"), (directory + "/none", "no such file"),
      (file + "/below", "not a directory"), (long, "name is too long"), ("a\0b", "no name"),
    ] {
      #expect(refusal(path)?.message.contains(words) == true, "\(path)")
    }
  }

  @Test func filesOverTheirLimitAreNotRead() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let file = directory + "/large"
    let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
    // Sparse: reading it would take a while, and its memory.
    #expect(ftruncate(descriptor, 1 << 40) == 0)
    close(descriptor)
    for kind in [ForeignFile.Kind.preset, .description, .tensors, .text, .records, .json] {
      #expect(refusal(file, kind)?.message.contains("at most") == true)
      #expect(ForeignFile.readFresh(file, as: kind) == nil)
    }
  }

  @Test func filesWithoutASizeAreReadToTheirEnd() throws {
    #expect(try ForeignFile.readText("/proc/self/status", as: .preset).hasPrefix("Name:"))
  }

  @Test func textMustBeUTF8() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let file = directory + "/latin"
    _ = FileManager.default.createFile(atPath: file, contents: Data([0x41, 0xfc]))
    #expect(try ForeignFile.read(file, as: .preset) == [0x41, 0xfc])
    do {
      _ = try ForeignFile.readText(file, as: .preset)
      Issue.record("read Latin-1 as UTF-8")
    } catch {
      #expect(error.message == "is not UTF-8 text")
    }
  }

  @Test func directoriesAreMadeWithAllAboveThem() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let deep = directory + "/a/b/c"
    try HostDirectory.make(deep)
    try HostDirectory.make(deep)
    #expect(ForeignFile.exists(deep))
    _ = FileManager.default.createFile(atPath: directory + "/file", contents: Data())
    for (path, words) in [
      (directory + "/file/x", "not a directory"), (directory + "/file", "there already"),
      (directory + "/" + String(repeating: "n", count: 300), "too long"),
      ("/proc/none/x", "no such file"),
    ] {
      do {
        try HostDirectory.make(path)
        Issue.record("made \(path)")
      } catch {
        #expect(error.message.contains(words), "\(error)")
        #expect(!error.place.isEmpty && !error.remedy.isEmpty)
      }
    }
  }
}

@Suite("Memory that is there")
struct AvailableMemoryTests {
  @Test func whatDoesNotFitIsRefusedWithBothFigures() throws {
    let available = try #require(AvailableMemory.bytes)
    try AvailableMemory.check(available / 2, for: "this", place: "here")
    do {
      try AvailableMemory.check(1 << 50, for: "this model", place: "--layers")
      Issue.record("a petabyte fits")
    } catch {
      #expect(error.category == .usage && error.place == "--layers")
      #expect(error.message.hasPrefix("this model needs 1125 TB of memory, "))
      #expect(error.message.hasSuffix(" are available"))
    }
  }

  @Test(arguments: [
    (412, "412 bytes"), (68_123, "68 kB"), (9_240_000, "9.2 MB"), (68_100_000_000, "68.1 GB"),
    (182_000_000, "182 MB"),
  ])
  func bytesReadWell(_ bytes: Int, _ text: String) {
    #expect(AvailableMemory.text(bytes) == text)
  }
}
