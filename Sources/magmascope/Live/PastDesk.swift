import Explorer
import RunModel
import RunStore

/// Computes a part of a run's past again, beside whoever trains it; the run stays as it is.
struct PastDesk {
  /// What came of it.
  struct Found {
    var events: [RunEvent] = []
    var looks: [BlockLook] = []
    /// For people, in a line.
    var note: String
  }

  let directory: String
  let order: PastOrder
  /// Who writes the run's files in this process; nil: nobody, or another process does.
  let recorder: Recorder?
  let watch: ReplayWatch

  func work() throws(RunError) -> Found {
    let run = try RepeatableRun(try .open(at: directory), yields: true)
    switch order {
    case .probe(let cadence):
      guard let readings = try run.readings(cadence, watch), watch.isWanted else {
        return Found(note: "given up: nothing was measured")
      }
      guard !readings.isEmpty else {
        return Found(note: "\(cadence.kind.rawValue) says nothing about these arms there")
      }
      let note = keep(readings) ?? "see the block inspector on screen 3"
      return Found(
        events: readings.map { .probed($0) }, note: "measured \(cadence.kind.rawValue): " + note)
    case .look(let wish, let step):
      guard let looks = try run.looks(at: wish, in: step, watch) else {
        return Found(note: "given up: step \(step) is as unknown as before")
      }
      return Found(
        looks: looks,
        note: looks.isEmpty ? "the arm made no step \(step)" : "the maps of step \(step)")
    }
  }

  /// Puts the readings into the run's file; says why where that cannot be.
  private func keep(_ readings: [ProbeReading]) -> String? {
    if let recorder {
      for reading in readings { recorder.record(.probed(reading)) }
      return nil
    }
    do throws(RunError) {
      try OwnedRun.enter(readings, at: directory)
      return nil
    } catch {
      return "shown, not kept: \(error.description)"
    }
  }
}
