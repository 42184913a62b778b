"""What can happen while somebody edits: one small frozen class for each kind of event.

An `Event` is an envelope (when, who, which document) around a body (what). Offsets count code
points, times microseconds, durations milliseconds. Fields that hold a person's own text or names
are marked `content`; `withhold` takes them out where consent covers metadata only.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

import attrs
from attrs import field, frozen

SCHEMA_VERSION = 1
_CONTENT = {"content": True}


class Actor(str, Enum):
    """Who caused an event."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


class Origin(str, Enum):
    """Where the text of an edit came from."""

    TYPED = "typed"
    PASTE = "paste"
    UNDO = "undo"
    REDO = "redo"
    COMPLETION = "completion"
    ASSISTANT = "assistant"
    FORMAT = "format"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


@frozen
class Withheld:
    """Text that was there and is not kept: only its length is, in code points."""

    characters: int


Text = str | Withheld


@frozen
class Body:
    """What happened; each subclass is one kind."""

    kind: ClassVar[str]


@frozen
class Opened(Body):
    """A document was opened, or was open when recording began; replay starts from its text."""

    kind = "open"
    text: Text = field(metadata=_CONTENT)
    language_id: str = ""


@frozen
class Edited(Body):
    """Text was replaced; `rule` names the rule that decided the origin."""

    kind = "edit"
    offset: int
    removed: Text = field(metadata=_CONTENT)
    inserted: Text = field(metadata=_CONTENT)
    origin: Origin = Origin.UNKNOWN
    rule: str = ""


@frozen
class Resynced(Body):
    """The recorded text may have drifted from the editor's, so the whole of it is stated anew."""

    kind = "resync"
    text: Text = field(metadata=_CONTENT)
    reason: str = ""


@frozen
class OriginStated(Body):
    """The editor told the origin of the edits that made a version; it outranks the inferred one."""

    kind = "origin"
    origin: Origin


@frozen
class Saved(Body):
    """A document was saved; `digest` is the keyed hash of its text, by which replay is checked."""

    kind = "save"
    digest: str | None = field(default=None, metadata=_CONTENT)


@frozen
class Closed(Body):
    """A document was closed."""

    kind = "close"


@frozen
class ChangedOutside(Body):
    """An open file changed on disk, and not by this editor's save: `modified` or `deleted`."""

    kind = "outside"
    change: str
    digest: str | None = field(default=None, metadata=_CONTENT)


@frozen
class CellsArranged(Body):
    """A notebook was opened, or cells came, went or moved: the names of all in their order."""

    kind = "cells"
    order: tuple[str, ...]


@frozen
class Viewed(Body):
    """A document came to the front."""

    kind = "view"


@frozen
class Selected(Body):
    """The cursor moved or a range was selected."""

    kind = "selection"
    start_offset: int
    end_offset: int


@frozen
class Copied(Body):
    """Text was copied; only its length is known, never the text."""

    kind = "copy"
    characters: int


@frozen
class TerminalUsed(Body):
    """A command ran in the editor's terminal; its class and outcome, never its text."""

    kind = "terminal"
    command_class: str
    exit_code: int | None = None
    duration_ms: int | None = None


@frozen
class Debugged(Body):
    """The debugger printed something: how much, and in which category."""

    kind = "debug"
    category: str
    characters: int


@frozen
class CompletionAccepted(Body):
    """A completion of the editor or of another extension was accepted."""

    kind = "completion"
    characters: int


@frozen
class AgentAsked(Body):
    """Another assistant was asked for something."""

    kind = "agent"
    agent: str = ""


@frozen
class RunFinished(Body):
    """The person's program ended; where it failed, the place of the innermost own frame."""

    kind = "run"
    exit_code: int | None = None
    duration_ms: int | None = None
    error_type: str | None = None
    line: int | None = None
    function: str | None = field(default=None, metadata=_CONTENT)

    @property
    def failed(self) -> bool:
        """Whether it stopped with an error, or said that it failed."""
        return self.error_type is not None or bool(self.exit_code)


