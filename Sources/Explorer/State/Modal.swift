import RunModel
import TerminalUI

/// What lies over the screen and takes the keys.
package enum Modal {
  case help(offset: Int)
  case verdict(offset: Int)
  case difference(offset: Int)
  /// A text that is too long for the message line.
  case note(title: String, text: String, offset: Int)
  case command(CommandLine)
  case filter(TextEditor)
  case presets(PresetList)
  case runFilter(TextEditor)
  case naming(RunEntry, TextEditor)
  case confirmDelete(RunEntry)
  case confirmBranch(BranchOrder)
  case form(Form)
}

/// The `:` line while it is typed.
package struct CommandLine {
  package var editor = TextEditor()
  /// What went wrong with the last attempt.
  package var error: String?
}

/// The list of presets: what is selected and what the filter lets through.
package struct PresetList {
  package var selected = 0
  package var filter = TextEditor()
  package var isFiltering = false

  /// The entries whose name or title contains the filter, in their order.
  package func visible(_ presets: [PresetEntry]) -> [PresetEntry] {
    let wanted = filter.text.lowercased()
    return presets.filter {
      wanted.isEmpty || $0.name.lowercased().mentions(wanted)
        || $0.configuration.title.lowercased().mentions(wanted)
    }
  }
}

/// One line for the user, shown for a while.
package struct Message {
  package var text: String
  package var isAlert: Bool
  /// When it goes away, in seconds of the explorer's clock.
  package var until: Double
}
