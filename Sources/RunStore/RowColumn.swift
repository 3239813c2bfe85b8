import RunModel

/// One figure of many rows as bytes: planes of equal significance, each kept once where it is constant.
///
/// ```
/// flag u8      0 dense; 1 rows that are zero are left out; 2 rows that are NaN are left out
/// planes u8    bit p: byte p of the words varies
/// [bitmap]     with flag 1 and 2: a bit for every row, set where the row is there
/// constants    the bytes that do not vary, lowest first
/// varying      for every byte that varies, lowest first, that byte of all rows that are there
/// ```
/// A column of one value is six (or ten) bytes whatever its length; a column of coins one bit a row.
enum RowColumn {
  /// What absent rows are.
  private enum Flag: UInt8 { case dense, zero, nan }

  /// Appends `words`; `isNaN` is the bit pattern that counts as NaN.
  static func encode<Word: RowWord>(_ words: [Word], into bytes: inout [UInt8]) {
    let flag = sparseFlag(of: words)
    guard flag != .dense, let absent = absent(Word.self, flag) else {
      bytes.append(Flag.dense.rawValue)
      return appendPlanes(of: words, to: &bytes)
    }
    bytes.append(flag.rawValue)
    let start = bytes.count + 1
    var present: [Word] = []
    present.reserveCapacity(words.count)
    var bitmap = [UInt8](repeating: 0, count: (words.count + 7) / 8)
    for (row, word) in words.enumerated() where word != absent {
      bitmap[row >> 3] |= 1 << UInt8(row & 7)
      present.append(word)
    }
    appendPlanes(of: present, to: &bytes)
    bytes.insert(contentsOf: bitmap, at: start)
  }

  /// Leaving rows out pays when their bytes are more than the bitmap's.
  private static func sparseFlag<Word: RowWord>(of words: [Word]) -> Flag {
    var zeros = 0
    var nans = 0
    for word in words {
      zeros += word == 0 ? 1 : 0
      nans += word == Word.nanPattern ? 1 : 0
    }
    let most = max(zeros, nans)
    guard most < words.count, most * 8 > words.count else { return .dense }
    return zeros >= nans ? .zero : .nan
  }

  private static func absent<Word: RowWord>(_ type: Word.Type, _ flag: Flag) -> Word? {
    switch flag {
    case .dense: nil
    case .zero: 0
    case .nan: Word.nanPattern
    }
  }

  private static func appendPlanes<Word: RowWord>(of words: [Word], to bytes: inout [UInt8]) {
    let first = words.first ?? 0
    let difference = words.reduce(into: Word(0)) { $0 |= $1 ^ first }
    var varying: UInt8 = 0
    for plane in 0..<Word.byteCount where difference.byte(plane) != 0 {
      varying |= 1 << UInt8(plane)
    }
    bytes.append(varying)
    for plane in 0..<Word.byteCount where varying >> UInt8(plane) & 1 == 0 {
      bytes.append(first.byte(plane))
    }
    for plane in 0..<Word.byteCount where varying >> UInt8(plane) & 1 == 1 {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: words.count))
      var target = bytes.mutableSpan
      for row in words.indices { target[start + row] = words[row].byte(plane) }
    }
  }

  /// Reads a column of `count` rows into `words`; false when the bytes are no such column.
  static func decode<Word: RowWord>(
    _ count: Int, from reader: inout ByteReader, into words: inout [Word]
  ) -> Bool {
    words.removeAll(keepingCapacity: true)
    guard let flag = reader.byte().flatMap(Flag.init), let varying = reader.byte(),
      Int(varying) < 1 << Word.byteCount
    else { return false }
    guard let absent = absent(Word.self, flag) else {
      return readPlanes(varying, count, from: &reader, into: &words)
    }
    guard let bitmap = reader.bytes((count + 7) / 8) else { return false }
    let isPresent = { (row: Int) in bitmap[bitmap.startIndex + row >> 3] >> UInt8(row & 7) & 1 == 1
    }
    let presentCount = (0..<count).count(where: isPresent)
    var present: [Word] = []
    guard readPlanes(varying, presentCount, from: &reader, into: &present) else { return false }
    var next = 0
    for row in 0..<count {
      let isThere = isPresent(row)
      words.append(isThere ? present[next] : absent)
      next += isThere ? 1 : 0
    }
    return true
  }

  private static func readPlanes<Word: RowWord>(
    _ varying: UInt8, _ count: Int, from reader: inout ByteReader, into words: inout [Word]
  ) -> Bool {
    var constant = Word(0)
    for plane in 0..<Word.byteCount where varying >> UInt8(plane) & 1 == 0 {
      guard let byte = reader.byte() else { return false }
      constant |= Word(byte) << Word(8 * plane)
    }
    words.append(contentsOf: repeatElement(constant, count: count))
    for plane in 0..<Word.byteCount where varying >> UInt8(plane) & 1 == 1 {
      guard let bytes = reader.bytes(count) else { return false }
      var target = words.mutableSpan
      for (row, byte) in bytes.enumerated() { target[row] |= Word(byte) << Word(8 * plane) }
    }
    return true
  }
}

/// The bits of a figure: of a single or a double.
protocol RowWord: FixedWidthInteger, UnsignedInteger, Sendable {
  static var nanPattern: Self { get }
}

extension RowWord {
  static var byteCount: Int { bitWidth / 8 }

  func byte(_ plane: Int) -> UInt8 { UInt8(truncatingIfNeeded: self >> Self(8 * plane)) }
}

extension UInt32: RowWord {
  static var nanPattern: UInt32 { Float.nan.bitPattern }
}

extension UInt64: RowWord {
  static var nanPattern: UInt64 { Double.nan.bitPattern }
}

/// Bytes taken from the front, never past the end.
struct ByteReader {
  private let all: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8], from start: Int = 0) { (all, position) = (bytes, start) }

  var isAtEnd: Bool { position >= all.count }

  mutating func byte() -> UInt8? {
    guard position < all.count else { return nil }
    defer { position += 1 }
    return all[position]
  }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= all.count - position else { return nil }
    defer { position += count }
    return all[position..<position + count]
  }

  /// An unsigned number, lowest byte first.
  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type = Number.self
  ) -> Number? {
    bytes(Number.bitWidth / 8)?.reversed().reduce(Number(0)) { $0 << 8 | Number($1) }
  }
}

extension [UInt8] {
  /// Appends an unsigned number, lowest byte first.
  mutating func append(number: some FixedWidthInteger & UnsignedInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
