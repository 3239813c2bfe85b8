import TerminalUI

extension PanelTable {
  static let live: [PanelSpec] = [
    lossPanel, digitsPanel, runsPanel, maskPanel, alignmentPanel, dampingPanel, verdictPanel,
    rasterPanel, differencePanel, alignmentTracePanel, rateTracePanel,
  ]

  private static let lossPanel = PanelSpec(
    .loss, "loss", caption: "how wrong the predictions are: lower is better",
    unit: "nats per token", minimum: (30, 6), priority: 100,
    explanation: [
      "Thick lines with a letter are validation losses, dots where they were measured; thin lines "
        + "are the smoothed training loss ([ and ] smooth), faint ones single steps (g).",
      "A line marked floor is the lowest loss any model can reach; upright lines are events.",
      "Look at which curve lies lower at the end, and whether the gap grows or closes.",
      "The arms share weights at step 0, batches and order: what parts them is the update.",
      "Alarming: a curve that rises and stays up, or ends in an x (diverged): lower the rate.",
    ]
  ) { context, buffer, area in
    buffer.draw(
      LossPanel(
        state: context.state, isFocused: context.isFocused, caption: context.title(""),
        saysLosses: context.placed.isDisjoint(with: [.runs, .digits])), in: area)
  }

  private static let digitsPanel = PanelSpec(
    .digits, "losses in large digits", caption: "validation loss: lower is better",
    unit: "nats per token", minimum: (36, 3), priority: 90,
    explanation: [
      "The newest validation losses of the two compared arms.",
      "Both are measured on the same held-out windows at the same step.",
      "With one seed, luck and merit cannot be told apart: the difference is one draw.",
    ]
  ) { context, buffer, area in
    buffer.draw(
      DigitsPanel(state: context.state, title: context.title("loss")), in: area)
  }