@frozen
class TestsFinished(Body):
    """A test run ended."""

    kind = "tests"
    passed: int
    failed: int


@frozen
class Diagnosed(Body):
    """The number of problems that the editor shows for a document changed."""

    kind = "diagnostics"
    errors: int
    warnings: int


class SuggestionStage(str, Enum):
    """The life of one suggestion."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"


@frozen
class SuggestionMoved(Body):
    """A suggestion of ours entered a stage of its life; `level` is how much of it was shown.

    `turned_down` has keyed hashes of the changes that the person does not want, by which each is
    known when it comes up again. Where it was decided whether to show it, `trigger` is what led to
    that, `propensity` the probability with which it was to be shown, `probability` that with which
    other people would take it, and `silence` why it was withheld.
    """

    kind = "suggestion"
    suggestion_id: str
    stage: SuggestionStage
    source: str = ""
    inserted_characters: int = 0
    removed_characters: int = 0
    level: str = ""
    turned_down: tuple[str, ...] | None = field(default=None, metadata=_CONTENT)
    trigger: str = ""
    propensity: float | None = None
    probability: float | None = None
    silence: str = ""


class IntentStage(str, Enum):
    """How an intent came to be noted."""

    PREDICTED = "predicted"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


@frozen
class IntentNoted(Body):
    """What the person seems to be doing, or said that they are.

    `believed` is what the events alone said, where what the person said before weighed more.
    """

    kind = "intent"
    stage: IntentStage
    label: str
    confidence: float | None = None
    believed: str = ""


@frozen
class ConditionHeld(Body):
    """From here on a condition of a study holds; where it is empty, none does any more.

    `course` is the address of the course whose study it is. No other course gets the event, and
    the address stays behind where it leaves.
    """

    kind = "condition"
    study: str
    condition: str
    course: str = ""


@frozen
class RecordingChanged(Body):
    """Recording began, stopped or lost something, and why."""

    kind = "recording"
    state: str
    reason: str = ""


@frozen
class Redacted(Body):
    """A secret was taken out of the text: of which kind it is, and how many characters it has."""

    kind = "redaction"
    secret: str
    characters: int


@frozen
class Foreign(Body):
    """Something that another tool recorded, of a kind that is none of these, under its own name.

    `text` is the whole program at that moment, where the tool tells it; `columns` has what else it
    tells, each as name and value.
    """

    kind = "foreign"
    event_type: str
    text: Text | None = field(default=None, metadata=_CONTENT)
    columns: tuple[tuple[str, str], ...] = ()


@frozen
class Erased(Body):
    """Events were forgotten: their first and last number, and why. It stands in their place."""

    kind = "erased"
    first: int
    last: int
    reason: str


BODIES: dict[str, type[Body]] = {
    body.kind: body
    for body in (
        Opened,
        Edited,
        Resynced,
        OriginStated,
        Saved,
        Closed,
        ChangedOutside,
        CellsArranged,
        Viewed,
        Selected,
        Copied,
        TerminalUsed,
        Debugged,
        CompletionAccepted,
        AgentAsked,
        RunFinished,
        TestsFinished,
        Diagnosed,
        SuggestionMoved,
        IntentNoted,
        ConditionHeld,
        RecordingChanged,
        Redacted,
        Erased,
        Foreign,
    )
}


@frozen
class Event:
    """One thing that happened, when, by whom and in which document."""

    wall_us: int
    monotonic_us: int
    actor: Actor
    body: Body
    uri: str | None = None
    version: int | None = None


@frozen
class Recorded:
    """An event as the store keeps it: numbered without gaps within its session."""

    session: str
    sequence: int
    event: Event


def withhold(body: Body) -> Body:
    """Return the body without a person's text and names: lengths stay, content goes."""
    changes: dict[str, Any] = {}
    for attribute in attrs.fields(type(body)):
        if not attribute.metadata.get("content"):
            continue
        value = getattr(body, attribute.name)
        if attribute.default is None:
            changes[attribute.name] = None
        elif isinstance(value, str):
            changes[attribute.name] = Withheld(len(value))
    return attrs.evolve(body, **changes) if changes else body
