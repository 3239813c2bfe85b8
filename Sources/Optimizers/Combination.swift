import RunModel
import TensorKernels

/// Refuses settings that contradict each other, with the reason.
struct Combination {
  private let specification: ArmSpecification
  private let entry: OptimizerRegistry.Entry
  private let masks: MaskSettings?

  init(_ specification: ArmSpecification, entry: OptimizerRegistry.Entry, masks: MaskSettings?) {
    self.specification = specification
    self.entry = entry
    self.masks = masks
  }

  func check(layout: TensorLayout) throws(RunError) {
    guard let masks else { return }
    if masks.isSparse { try checkSparse(masks) }
    if masks.kind == .cautious || masks.kind == .damp, masks.grain != .tensor {
      throw refusal(
        "grain=\(masks.grain.rawValue) needs a coin, and \(masks.kind.rawValue) tosses none",
        "leave grain out, or use skip, magma or sample")
    }
    let decay = specification.values["wd"]?.number ?? 0
    if masks.decaysOutside, entry.type.decayStyle == .coupled, decay > 0 {
      throw refusal(
        "decay=outside needs decoupled weight decay; \(specification.base)'s is part of its gradient",
        "use adamw, or leave decay out")
    }
    if masks.grain == .head, !layout.entries.contains(where: { $0.block.heads != nil }) {
      throw refusal(
        "grain=head needs attention blocks whose number of heads is known",
        "use grain=row or grain=tensor here")
    }
  }

  private func checkSparse(_ masks: MaskSettings) throws(RunError) {
    guard masks.kind == .skip || masks.kind == .magma else {
      let why =
        masks.kind == .sample
        ? "sample needs this step's moments before it can toss its coin"
        : "\(masks.kind.rawValue) drops no block"
      throw refusal("moments=sparse does not apply: \(why)", "use skip or magma")
    }
    guard masks.grain == .tensor else {
      throw refusal(
        "moments=sparse freezes whole tensors, so grain=\(masks.grain.rawValue) contradicts it",
        "use grain=tensor")
    }
  }

  private func refusal(_ problem: String, _ remedy: String) -> RunError {
    RunError(.usage, "arm '\(specification.text)': \(problem)", remedy: remedy)
  }
}
