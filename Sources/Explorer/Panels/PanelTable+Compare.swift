import History
import TerminalUI

extension PanelTable {
  static let compare: [PanelSpec] = [
    numbersPanel, lossPairPanel, maskPairPanel, alignmentPairPanel, alignmentDifferencePanel,
    factorsPanel, settingsPanel, textsPanel,
  ]

  private static let numbersPanel = PanelSpec(
    .numbers, "both losses", unit: "nats per token", minimum: (30, 1), priority: 99,
    explanation: [
      "The newest validation losses of both arms, their difference, and the settings "
        + "in which the arms differ."
    ]
  ) { context, buffer, area in
    buffer.draw(PairNumbers(state: context.state), in: area)
  }

  private static let lossPairPanel = PanelSpec(
    .lossPair, "loss, side by side", caption: "how wrong the predictions are: lower is better",
    unit: "nats per token", minimum: (38, 6), priority: 100,
    explanation: [
      "Left the first arm, right the second (c swaps), on the same axes; the other arm's curve "
        + "lies behind in grey.",
      "Thick with dots is the validation loss, thin the smoothed training loss.",
      "Look at the height at the end and at how early each curve comes down.",
      "Alarming: a curve that rises and stays up, or ends in an x (diverged).",
    ]
  ) { context, buffer, area in
    PairPanel(context).draw(on: &buffer, in: area) { arm, other, buffer, half in
      buffer.draw(
        PairLossPanel(state: context.state, arm: arm, other: other, isFocused: context.isFocused),
        in: half)
    }
  }

  private static let maskPairPanel = PanelSpec(
    .maskPair, "mask rate, side by side", caption: "how often each block's update was dropped",
    unit: "blocks", minimum: (38, 5), priority: 80, explanation: maskExplanation
  ) { context, buffer, area in
    PairPanel(context).draw(on: &buffer, in: area) { arm, other, buffer, half in
      buffer.draw(
        MaskPanel(
          state: context.state, arm: arm, other: other, isFocused: context.isFocused), in: half)
    }
  }

  private static let alignmentPairPanel = PanelSpec(
    .alignmentPair, "alignment, side by side",
    caption: "does the momentum point along the gradient?", unit: "share of block-steps",
    minimum: (38, 5), priority: 78, explanation: alignmentExplanation
  ) { context, buffer, area in
    PairPanel(context).draw(on: &buffer, in: area) { arm, other, buffer, half in
      buffer.draw(
        AlignmentPanel(
          state: context.state, arm: arm, other: other, isFocused: context.isFocused), in: half)
    }
  }

