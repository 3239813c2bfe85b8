import RunModel

/// A lesson: runs, and what a learner reads, is asked and does beside them.
///
/// What the runs come to is nowhere written: answers and the figures in the texts follow from the
/// record of the very runs on the screen.
package struct Lesson: Sendable {
  /// How answers must behave when the records of two arms are exchanged.
  package enum Kind: String, Sendable, CaseIterable {
    /// A statement on one arm: exchanged records turn the answer.
    case fact
    /// A comparison: exchanged records turn it, and equal arms do not differ.
    case pair
    /// Neither applies: the arms are equal by design, or each is compared with itself.
    case exempt
  }

  /// What it is asked for by.
  package var name: String
  package var title: String
  /// What the learner can do afterwards, and the belief that the lesson corrects.
  package var goal: String
  package var corrects: String
  package var kind: Kind
  /// The two arms, by name, whose records are exchanged when the lesson is checked.
  package var pair: [String]
  /// The first is the one that names without a run speak of.
  package var runs: [LessonRun]
  package var beats: [Beat]
  /// For whoever teaches.
  package var notes: String
  /// What the lesson does not show.
  package var limits: String

  package init(
    name: String, title: String, goal: String, corrects: String, kind: Kind, pair: [String],
    runs: [LessonRun], beats: [Beat], notes: String, limits: String
  ) {
    (self.name, self.title, self.goal, self.corrects) = (name, title, goal, corrects)
    (self.kind, self.pair, self.runs, self.beats) = (kind, pair, runs, beats)
    (self.notes, self.limits) = (notes, limits)
  }

  /// Places of the beats at which the learner stops.
  package var stops: [Int] { beats.indices.filter { beats[$0].isStop } }

  /// The question that a beat belongs to: the latest one before it.
  package func question(before place: Int) -> (place: Int, Question)? {
    for earlier in (0..<min(place, beats.count)).reversed() {
      if case .ask(let question) = beats[earlier].act { return (earlier, question) }
    }
    return nil
  }
}

/// One of a lesson's runs.
package struct LessonRun: Sendable {
  package var name: String
  package var configuration: RunConfiguration
  /// What texts and expressions call the arms, in their order.
  package var armNames: [String]
  /// What is measured on the way.
  package var probes: [ProbeCadence]

  package init(
    name: String, configuration: RunConfiguration, armNames: [String], probes: [ProbeCadence] = []
  ) {
    (self.name, self.configuration) = (name, configuration)
    (self.armNames, self.probes) = (armNames, probes)
  }
}

/// What is shown beside the text.
package enum LessonPanel: String, Sendable, Hashable, CaseIterable {
  case loss, runs, maskRate, alignment, damping, raster, blocks, difference, effectiveRate
  case proposition, plane, spread, sweep
  /// Alignment and effective rate of all arms over the run.
  case alignmentCurve
}

/// One thing that happens in a lesson.
package struct Beat: Sendable {
  package enum Act: Sendable {
    /// A page to read.
    case say(LessonText)
    /// A page that is written for one answer of the latest question.
    case explain(LessonText)
    /// Trains a run up to a step, from its beginning where it has not begun.
    case train(run: Int, to: Int)
    case ask(Question)
    /// Covers a panel, or arms on every panel, until the reveal.
    case hide(Cover)
    case reveal
    case task(LessonTask)
    /// Shows two arms, by place, against one another.
    case compare(Int, Int)
    case sweep(LessonSweepPlan)
  }

  package var act: Act
  /// nil: the panel of the beat before.
  package var panel: LessonPanel?

  package init(_ act: Act, panel: LessonPanel? = nil) {
    (self.act, self.panel) = (act, panel)
  }

  /// Whether the learner stops here and goes on by a key.
  package var isStop: Bool {
    switch act {
    case .say, .explain, .ask, .task: true
    case .train, .hide, .reveal, .compare, .sweep: false
    }
  }
}

/// What the learner must not see before the answer is locked and the run has come out.
package struct Cover: Sendable, Hashable {
  package var panel: LessonPanel?
  /// What lies up to this step stays in sight.
  package var after: Int
  /// Places of arms that are left out of the charts.
  package var arms: Set<Int>

  package init(panel: LessonPanel? = nil, after: Int = 0, arms: Set<Int> = []) {
    (self.panel, self.after, self.arms) = (panel, after, arms)
  }
}

/// A question whose answer follows from the record.
package struct Question: Sendable {
  package struct Choice: Sendable {
    package var text: String
    /// Holds when this is the answer.
    package var check: LessonExpression
    /// Shown to whoever chose it in vain.
    package var reason: String
    /// Whether it says that two arms do not differ.
    package var isNoDifference: Bool

    package init(text: String, check: LessonExpression, reason: String, isNoDifference: Bool) {
      (self.text, self.check, self.reason) = (text, check, reason)
      self.isNoDifference = isNoDifference
    }
  }

  package var text: String
  package var choices: [Choice]
  /// What must hold for the question to make sense on a run; nil: nothing.
  package var needs: LessonExpression?
  /// The choice that the pages after the question are written for.
  package var writtenFor: Int
  package var hints: [String]

  package init(
    text: String, choices: [Choice], needs: LessonExpression?, writtenFor: Int, hints: [String]
  ) {
    (self.text, self.choices, self.needs) = (text, choices, needs)
    (self.writtenFor, self.hints) = (writtenFor, hints)
  }

  /// `A`, `B`, ...
  package static func letter(_ choice: Int) -> String {
    String(UnicodeScalar(UInt8(65 + min(max(choice, 0), 25))))
  }

  /// What the record answers: the one choice that holds, else nil.
  package func answer(_ record: LessonRecord, in lesson: Lesson) -> Int? {
    if let needs, !needs.holds(record, in: lesson) { return nil }
    let holding = choices.indices.filter { choices[$0].check.holds(record, in: lesson) }
    return holding.count == 1 ? holding[0] : nil
  }
}

/// Something the learner does; it ends when the record shows it.
package struct LessonTask: Sendable {
  package var text: LessonText
  package var until: LessonExpression
  /// Runs that get there: trained one after another for whoever asks for it.
  package var offers: [Int]
  /// The run that the learner works on, begun anew and paused; nil: the one on the screen.
  package var on: Int?
  /// A sweep that gets there.
  package var sweep: LessonSweepPlan?
  package var hints: [String]

  package init(
    text: LessonText, until: LessonExpression, offers: [Int], on: Int?, sweep: LessonSweepPlan?,
    hints: [String]
  ) {
    (self.text, self.until, self.offers) = (text, until, offers)
    (self.on, self.sweep, self.hints) = (on, sweep, hints)
  }
}

/// A small sweep of a run's arms.
package struct LessonSweepPlan: Sendable, Hashable {
  package var run: Int
  /// `lr=3e-3..3e-1:5`
  package var grid: String
  package var tuningSeeds: Int
  package var judgingSeeds: Int

  package init(run: Int, grid: String, tuningSeeds: Int, judgingSeeds: Int) {
    (self.run, self.grid) = (run, grid)
    (self.tuningSeeds, self.judgingSeeds) = (tuningSeeds, judgingSeeds)
  }
}
