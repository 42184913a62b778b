"""What is told of a class: every figure with its unit and its rule. `docs/insight.md` defines each.

Aggregates come first. What counts people is a `Cell`, which has no value where it would count, or
tell by a difference, fewer than five. What concerns one person is told by pseudonym. Nothing here
is a score of a person, and nothing is in an order of merit.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen

FEWEST_PEOPLE = 5
HIDDEN = (
    f"hidden: it counts fewer than {FEWEST_PEOPLE} people, or would tell of others that do "
    "by a difference"
)
IDLE_LIMIT_SECONDS = 300
OTHER_KINDS = "other kinds"
# The assignment of all documents whose names were not recorded.
NAME_WITHHELD = "name withheld"


@frozen
class Cell:
    """A figure about several people. Where `value` is None, `reason` says in words why."""

    value: float | None
    reason: str | None = None


@frozen
class Spread:
    """How a figure is spread over people: half are not above the median, a quarter each outside.

    All three are hidden where they are of fewer than five people.
    """

    lower_quartile: Cell
    median: Cell
    upper_quartile: Cell


class ErrorSource(str, Enum):
    """How an error came to be known."""

    RUN = "run"  # what a run of the program ended with: the class of the exception
    TEXT = "text"  # the text does not parse where it was saved, run or told
    EDITOR = "editor"  # the editor showed problems in it


class StuckKind(str, Enum):
    """A sign that somebody was stuck. Each is a guess with evidence, not a fact."""

    SAME_ERROR = "same-error"
    NO_PROGRESS = "no-progress"
    NOT_PARSING = "not-parsing"
    BACK_AND_FORTH = "back-and-forth"
    LONG_PAUSE = "long-pause"


@frozen
class Integrity:
    """How far what is here can be relied on.

    `events` counts all, `erased_events` those that were forgotten and are not in it. `gaps` is how
    often numbers are missing within a session, `resyncs` how often a whole text had to be stated
    anew. `replayable_sessions` are those that replay exactly; `replayable_share` is their share of
    `sessions`, from 0 to 1, None where there are none.
    """

    sessions: int
    events: int
    erased_events: int
    gaps: int
    resyncs: int
    replayable_sessions: int
    replayable_share: float | None


@frozen
class ErrorCount:
    """How often one person met an error of a kind in one assignment, and when last.

    A kind of `run` is the class of an exception, or the exit code where none is known; of `text`
    one of the words of `syntax.py`; of `editor` always "problems". A text counts once for as long
    as it stands unchanged, problems in an editor each time that there are some after there were
    none.
    """

    kind: str
    source: ErrorSource
    times: int
    last_wall_us: int


@frozen
class StuckSignal:
    """A sign that one person was stuck in one assignment, with its evidence.

    `words` says what was seen, as a sentence without the person. The evidence are the events of the
    session `session` from `first_sequence` to `last_sequence`; `times` is what was counted in them
    (runs, tests, returns; None where nothing is), `seconds` how long it lasted (None where that is
    not the sign), `error` the kind of error that it was about, or None.
    """

    kind: StuckKind
    words: str
    session: str
    first_sequence: int
    last_sequence: int
    first_wall_us: int
    last_wall_us: int
    times: int | None = None
    seconds: float | None = None
    error: str | None = None


@frozen
class Work:
    """One person's work on one assignment.

    `time_seconds` is the sum of the gaps between signs of the person that are not above the idle
    limit. `sessions` counts sessions with such a sign, `edits` changes of the text (of another
    tool: whole programs that differ from the one before), `runs` runs of the program and
    `failed_runs` those that failed, `tests` test runs and submissions with a result. `best_share`
    is the best share of tests passed so far, from 0 to 1, None where no result is known;
    `passed_wall_us` is when all passed first, None where they never did. `times_stuck` is the
    number of `signals`. Errors are sorted, the most frequent first; signals by time.
    """

    assignment: str
    first_wall_us: int
    last_wall_us: int
    time_seconds: float
    sessions: int
    edits: int
    runs: int
    failed_runs: int
    tests: int
    best_share: float | None
    passed_wall_us: int | None
    errors: tuple[ErrorCount, ...] = ()
    signals: tuple[StuckSignal, ...] = ()

    @property
    def times_stuck(self) -> int:
        """How many signs of being stuck there are."""
        return len(self.signals)


@frozen
class SubjectWork:
    """Whose work on an assignment it is: for a table of progress."""

    subject: str
    section: str
    work: Work


@frozen
class RosterRow:
    """One enrolled person, by pseudonym: in the order of the pseudonyms, which means nothing.

    `section` is "" where the roster had none. Of who withdrew or sent nothing, all that follows is
    0 or None. `assignments` counts those worked on, `passed` those of which all tests passed once,
    `stuck` those with a sign of being stuck.
    """

    subject: str
    section: str
    enrolled_wall_us: int
    withdrawn: bool
    sessions: int = 0
    first_wall_us: int | None = None
    last_wall_us: int | None = None
    time_seconds: float = 0.0
    assignments: int = 0
    passed: int = 0
    stuck: int = 0


@frozen
class SessionTold:
    """One session of one person: when, how much, and whether it replays exactly."""

    name: str
    started_wall_us: int
    ended_wall_us: int
    editor: str
    integrity: Integrity


@frozen
class SubjectTold:
    """All that is told of one person: their row of the roster, their work and their sessions.

    `works` is in the order in which the assignments were begun, `sessions` the oldest first.
    """

    row: RosterRow
    works: tuple[Work, ...]
    sessions: tuple[SessionTold, ...]
    integrity: Integrity


@frozen
class ErrorTold:
    """How many people met an error of a kind, and how often all of them together did.

    Kinds that fewer than five people met are one, `OTHER_KINDS`: a person's own name of an error
    would tell of that person.
    """

    kind: str
    source: ErrorSource
    people: Cell
    times: Cell


@frozen
class StuckTold:
    """How many people show a sign of being stuck; `words` says what the sign is."""

    kind: StuckKind
    words: str
    people: Cell
    times: Cell


@frozen
class SectionWork:
    """The work of one section on one assignment, with the meanings of `AssignmentTold`."""

    section: str
    people: Cell
    tested: Cell
    passed: Cell
    stuck: Cell
    time_seconds: Spread
    edits: Spread


@frozen
class AssignmentTold:
    """The work of the class on one assignment, in aggregates.

    `people` worked on it; of `tested` of these a result of tests is known. Of those, `passed`
    passed all at least once and `not_passed` never did. `stuck` showed any sign of being stuck.
    The spreads are over people; `errors` and `signs` are sorted, what most people have first;
    `sections` has each section that the roster names, by name, none where it names none.
    """

    assignment: str
    people: Cell
    tested: Cell
    passed: Cell
    not_passed: Cell
    stuck: Cell
    time_seconds: Spread
    edits: Spread
    runs: Spread
    tests: Spread
    errors: tuple[ErrorTold, ...]
    signs: tuple[StuckTold, ...]
    sections: tuple[SectionWork, ...]


@frozen
class SectionTold:
    """One section beside the others: how many are enrolled in it, how many sent anything.

    `works` has its part of each assignment, in the order of the assignments.
    """

    section: str
    enrolled: Cell
    people: Cell
    works: tuple[tuple[str, SectionWork], ...]


@frozen
class StuckAssignment:
    """An assignment in which people were stuck, and how many of those who worked on it."""

    assignment: str
    people: Cell
    stuck: Cell


@frozen
class ClassOverview:
    """The class at a glance, in aggregates.

    `as_of_wall_us` is when it was last brought up to date. `enrolled` counts who is enrolled and
    did not withdraw, `people` who sent anything. `assignments` are in the order in which the class
    began them, but for `other_assignments` of fewer than five people, which are not named: the name
    of a file can tell whose it is. `hardest` are those in which at least five people were stuck,
    what most were first. `integrity` is None where fewer than five people sent anything.
    """

    course: str
    as_of_wall_us: int
    idle_limit_seconds: int
    enrolled: int
    people: Cell
    time_seconds: Spread
    sessions: Spread
    assignments: tuple[AssignmentTold, ...]
    other_assignments: int
    errors: tuple[ErrorTold, ...]
    signs: tuple[StuckTold, ...]
    hardest: tuple[StuckAssignment, ...]
    integrity: Integrity | None
