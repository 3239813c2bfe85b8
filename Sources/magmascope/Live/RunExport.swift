import Charts
import Explorer
import Export
import Foundation
import History
import RunModel
import TerminalUI

/// One way of taking a run away, written in the current directory.
struct RunExport: Sendable {
  private let kind: ExportKind
  private let records: [EvaluationRecord]
  private let screen: Frame
  private let focus: FocusedPicture

  init(kind: ExportKind, run: RunMoment, screen: Frame, focus: FocusedPicture) {
    self.kind = kind
    records = run.records
    self.screen = screen
    self.focus = focus
  }

  func writtenResult() -> StoreResult {
    do {
      return .exported(path: try write())
    } catch {
      return .failed(error.description)
    }
  }

  private func write() throws(RunError) -> String {
    let stem =
      FileManager.default.currentDirectoryPath + "/magmascope-" + UserDirectories.timeStamp()
    switch kind {
    case .csv: return try write(RecordFormat.csv.document(records), stem + ".csv")
    case .jsonl: return try write(RecordFormat.jsonl.document(records), stem + ".jsonl")
    case .latex: return try write(SummaryTable.results(records).latex, stem + ".tex")
    case .text: return try write(screen.buffer.plainText(), stem + ".txt")
    case .screen:
      return try write(screen.buffer.svg(theme: screen.theme), stem + "-screen.svg")
    case .svg: return try write(picture, stem + ".svg")
    case .tensorboard: return try writeEvents(to: stem + "-tensorboard")
    }
  }

  /// The focused panel as it is on the screen.
  private var picture: String {
    switch focus {
    case .chart(let scene): SVGChart().render(scene)
    case .cells(let frame): frame.buffer.svg(theme: frame.theme)
    }
  }

  private func write(_ text: String, _ path: String) throws(RunError) -> String {
    try OutputFile.write(Data(text.utf8), to: path)
    return path
  }

  private func writeEvents(to directory: String) throws(RunError) -> String {
    let files = TensorBoardExport.files(
      records, startSeconds: Date().timeIntervalSince1970,
      host: ProcessInfo.processInfo.hostName)
    for file in files {
      let path = directory + "/" + file.path
      try OutputFile.makeDirectory(URL(fileURLWithPath: path).deletingLastPathComponent().path)
      try OutputFile.write(Data(file.bytes), to: path)
    }
    return directory
  }
}
