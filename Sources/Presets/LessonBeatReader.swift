import Lessons
import RunModel
import Yams

/// Reads the beats of a lesson whose runs are known.
struct LessonBeatReader {
  let reader: PresetReader
  let runs: [LessonRun]

  static let acts = [
    "say", "train", "ask", "hide", "reveal", "explain", "do", "compare", "sweep",
  ]

  func beats(_ node: Node) throws(RunError) -> [Beat] {
    guard let sequence = node.sequence, !sequence.isEmpty else {
      throw reader.error("'beats' is a list", at: node)
    }
    var beats: [Beat] = []
    for item in sequence { beats.append(try beat(item)) }
    return beats
  }

  /// One beat: what happens, and with `show` what is shown; `reveal` stands alone.
  private func beat(_ node: Node) throws(RunError) -> Beat {
    if node.scalar?.string == "reveal" { return Beat(.reveal) }
    guard let mapping = node.mapping else {
      throw reader.error("a beat is one of " + Self.acts.joined(separator: ", "), at: node)
    }
    var (act, panel): (Beat.Act?, LessonPanel?) = (nil, nil)
    try reader.forEachKey(of: mapping, allowed: Self.acts + ["show"]) {
      (key, value) throws(RunError) in
      if key == "show" { return panel = try reader.choice(value, key) }
      guard act == nil else { throw reader.error("a beat does one thing", at: value) }
      act = try self.act(key, value)
    }
    guard let act else { throw reader.error("a beat wants something to happen", at: node) }
    return Beat(act, panel: panel)
  }

  private func act(_ key: String, _ node: Node) throws(RunError) -> Beat.Act {
    switch key {
    case "say": .say(try page(node, key))
    case "explain": .explain(try page(node, key))
    case "train": try train(node)
    case "ask": .ask(try question(node))
    case "hide": .hide(try cover(node))
    case "reveal": .reveal
    case "do": .task(try task(node))
    case "compare": try compare(node)
    default: .sweep(try sweep(node))
    }
  }

  // MARK: Beats of one line

  private func train(_ node: Node) throws(RunError) -> Beat.Act {
    let values = try keys(node, "train", allowed: ["run", "to"])
    let run = try self.run(values["run"])
    let steps = runs[run].configuration.steps
    guard let to = values["to"] else { return .train(run: run, to: steps) }
    return .train(run: run, to: try reader.integer(to, "to", 0...steps))
  }

  private func compare(_ node: Node) throws(RunError) -> Beat.Act {
    let places = try arms(node, "compare", of: 0)
    guard places.count == 2 else { throw reader.error("'compare' names two arms", at: node) }
    return .compare(places[0], places[1])
  }

  private func cover(_ node: Node) throws(RunError) -> Cover {
    let values = try keys(node, "hide", allowed: ["panel", "after", "arms"])
    var cover = Cover()
    if let panel = values["panel"] { cover.panel = try reader.choice(panel, "panel") }
    if let after = values["after"] {
      cover.after = try reader.integer(after, "after", 0...runs[0].configuration.steps)
    }
    if let arms = values["arms"] { cover.arms = Set(try self.arms(arms, "arms", of: 0)) }
    guard cover.panel != nil || !cover.arms.isEmpty else {
      throw reader.error("'hide' wants a panel or arms", at: node)
    }
    return cover
  }

  private func sweep(_ node: Node) throws(RunError) -> LessonSweepPlan {
    let values = try keys(node, "sweep", allowed: ["run", "grid", "tuning", "judging"])
    guard let grid = values["grid"], let tuning = values["tuning"],
      let judging = values["judging"]
    else { throw reader.error("'sweep' wants grid, tuning and judging", at: node) }
    return LessonSweepPlan(
      run: try run(values["run"]), grid: try reader.text(grid, "grid"),
      tuningSeeds: try reader.integer(tuning, "tuning", 1...1000),
      judgingSeeds: try reader.integer(judging, "judging", 0...1000))
  }

  // MARK: Questions and tasks

