import LessonStage
import Lessons
import Optimizers
import Presets
import RunModel
import Workloads

/// Lessons as the program has them, and one small enough to be played in a moment.
enum LessonFixture {
  static let builder = ConfigurationBuilder(
    catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
  static let library = LessonLibrary(builder: builder)

  static func read(_ text: String) throws(RunError) -> Lesson {
    try LessonReader(file: "test.yaml", builder: builder).read(text, name: "test")
  }

  /// A lesson on noise: arm m masks half, arm p nearly nothing.
  static func text(beats: String = LessonFixture.beats, kind: String = "fact") -> String {
    """
    title: Test
    goal: A goal.
    corrects: A belief.
    kind: \(kind)
    pair: [m, p]
    notes: Notes.
    limits: Limits.
    runs:
      main:
        workload: noise
        settings: {elements: 1024, blocks: 8}
        steps: 60
        evalEvery: 10
        schedule: {kind: constant}
        arms: ["magma(adam):lr=1e-3,tau=0.1", "sample(adam):lr=1e-3,tau=0.1"]
      other:
        like: main
        seed: 7
    beats:
    \(beats)
    """
  }

  static let beats = """
      - train: {to: 10}
        show: maskRate
      - say: First.
      - hide: {panel: maskRate, after: 10}
      - ask:
          question: How much?
          choices:
            - {text: little, check: m.maskRate < .2, why: No.}
            - {text: half, check: .3 < m.maskRate < .7}
            - {text: most, check: m.maskRate > .8}
          writtenFor: B
          hints: [one, two]
      - train: {to: 60}
      - reveal
      - explain: "No figure here. It was {m.maskRate, %}, and p {p.maskRate, share}."
      - do:
          text: Go on.
          until: .3 < other.m.maskRate < .7
          offers: [other]
      - say: Last.
    """

  /// Plays to the end and returns player and record.
  static func play(
    _ lesson: Lesson, seedShift: UInt64 = 0
  ) throws -> (player: LessonPlayer, record: LessonRecord) {
    let stage = LessonStage()
    return try LessonRehearsal(lesson, seedShift: seedShift, stage: stage.perform).play()
  }
}
