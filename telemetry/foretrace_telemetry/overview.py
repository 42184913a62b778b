"""Overview: what is recorded of the person at this machine, session by session, in numbers.

Nothing is replayed for it: a database is gone through once, and no text of it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from foretrace_telemetry.events import (
    Edited,
    Erased,
    IntentNoted,
    Recorded,
    RunFinished,
    Saved,
    SuggestionMoved,
    TestsFinished,
)
from foretrace_telemetry.rows import from_row
from foretrace_telemetry.session_writer import newest_erasure
from foretrace_telemetry.store import SessionSummary, Store, UnreadableEventError

# Of these the whole is of interest and not only the number; none of them has a text.
_TOLD = (RunFinished, TestsFinished, SuggestionMoved, IntentNoted, Erased)


@frozen
class DocumentWork:
    """How much was edited in a document, and how much of that was kept without its text."""

    name: str
    edits: int
    edits_without_text: int


@frozen
class SessionWork:
    """What was done in a session. `erased` counts the events in it that were forgotten."""

    name: str
    started_wall_us: int
    ended_wall_us: int
    editor: str
    events: int
    edits: int
    saves: int
    runs: int
    failed_runs: int
    tests: int
    failed_tests: int
    erased: int
    documents: tuple[DocumentWork, ...]


@frozen
class ErrorSeen:
    """An error that ended runs: how often, and when it last did."""

    error_type: str
    count: int
    last_wall_us: int


def mark_of(store: Store) -> tuple[object, ...]:
    """Return what is another one after every event and every erasure; no event is read for it."""
    erasure = newest_erasure(store.db) if store.db["erasures"].exists() else 0
    sessions = store.db.execute(
        "SELECT name, (SELECT max(sequence) FROM events WHERE session = id) FROM sessions"
    )
    return erasure, *sessions.fetchall()


def own_sessions(store: Store) -> list[SessionSummary]:
    """Return the sessions that were recorded here, the oldest first."""
    return [session for session in store.sessions() if session.source is None]


def sessions_worked(
    store: Store, sessions: Iterable[SessionSummary], told: Iterable[Recorded]
) -> list[SessionWork]:
    """Return what was done in sessions; `told` has the events that `events_told` gives.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    numbers = {session.name: _Numbers() for session in sessions}
    rows = store.db.query(
        """
        SELECT sessions.name AS session, documents.name AS document, kind, count(*) AS events,
               count(CASE WHEN typeof(inserted) = 'integer' THEN 1 END) AS without_text
        FROM events JOIN sessions ON sessions.id = events.session
                    LEFT JOIN documents ON documents.id = events.document
        GROUP BY events.session, events.document, kind ORDER BY events.session, events.document
        """
    )
    for row in rows:
        if row["session"] in numbers:
            numbers[row["session"]].count(row)
    for each in told:
        if each.session in numbers:
            numbers[each.session].note(each)
    return [
        SessionWork(
            session.name,
            session.started_wall_us,
            session.ended_wall_us,
            session.editor,
            session.events,
            session.edits,
            found.kinds[Saved.kind],
            found.kinds[RunFinished.kind],
            found.failed_runs,
            found.kinds[TestsFinished.kind],
            found.failed_tests,
            found.erased,
            tuple(found.documents),
        )
        for session in sessions
        for found in [numbers[session.name]]
    ]


def events_told(store: Store, sessions: Iterable[SessionSummary]) -> Iterator[Recorded]:
    """Iterate over the runs, tests, suggestions, intents and erasures of sessions, in their order.

    Raises:
        UnreadableEventError: an event cannot be made of its row.
        sqlite3.Error: the store cannot be read.
    """
    names = {session.name for session in sessions}
    places = ", ".join("?" * len(_TOLD))
    rows = store.db.query(
        f"""
        SELECT events.*, sessions.name AS session_name, documents.name AS document_name
        FROM events JOIN sessions ON sessions.id = events.session
                    LEFT JOIN documents ON documents.id = events.document
        WHERE kind IN ({places}) ORDER BY events.session, sequence
        """,  # noqa: S608 - no part of it comes from outside
        [body.kind for body in _TOLD],
    )
    for row in rows:
        if row["session_name"] not in names:
            continue
        try:
            event = from_row(row, row["document_name"], _no_text)
        except Exception as error:  # whatever is wrong with a row, it is to be named
            raise UnreadableEventError(
                f"event {row['sequence']} of session {row['session_name']} is not one ({error!r})"
            ) from error
        yield Recorded(row["session_name"], row["sequence"], event)


def errors_seen(events: Iterable[Recorded]) -> list[ErrorSeen]:
    """Return the errors that ended runs, the most frequent first."""
    counts: Counter[str] = Counter()
    last: dict[str, int] = {}
    for each in events:
        body = each.event.body
        if isinstance(body, RunFinished) and body.error_type is not None:
            counts[body.error_type] += 1
            last[body.error_type] = max(each.event.wall_us, last.get(body.error_type, 0))
    return [ErrorSeen(name, count, last[name]) for name, count in counts.most_common()]


@define
class _Numbers:
    """What was counted of a session so far."""

    kinds: Counter[str] = field(factory=Counter)
    documents: list[DocumentWork] = field(factory=list)
    failed_runs: int = 0
    failed_tests: int = 0
    erased: int = 0

    def count(self, row: dict[str, object]) -> None:
        """Take in how many events of a kind a document has."""
        events, without_text = int(str(row["events"])), int(str(row["without_text"]))
        self.kinds[str(row["kind"])] += events
        if row["kind"] == Edited.kind and row["document"] is not None:
            self.documents.append(DocumentWork(str(row["document"]), events, without_text))

    def note(self, each: Recorded) -> None:
        """Take in one of the events that are told."""
        body = each.event.body
        if isinstance(body, RunFinished):
            self.failed_runs += body.failed
        elif isinstance(body, TestsFinished):
            self.failed_tests += body.failed > 0
        elif isinstance(body, Erased):
            self.erased += body.last - body.first + 1


def _no_text(key: bytes) -> str:
    raise KeyError(f"text {key.hex()} is not looked for")
