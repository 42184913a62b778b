"""Events of every kind, with the values that are hardest to keep."""

from __future__ import annotations

from foretrace_telemetry import events as kinds
from foretrace_telemetry.events import Body, Edited, Opened, Origin, Resynced, Withheld

EXAMPLES: list[Body] = [
    Opened("x = 1\n", "python"),
    Edited(4, "1", "2", Origin.PASTE, "a-rule"),
    Edited(0, "", "a" * 5000),
    Edited(0, Withheld(3), Withheld(40)),
    Edited(0, "\ud83d", "😀\0"),
    Resynced("y", "because"),
    kinds.OriginStated(Origin.UNDO),
    kinds.Saved("abc"),
    kinds.Saved(None),
    kinds.Closed(),
    kinds.ChangedOutside("deleted"),
    kinds.CellsArranged(("file:///a.ipynb#W0s", "file:///a.ipynb#W1s")),
    kinds.Viewed(),
    kinds.Selected(1, 2),
    kinds.Copied(12),
    kinds.TerminalUsed("python", 1, 300),
    kinds.Debugged("stdout", 80),
    kinds.CompletionAccepted(5),
    kinds.AgentAsked("another"),
    kinds.RunFinished(1, 20, "IndexError", 3, "search"),
    kinds.TestsFinished(3, 1),
    kinds.Diagnosed(2, 0),
    kinds.SuggestionMoved("id", kinds.SuggestionStage.ACCEPTED, "rules", 3, 0),
    kinds.SuggestionMoved("id", kinds.SuggestionStage.DISMISSED, turned_down=("0123", "4567")),
    kinds.SuggestionMoved(
        "id",
        kinds.SuggestionStage.WITHHELD,
        trigger="save",
        propensity=0.05,
        probability=0.1,
        silence="unlikely",
    ),
    kinds.IntentNoted(kinds.IntentStage.PREDICTED, "writing new code", 0.5),
    kinds.ConditionHeld("hints-or-steps", "hints", "https://course.example.org"),
    kinds.RecordingChanged("full", "granted"),
    kinds.Redacted("AWS Access Key", 20),
    kinds.Foreign("Submit", "😀" * 200, (("Correct", "TRUE"), ("X-a", "=1"))),
    kinds.Foreign("X-Action"),
    kinds.Erased(26, 99, "forgotten"),
]