  private func question(_ node: Node) throws(RunError) -> Question {
    let values = try keys(
      node, "ask", allowed: ["question", "choices", "needs", "writtenFor", "hints"])
    guard let text = values["question"], let list = values["choices"]?.sequence,
      let written = values["writtenFor"]
    else { throw reader.error("'ask' wants question, choices and writtenFor", at: node) }
    guard (2...6).contains(list.count) else {
      throw reader.error("'ask' has \(list.count) choices", at: node, remedy: "allowed: 2..6")
    }
    var choices: [Question.Choice] = []
    for item in list { choices.append(try choice(item)) }
    let letters = choices.indices.map(Question.letter)
    let letter = try reader.text(written, "writtenFor")
    guard let writtenFor = letters.firstIndex(of: letter) else {
      throw reader.error(
        "'writtenFor' is '\(letter)'", at: written,
        remedy: "allowed: " + letters.joined(separator: ", "))
    }
    return Question(
      text: try words(text, "question"), choices: choices,
      needs: try condition(values["needs"], "needs"), writtenFor: writtenFor,
      hints: try texts(values["hints"], "hints"))
  }

  private func choice(_ node: Node) throws(RunError) -> Question.Choice {
    let values = try keys(node, "choices", allowed: ["text", "check", "why", "noDifference"])
    guard let text = values["text"], let check = try condition(values["check"], "check") else {
      throw reader.error("a choice wants text and check", at: node)
    }
    var reason = ""
    if let why = values["why"] { reason = try words(why, "why") }
    return Question.Choice(
      text: try words(text, "text"), check: check, reason: reason,
      isNoDifference: values["noDifference"]?.scalar?.string == "true")
  }

  private func task(_ node: Node) throws(RunError) -> LessonTask {
    let values = try keys(
      node, "do", allowed: ["text", "until", "offers", "on", "sweep", "hints"])
    guard let text = values["text"], let until = try condition(values["until"], "until") else {
      throw reader.error("'do' wants text and until", at: node)
    }
    var offers: [Int] = []
    if let list = values["offers"] {
      for name in try texts(list, "offers") { offers.append(try run(named: name, at: list)) }
    }
    var on: Int?
    if let run = values["on"] { on = try self.run(run) }
    var sweep: LessonSweepPlan?
    if let plan = values["sweep"] { sweep = try self.sweep(plan) }
    return LessonTask(
      text: try page(text, "text"), until: until, offers: offers, on: on, sweep: sweep,
      hints: try texts(values["hints"], "hints"))
  }

  // MARK: Parts

  private func keys(
    _ node: Node, _ key: String, allowed: [String]
  ) throws(RunError) -> [String: Node] {
    guard let mapping = node.mapping else {
      throw reader.error("'\(key)' is a list of keys", at: node)
    }
    var values: [String: Node] = [:]
    try reader.forEachKey(of: mapping, allowed: allowed) { (key, value) throws(RunError) in
      values[key] = value
    }
    return values
  }

  private func words(_ node: Node, _ key: String) throws(RunError) -> String {
    try reader.text(node, key).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func texts(_ node: Node?, _ key: String) throws(RunError) -> [String] {
    guard let node else { return [] }
    guard let sequence = node.sequence else { throw reader.error("'\(key)' is a list", at: node) }
    var texts: [String] = []
    for item in sequence { texts.append(try words(item, key)) }
    return texts
  }

  private func page(_ node: Node, _ key: String) throws(RunError) -> LessonText {
    let text = try words(node, key)
    do {
      return try LessonText(text, LessonVocabulary(runs))
    } catch {
      throw reader.error(error.message, at: node)
    }
  }

  private func condition(_ node: Node?, _ key: String) throws(RunError) -> LessonExpression? {
    guard let node else { return nil }
    let text = try words(node, key)
    let expression: LessonExpression
    do {
      expression = try LessonVocabulary(runs).expression(text)
    } catch {
      throw reader.error("'\(key)', \(error.description)", at: node)
    }
    guard expression.expression.isTruth else {
      throw reader.error("'\(key)' is no condition", at: node, remedy: "write a comparison")
    }
    return expression
  }

  private func run(_ node: Node?) throws(RunError) -> Int {
    guard let node else { return 0 }
    return try run(named: try reader.text(node, "run"), at: node)
  }

  private func run(named name: String, at node: Node) throws(RunError) -> Int {
    guard let place = runs.firstIndex(where: { $0.name == name }) else {
      throw reader.error(
        "no run '\(name)'" + suggestion(for: name, among: runs.map(\.name)), at: node)
    }
    return place
  }

  /// Places of the arms named in a list.
  func arms(_ node: Node, _ key: String, of run: Int) throws(RunError) -> [Int] {
    var places: [Int] = []
    for name in try texts(node, key) {
      guard let place = runs[run].armNames.firstIndex(of: name) else {
        throw reader.error(
          "no arm '\(name)'" + suggestion(for: name, among: runs[run].armNames), at: node)
      }
      places.append(place)
    }
    return places
  }
}