  private static let runsPanel = PanelSpec(
    .runs, "arms", caption: "the optimizers under comparison", minimum: (24, 5), priority: 95,
    explanation: [
      "One row an arm (an optimizer configuration under comparison); Space hides its curves.",
      "val and train are losses; lr is the rate of this step; eff.lr is lr x keep x s, the mean "
        + "step of the masked blocks, and mean its average over the run.",
      "Look at eff.lr: an arm with a smaller mean step is slower for that reason alone.",
      "cpu is CPU per step relative to the first arm; state is what the optimizer keeps.",
      "Alarming: div. (the loss is no longer finite).",
    ]
  ) { context, buffer, area in
    buffer.draw(RunsPanel(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let maskPanel = PanelSpec(
    .mask, "mask rate per block", caption: "how often each block's update was dropped",
    unit: "blocks", minimum: (24, 5), priority: 70, explanation: maskExplanation
  ) { context, buffer, area in
    buffer.draw(
      MaskPanel(
        state: context.state, arm: context.state.distributedArm, isFocused: context.isFocused,
        heading: context.isForAudience ? context.spec.caption : nil), in: area)
  }

  private static let alignmentPanel = PanelSpec(
    .alignment, "alignment", caption: "does the momentum point along the gradient?",
    unit: "share of block-steps", minimum: (24, 5), priority: 68,
    explanation: alignmentExplanation
  ) { context, buffer, area in
    buffer.draw(
      AlignmentPanel(
        state: context.state, arm: context.state.distributedArm, isFocused: context.isFocused,
        heading: context.isForAudience ? context.spec.caption : nil), in: area)
  }

  private static let dampingPanel = PanelSpec(
    .damping, "damping s per block", caption: "what a kept update is multiplied by",
    unit: "blocks", minimum: (24, 5), priority: 40,
    explanation: [
      "Bars count blocks by s, the factor on the update before the coin, at the shown step.",
      "s averages sigmoid(alignment / tau): it can only lie between sigmoid(-1/tau) and "
        + "sigmoid(1/tau), .378 to .622 for tau 2.",
      "Look for blocks far from the others: their momentum agrees more, or less, with the gradient.",
      "Pure noise gives .554 (tau 2, beta .9): s near that says nothing about signal.",
    ]
  ) { context, buffer, area in
    buffer.draw(
      DampingPanel(
        state: context.state, arm: context.state.distributedArm, isFocused: context.isFocused),
      in: area)
  }

  private static let verdictPanel = PanelSpec(
    .verdict, "verdict", caption: "how far to trust this comparison", minimum: (24, 5),
    priority: 80,
    explanation: [
      "What may be said of the two compared arms, and what is missing for more; v shows it all.",
      "With one seed, luck and merit cannot be told apart, whatever the gap.",
      "J starts a fair test: six fresh paired seeds, the matched control, a fixed budget.",
      "Grades: A is tuned, declared and replicated; C is a look; EXPLORATORY was changed live.",
    ]
  ) { context, buffer, area in
    buffer.draw(VerdictPanel(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let rasterPanel = PanelSpec(
    .raster, "blocks x steps", caption: "which updates were applied", minimum: (40, 9),
    priority: 50,
    explanation: [
      "A row a block, a column a step, the newest at the right: filled where the update was "
        + "applied, a dot where the coin dropped it, a line where the block is not masked.",
      "All arms of a seed toss the same coins: step and block decide, never the arm.",
      "Look for rows that differ: with fair coins every masked row is equally grey.",
      "Alarming: a masked row that stays full or empty.",
    ]
  ) { context, buffer, area in
    let state = context.state
    buffer.draw(
      RasterPanel(
        state: state, arm: state.distributedArm, blocks: state.rasterBlocks,
        isFocused: context.isFocused, selected: context.isFocused ? state.selectedBlock : nil),
      in: area)
  }

  private static let differencePanel = PanelSpec(
    .difference, "difference of losses", caption: "the gap between the two arms",
    unit: "nats per token", minimum: (34, 8), priority: 45,
    explanation: [
      "The second arm's validation loss minus the first's, paired: same seed, same step.",
      "Below 0 the second is lower; with several seeds the band is the 95 % interval of the mean.",
      "Look at whether the line has settled: early gaps come mostly from the size of the steps.",
      "A band that holds 0 says that the sign is not known.",
    ]
  ) { context, buffer, area in
    buffer.draw(DifferencePanel(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let alignmentTracePanel = PanelSpec(
    .alignmentTrace, "alignment over the run", caption: "agreement of momentum and gradient",
    unit: "cosine", minimum: (30, 7), priority: 30,
    explanation: [
      "The mean alignment over blocks of every arm, smoothed; dashed the value of pure noise.",
      "Near the noise level the momentum carries little that the gradient repeats.",
      "Look for a fall over the run: near the floor the gradient is mostly noise.",
    ]
  ) { context, buffer, area in
    buffer.draw(
      TracePanel(state: context.state, kind: .alignment, isFocused: context.isFocused), in: area)
  }

  private static let rateTracePanel = PanelSpec(
    .rateTrace, "effective learning rate", caption: "how large the mean step is",
    unit: "learning rate", minimum: (30, 7), priority: 28,
    explanation: [
      "lr x keep x s of the masked blocks at every step; of an arm without a mask, lr itself.",
      "Warm-up and schedule bend all curves alike; the distance between them is the mask's.",
      "Two arms whose curves differ compare step sizes as much as methods (K adds a control).",
    ]
  ) { context, buffer, area in
    buffer.draw(
      TracePanel(state: context.state, kind: .effectiveRate, isFocused: context.isFocused),
      in: area)
  }

  static let maskExplanation = [
    "Bars count blocks by the share of their updates that the coin dropped in the window (W: since "
      + "the start, the last 100 steps, at the cursor).",
    "The upright mark in a row is the count that fair coins lead to expect (Binomial).",
    "An arm without a mask has every block at 0.",
    "Look for bars beyond the marks; with more steps the bars close in on the set probability.",
    "Alarming: a block further than 4 standard deviations out; that would be a bug, not luck.",
  ]

  static let alignmentExplanation = [
    "Bars are the share of block-steps by alignment, the cosine between momentum and gradient, from "
      + "-1 to 1 (W chooses the window).",
    "The row marked > is where pure noise lies: the momentum holds the gradient itself, so the "
      + "cosine of noise is sqrt(1 - beta^2), .436 for beta .9, not 0.",
    "Look at where the mass lies against that row: above it the gradients agree from step to step.",
    "In the first 40 steps the moments are still warming up.",
    "Alarming: mass below 0: the steps overshoot, the rate may be too high.",
  ]
}
