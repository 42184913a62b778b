"""What can be known of each kind of event in which editor, how, and what it is kept for.

VS Code with Foretrace's extension tells more than the language server protocol carries; every other
editor is known by that protocol alone. What neither tells is not guessed.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from foretrace_telemetry import events
from foretrace_telemetry.events import Body


class Sight(str, Enum):
    """How an event comes to be known."""

    OBSERVED = "observed"
    INFERRED = "inferred"
    HIDDEN = "not observable"


@frozen
class Known:
    """What is known of a kind: `how`, where it is inferred or hidden, and `why` it is kept."""

    vscode: Sight
    lsp: Sight
    how: str
    why: str


_SEEN, _INFERRED, _HIDDEN = Sight.OBSERVED, Sight.INFERRED, Sight.HIDDEN

KNOWN: dict[type[Body], Known] = {
    events.Opened: Known(_SEEN, _SEEN, "", "Replay starts from its text."),
    events.Edited: Known(
        _SEEN,
        _SEEN,
        "What was removed is taken from a copy of the text, as the protocol does not say it. "
        "The origin is inferred by the rule that is kept with it, unless the editor tells it.",
        "The work itself: every fix, every guess and every replay is made of edits.",
    ),
    events.Resynced: Known(
        _INFERRED,
        _INFERRED,
        "A place that the text does not have, versions out of order, a save of another text, "
        "events that were lost, or recording that began in the middle.",
        "So that replay says where it begins anew, and never guesses.",
    ),
    events.OriginStated: Known(
        _SEEN,
        _HIDDEN,
        "VS Code tells an undo, a redo and a paste; changes during a save are formatting, and one "
        "after which the text is as on disk was read from there.",
        "Typed code and pasted code say different things about a person.",
    ),
    events.Saved: Known(_SEEN, _SEEN, "", "A moment that the person chose; it proves replay."),
    events.Closed: Known(_SEEN, _SEEN, "", "Where the work on a document ends."),
    events.ChangedOutside: Known(
        _INFERRED,
        _INFERRED,
        "The file of an open document holds another text than this editor last wrote: a checkout, "
        "a formatter, another editor or an assistant at work. Which of them, nobody tells.",
        "So that somebody else's work is not taken for the person's.",
    ),
    events.CellsArranged: Known(
        _SEEN,
        _SEEN,
        "From clients that tell of notebooks; each cell of Python is a document of its own.",
        "A notebook is its cells in their order.",
    ),
    events.Viewed: Known(_SEEN, _HIDDEN, "", "Where somebody looks, and what they go back to."),
    events.Selected: Known(
        _SEEN, _HIDDEN, "Told when the cursor rests.", "Where somebody looks before they edit."
    ),
    events.Copied: Known(
        _INFERRED,
        _HIDDEN,
        "VS Code tells those who take part in pasting that something is being copied; the length "
        "is that of the selection.",
        "Moving code is not writing it.",
    ),
    events.TerminalUsed: Known(
        _SEEN,
        _HIDDEN,
        "The class of a command is inferred from its first words, which are not kept.",
        "Running, testing and installing are steps of the work.",
    ),
    events.Debugged: Known(_SEEN, _HIDDEN, "", "Whether somebody is looking for a fault."),
    events.CompletionAccepted: Known(
        _HIDDEN,
        _HIDDEN,
        "Stable VS Code tells nobody of the acceptance of another's completion. A client that "
        "knows may report it.",
        "Accepted text is not typed text.",
    ),
    events.AgentAsked: Known(
        _HIDDEN,
        _HIDDEN,
        "What is asked of other assistants no editor tells. A client that knows may report it.",
        "Somebody who asks another assistant is not to be helped twice.",
    ),
    events.RunFinished: Known(
        _SEEN,
        _HIDDEN,
        "The place of a failure is read from the traceback that the extension's run printed.",
        "What went wrong, and whether the next edit mended it.",
    ),
    events.TestsFinished: Known(
        _INFERRED,
        _HIDDEN,
        "Counted from what a test run in the terminal printed.",
        "How far the work is.",
    ),
    events.Diagnosed: Known(
        _SEEN, _HIDDEN, "", "Whether the editor showed that something was wrong."
    ),
    events.SuggestionMoved: Known(
        _INFERRED,
        _INFERRED,
        "Acceptance is inferred from the next edit: the text is then what the fix would have made "
        "of it. A client may also tell it, and a dismissal only a client tells.",
        "What help was given, so that nobody takes it for the person's own work. When none was, why"
        " not and how likely it was to be, so that it is learned when to be silent.",
    ),
    events.IntentNoted: Known(
        _INFERRED,
        _INFERRED,
        "Predicted by the model of activities; confirmed or corrected where a client offers that.",
        "How good the guesses are.",
    ),
    events.ConditionHeld: Known(
        _SEEN,
        _SEEN,
        "Told by the policy of a course that was joined; noted when recording begins, and when the "
        "condition changes.",
        "A study compares what people did in one condition with what others did in another.",
    ),
    events.RecordingChanged: Known(
        _SEEN, _SEEN, "", "So that a gap in a trace is not taken for a pause in the work."
    ),
    events.Erased: Known(
        _SEEN,
        _SEEN,
        "",
        "So that a trace says what is missing from it, and numbers have no gaps.",
    ),
    events.Redacted: Known(
        _INFERRED,
        _INFERRED,
        "The text of the document has something in the shape of a key, or assigned to a name like "
        "`password`.",
        "So that replay says where a placeholder stands for what was there.",
    ),
    events.Foreign: Known(
        _HIDDEN,
        _HIDDEN,
        "Comes with an import only: a submission, a request for a hint, and what else another tool "
        "recorded.",
        "An import that left out what has no name here would not be the same data.",
    ),
}
