import HostSystem
import RunModel

/// A text in bytes, cut by position: the first nine tenths to train on, the rest to validate.
package struct Corpus: Sendable {
  package let bytes: [UInt8]
  /// Where it came from, for headers and error messages.
  package let place: String

  package static let trainingShare = 0.9

  package init(bytes: [UInt8], place: String) {
    self.bytes = bytes
    self.place = place
  }

  /// Number of bytes of the training part; a UTF-8 character on the cut stays whole, before it.
  package var split: Int {
    var split = Int(Double(bytes.count) * Self.trainingShare)
    // At most three continuation bytes follow the start of a character; more are not UTF-8.
    let limit = min(bytes.count, split + 3)
    let start = split
    while split < limit, bytes[split] & 0xC0 == 0x80 { split += 1 }
    return split < bytes.count && bytes[split] & 0xC0 == 0x80 ? start : split
  }

  package var training: ArraySlice<UInt8> { bytes[..<split] }
  package var validation: ArraySlice<UInt8> { bytes[split...] }

  /// Bytes in the largest unit that leaves at least one: `4.2 MB`.
  package var sizeText: String {
    switch bytes.count {
    case 1_000_000...: "\(tenths(bytes.count, of: 1_000_000)) MB"
    case 1_000...: "\(tenths(bytes.count, of: 1_000)) kB"
    default: "\(bytes.count) bytes"
    }
  }

  private func tenths(_ count: Int, of unit: Int) -> String {
    let rounded = (count * 10 + unit / 2) / unit
    return "\(rounded / 10).\(rounded % 10)"
  }
}

extension Corpus {
  /// Reads a file, or standard input when `path` is `-`.
  ///
  /// - Throws: `RunError(.input)` when it is missing, no ordinary file, unreadable, too large or empty.
  package static func read(_ path: String) throws(RunError) -> Corpus {
    let place = path == "-" ? "standard input" : path
    let bytes = try ForeignFile.read(path, as: .text)
    guard !bytes.isEmpty else {
      throw RunError(.input, "is empty", place: place, remedy: "give a text of some kilobytes")
    }
    return Corpus(bytes: bytes, place: place)
  }
}
