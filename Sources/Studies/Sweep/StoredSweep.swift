import Foundation
import RunModel

/// What a sweep's directory holds.
package struct StoredSweep: Sendable, Equatable {
  package var plan: SweepPlan
  /// In the order of the file, each cell once.
  package var cells: [CellResult]
  package var times: [CellTimes]

  package init(plan: SweepPlan, cells: [CellResult], times: [CellTimes]) {
    (self.plan, self.cells, self.times) = (plan, cells, times)
  }

  package static func isSweep(_ directory: URL) -> Bool {
    FileManager.default.fileExists(
      atPath: directory.appendingPathComponent(SweepStore.planName).path)
  }

  /// Reads a directory that `SweepStore` wrote, finished or not.
  ///
  /// A last line without its newline was torn by a kill and is ignored; any other line that cannot be
  /// read is an error with its file and number.
  package init(reading directory: URL) throws {
    let planFile = directory.appendingPathComponent(SweepStore.planName)
    guard let data = try? Data(contentsOf: planFile) else {
      throw RunError(
        .input, "there is no sweep here", place: directory.path,
        remedy: "give a directory that sweep --out wrote")
    }
    do {
      plan = try JSONDecoder().decode(SweepPlan.self, from: data)
    } catch {
      throw RunError(
        .input, "the plan cannot be read", place: planFile.path,
        remedy: "it is not meant to be edited; start the sweep anew")
    }
    cells = try JSONLinesFile.read(
      CellResult.self, from: directory.appendingPathComponent(SweepStore.cellsName)
    ).unique(by: \.id)
    times = try JSONLinesFile.read(
      CellTimes.self, from: directory.appendingPathComponent(SweepStore.timesName)
    ).unique(by: \.id)
  }

  func times(of id: String) -> CellTimes? { times.first { $0.id == id } }
}

/// Files of one JSON object per line.
enum JSONLinesFile {
  /// The objects of all whole lines; none when the file does not exist.
  static func read<Value: Decodable>(_ type: Value.Type, from url: URL) throws -> [Value] {
    guard let data = try? Data(contentsOf: url) else { return [] }
    let decoder = JSONDecoder()
    let whole = data.lastIndex(of: 0x0A).map { data[...$0] } ?? Data()
    return try whole.split(separator: 0x0A).enumerated().map { number, line in
      do {
        return try decoder.decode(Value.self, from: Data(line))
      } catch {
        throw RunError(
          .input, "the line cannot be read", place: "\(url.path):\(number + 1)",
          remedy: "remove the line, or the whole directory")
      }
    }
  }
}

extension Array {
  /// The last of the elements with equal keys, at the place of the first.
  func unique(by key: KeyPath<Element, String>) -> [Element] {
    var places: [String: Int] = [:]
    return reduce(into: []) { result, element in
      if let place = places[element[keyPath: key]] {
        result[place] = element
      } else {
        places[element[keyPath: key]] = result.count
        result.append(element)
      }
    }
  }
}