  private static let alignmentDifferencePanel = PanelSpec(
    .alignmentDifference, "difference of alignments",
    caption: "whose momentum agrees more with its gradient", unit: "cosine",
    minimum: (34, 7), priority: 44,
    explanation: [
      "The second arm's mean alignment minus the first's at every step, smoothed.",
      "Above 0 the second arm's momentum agrees more with its gradient than the first's.",
      "Dashed is the difference of the two noise levels: 0 when both momenta have the same beta.",
      "Look for a lasting distance from the dashed line; single steps are noisy.",
    ]
  ) { context, buffer, area in
    buffer.draw(
      AlignmentDifferencePanel(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let factorsPanel = PanelSpec(
    .factors, "damping factors", caption: "what an update is multiplied by before the coin",
    unit: "factor", minimum: (30, 7), priority: 42,
    explanation: [
      "The mean factor on the updates before the coin, of both arms; 1 for an arm without one.",
      "Magma's s lies between sigmoid(-1/tau) and sigmoid(1/tau); skip's is 1/keep.",
      "Times keep it is what the mean step is multiplied by: see the effective learning rate.",
    ]
  ) { context, buffer, area in
    let pair = context.state.shownPair
    buffer.draw(
      TracePanel(
        state: context.state, kind: .scale,
        arms: [pair.left?.place, pair.right?.place].compactMap(\.self),
        isFocused: context.isFocused), in: area)
  }

  private static let settingsPanel = PanelSpec(
    .settings, "settings that differ", minimum: (36, 6), priority: 38,
    explanation: [
      "The settings of the two arms side by side, those that differ first; d shows all.",
      "A comparison is about whatever differs here: one thing at best.",
    ]
  ) { context, buffer, area in
    buffer.draw(SettingsPanel(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let textsPanel = PanelSpec(
    .texts, "text, side by side", caption: "what the models write", minimum: (38, 5),
    priority: 36,
    explanation: [
      "What the newest kept model of each arm writes from nothing, drawn as it believes: same "
        + "random numbers for both; :sample WORDS lets them go on with words of yours.",
      "Written anew at every evaluation while this panel is on the screen.",
      "Look at when words become words: a tenth of a nat is hard to see in a text.",
      "Alarming: one letter or word again and again.",
    ]
  ) { context, buffer, area in
    PairPanel(context).draw(on: &buffer, in: area) { arm, _, buffer, half in
      buffer.draw(
        TextPanel(state: context.state, arm: arm, isFocused: context.isFocused), in: half)
    }
  }

  static let blocks: [PanelSpec] = [
    blockTablePanel, stepByHandPanel, blockMapsPanel, blockChartsPanel,
  ]

  private static let blockTablePanel = PanelSpec(
    .blockTable, "blocks", caption: "every block of the model and its last updates",
    minimum: (38, 6), priority: 100,
    explanation: [
      "A row a block (one weight matrix): left and right choose the column that sorts, B reverses.",
      "mask rate is the share of dropped updates, align the newest cosine, s the damping factor, "
        + "distance the sum of all update norms.",
      "The strip at the right shows the last steps: filled applied, dot dropped, line not masked.",
      "Look for blocks that differ from their likes; / filters by name.",
      "Alarming: a mask rate far from the set probability after some hundred steps.",
    ]
  ) { context, buffer, area in
    buffer.draw(BlockTable(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let stepByHandPanel = PanelSpec(
    .stepByHand, "one step by hand", caption: "what happened to this block in this step",
    minimum: (36, 9), priority: 80,
    explanation: [
      "The arithmetic of the shown step for the selected block, with its numbers.",
      "g is the gradient, mu the momentum it is compared with, cos their alignment; the score is "
        + "sigmoid(cos / tau), s its running average.",
      "The coin falls below keep with that probability: then the update times s is applied.",
      "MASKED: nothing moves in this step but the moments.",
      "s (one step), comma and full stop go from step to step.",
    ]
  ) { context, buffer, area in
    buffer.draw(StepByHand(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let blockMapsPanel = PanelSpec(
    .blockMaps, "maps of the step", caption: "gradient, momentum and what moved",
    minimum: (40, 8), priority: 75,
    explanation: [
      "The selected block as a matrix, averaged into cells: gradient g, momentum mu, and Delta, what "
        + "was taken from the weights in this step; each on its own scale, with its largest cell above it.",
      "Two colours, and two sets of characters, tell above 0 from below; denser is larger.",
      "x: weights that did not move, as where a row, a column or an element was dropped.",
      "Look for stripes that g and mu share: that is what an alignment above the noise is made of.",
      "Made of the steps that are trained while this panel is on the screen; none of it is recorded. "
        + "Enter in the panel computes another step again, from the nearest checkpoint.",
    ]
  ) { context, buffer, area in
    buffer.draw(BlockMaps(state: context.state, isFocused: context.isFocused), in: area)
  }

  private static let blockChartsPanel = PanelSpec(
    .blockCharts, "charts of the block and of the probes", minimum: (36, 8), priority: 70,
    explanation: [
      "Tab goes round: alignment of the block over the last steps, what masking costs, curvature, "
        + "sharpness, the tail of the gradient noise, update over weight, distance.",
      "The probes measure when asked: :probe curvature:50 every 50 steps to come, :probe curvature "
        + "100..200 along the past.",
      "Dashed lines are predictions or a second figure, named in the title.",
      "Look for the rate up to which the predicted cost of masking holds.",
    ]
  ) { context, buffer, area in
    guard let arm = context.state.distributedArm else {
      let inside = buffer.box(area, title: context.spec.title, focused: context.isFocused)
      return sayNothing(context.state.shown.absence ?? "no step yet", on: &buffer, in: inside)
    }
    buffer.draw(
      BlockCharts(
        state: context.state, arm: arm, first: context.state.blockChart,
        isFocused: context.isFocused), in: area)
  }

  static let sweep: [PanelSpec] = [
    sweepInvitationPanel, sweepStatusPanel, sweepChartPanel, sweepArmsPanel, sweepVerdictPanel,
  ]

  private static let sweepInvitationPanel = PanelSpec(
    .sweepInvitation, "sweep", caption: "tune every arm, then judge", minimum: (20, 4),
    priority: 100,
    explanation: [
      "A sweep tunes every arm on the same grid of values, then judges each at its best on "
        + "fresh seeds.",
      "Enter opens the form; :sweep lr=1e-4..1e-2:5 starts one with the present arms.",
    ]
  ) { context, buffer, area in
    SweepScreen(state: context.state).drawInvitation(on: &buffer, in: area)
  }

  private static let sweepStatusPanel = PanelSpec(
    .sweepStatus, "progress", minimum: (30, 1), priority: 99,
    explanation: ["How far the sweep has come, and what was declared before it began."]
  ) { context, buffer, area in
    SweepScreen(state: context.state).drawStatus(on: &buffer, in: area)
  }

  private static let sweepChartPanel = PanelSpec(
    .sweepChart, "final loss against the swept value",
    caption: "which learning rate suits whom", unit: "nats per token", minimum: (30, 6),
    priority: 100,
    explanation: [
      "A letter is the median final loss of an arm at a value over the tuning seeds; the capital "
        + "is its best, an x diverged.",
      "Look at the lowest point of each curve, not at one column: the same value is not the same "
        + "step for two methods.",
      "Look at the width of the near-best range: a wide one forgives a badly chosen rate.",
      "Alarming: a best value at the edge of the grid: the true best may lie beyond it.",
    ]
  ) { context, buffer, area in
    SweepScreen(state: context.state).drawChart(
      on: &buffer, in: area, isFocused: context.isFocused)
  }

  private static let sweepArmsPanel = PanelSpec(
    .sweepArms, "best of each", caption: "each arm at its best", minimum: (30, 5), priority: 90,
    explanation: [
      "The best value of every arm, its median final loss, and the range of values within .05 of it.",
      "diverged is the share of runs whose loss did not stay finite.",
      "edge: the best lies at the end of the grid, so the true best may lie beyond.",
    ]
  ) { context, buffer, area in
    SweepScreen(state: context.state).drawArms(
      on: &buffer, in: area, isFocused: context.isFocused)
  }

  private static let sweepVerdictPanel = PanelSpec(
    .sweepVerdict, "verdict of the sweep", caption: "how far to trust this sweep",
    minimum: (30, 4), priority: 80,
    explanation: [
      "After the judging seeds: which arm is better at its own best value, by how much, how sure.",
      "Tuning seeds never judge. v shows the whole checklist.",
    ]
  ) { context, buffer, area in
    SweepScreen(state: context.state).drawVerdict(
      on: &buffer, in: area, isFocused: context.isFocused)
  }
}
