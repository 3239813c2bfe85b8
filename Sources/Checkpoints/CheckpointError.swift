import RunModel

/// A checkpoint's file that can be read but makes no sense.
enum CheckpointError {
  static func bad(_ path: String, _ what: String, _ remedy: String) -> RunError {
    RunError(.input, what, place: path, remedy: remedy)
  }
}
