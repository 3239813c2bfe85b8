import Export
import Foundation
import RunModel
import Testing

@Suite struct RecordFormatTests {
  static let adam = EvaluationRecord(
    lane: "a", arm: "adam:lr=1e-3,wd=0", seed: 0, step: 50, tokens: 51_200, trainLoss: 2.5,
    validationLoss: 2.25, learningRate: 1e-3, effectiveLearningRate: 1e-3, maskRate: nil,
    alignment: nil, scale: nil, cpuSeconds: 0.5, wallSeconds: 0.625)
  static let diverged = EvaluationRecord(
    lane: "m", arm: "magma(adam)", seed: .max, step: 100, tokens: 102_400, trainLoss: .nan,
    validationLoss: nil, learningRate: 1e-3, effectiveLearningRate: 2.5e-4, maskRate: 0.5,
    alignment: 0.436, scale: 0.55, cpuSeconds: 1, wallSeconds: 1, diverged: 73, final: true)

  @Test func jsonHasTheMembersInOrderAndNullWhereAFigureDoesNotApply() {
    #expect(
      RecordFormat.jsonl.line(Self.adam)
        == #"{"lane":"a","arm":"adam:lr=1e-3,wd=0","seed":0,"step":50,"tokens":51200,"#
        + #""trainLoss":2.5,"validationLoss":2.25,"learningRate":0.001,"#
        + #""effectiveLearningRate":0.001,"maskRate":null,"alignment":null,"scale":null,"#
        + #""cpuSeconds":0.5,"wallSeconds":0.625}"# + "\n")
    let line = RecordFormat.jsonl.line(Self.diverged)
    #expect(line.contains(#""trainLoss":null,"validationLoss":null"#))
    #expect(line.hasSuffix(#""diverged":73,"final":true}"# + "\n"))
  }

  @Test(arguments: [adam, diverged])
  func jsonReadsBackAsTheSameRecord(_ record: EvaluationRecord) throws {
    let line = RecordFormat.jsonl.line(record)
    var expected = record
    if expected.trainLoss?.isNaN == true { expected.trainLoss = nil }
    #expect(try JSONDecoder().decode(EvaluationRecord.self, from: Data(line.utf8)) == expected)
  }

  @Test func csvQuotesWhatNeedsItAndEveryLineHasEveryColumn() {
    let document = RecordFormat.csv.document([Self.adam, Self.diverged])
    let lines = document.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(
      lines[0]
        == "lane,arm,seed,step,tokens,trainLoss,validationLoss,learningRate,effectiveLearningRate,"
        + "maskRate,alignment,scale,cpuSeconds,wallSeconds,diverged,final,baseLoss")
    #expect(lines[1] == #"a,"adam:lr=1e-3,wd=0",0,50,51200,2.5,2.25,0.001,0.001,,,,0.5,0.625,,,"#)
    #expect(
      lines[2]
        == "m,magma(adam),18446744073709551615,100,102400,,,0.001,0.00025,0.5,0.436,0.55,1.0,1.0,73,true,"
    )
    #expect(lines.count == 4 && lines[3].isEmpty)
  }

  @Test func csvDoublesQuotesAndKeepsLineBreaks() {
    #expect(
      CSV.line(["a\"b", "x\ny", "p\r\nq", "plain"]) == "\"a\"\"b\",\"x\ny\",\"p\r\nq\",plain\r\n")
  }

  @Test func plainLinesAreKeysAndValues() {
    let line = RecordFormat.plain.line(Self.adam)
    #expect(
      line.hasPrefix("lane=a arm=adam:lr=1e-3,wd=0 seed=0 step=50 tokens=51200 trainLoss=2.5"))
    #expect(line.contains(" maskRate=null "))
    #expect(KeyValueLine.line([("note", .text("two words"))]) == "note=\"two words\"\n")
  }

  @Test func jsonEscapesEveryControlCharacter() throws {
    let text = String(String.UnicodeScalarView((0..<0x80).compactMap { Unicode.Scalar($0) })) + "é🙂"
    let line = JSONLines.line([("text", .text(text))])
    let decoded = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
    #expect(decoded["text"] == text)
  }
}

@Suite struct SummaryTableTests {
  @Test func tablesShowTheLastRecordOfEveryArmAndSeed() {
    var later = RecordFormatTests.adam
    (later.step, later.validationLoss) = (100, 2)
    let table = SummaryTable.results([
      RecordFormatTests.adam, RecordFormatTests.diverged, later,
    ])
    #expect(table.rows.map { $0[0] } == ["adam:lr=1e-3,wd=0", "magma(adam)"])
    #expect(table.rows.map { $0[4] } == ["2.0000", "diverged at 73"])
  }

  @Test func markdownAndLatexEscapeWhatTheyMust() {
    let table = SummaryTable(
      caption: "A & B", columns: [.init("arm", .left), .init("loss")],
      rows: [["a|b_c", "1.5"], ["50%", "2"]])
    #expect(
      table.markdown == """
        A & B

        | arm    | loss |
        | ------ | ---: |
        | a\\|b_c |  1.5 |
        | 50%    |    2 |

        """)
    #expect(
      table.latex == """
        \\begin{table}
          \\centering
          \\caption{A \\& B}
          \\begin{tabular}{lr}
            \\toprule
            arm & loss \\\\
            \\midrule
            a|b\\_c & 1.5 \\\\
            50\\% & 2 \\\\
            \\bottomrule
          \\end{tabular}
        \\end{table}

        """)
  }

  @Test func singleStepsHaveTheirColumns() {
    let specification = ArmSpecification(
      text: "sgd", base: "sgd", wrapper: nil, isMatched: false, values: [:], writtenKeys: [],
      momentum: nil)
    let arm = RunArm(
      id: ArmID(1), lane: Lane(letter: "s", name: "sgd#2"), specification: specification)
    var row = StepRow(arm: ArmID(1), seed: .max, step: 3)
    (row.trainLoss, row.gradientNorm, row.learningRate, row.stepFactor) = (2.5, .nan, 0.5, 0.25)
    (row.maskableCount, row.droppedSum) = (4, 1)
    #expect(
      RecordFormat.jsonl.line(row, arm)
        == #"{"lane":"s","arm":"sgd#2","seed":18446744073709551615,"step":3,"trainLoss":2.5,"#
        + #""gradientNorm":null,"learningRate":0.5,"effectiveLearningRate":0.125,"maskRate":0.25,"#
        + #""alignment":null,"scale":null,"cpuSeconds":0.0,"wallSeconds":0.0}"# + "\n")
    let columns = RecordFormat.csv.stepHeader.split(separator: ",").count
    #expect(RecordFormat.csv.line(row, arm).count { $0 == "," } == columns - 1)
  }
}
