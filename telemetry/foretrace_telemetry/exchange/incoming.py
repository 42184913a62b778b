"""Sessions that come in: into the store, apart from a person's own, and never twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from attrs import asdict, define, evolve, field, frozen

from foretrace_telemetry.event_json import to_json
from foretrace_telemetry.events import Event, Recorded
from foretrace_telemetry.exchange.leaving import leaving
from foretrace_telemetry.exchange.report import SessionReport
from foretrace_telemetry.home import Home
from foretrace_telemetry.identity import Identity
from foretrace_telemetry.store import SessionInfo, Store

_WRITTEN_AT_ONCE = 2000


@frozen
class Incoming:
    """A session of a source; `events` gives its events anew each time.

    Where `info` has no name, the session is called after its content: equal ones are one. It is
    clean where Foretrace exported it, and took out then who somebody is.
    """

    info: SessionInfo
    events: Callable[[], Iterator[Event]]
    is_clean: bool = False


@define
class ImportReport:
    """What was read and what of it is new.

    `rows` counts what the source has: lines of a table, entries of a log. `skipped` counts rows
    that say nothing that can be kept, by reason. `conflicts` names sessions that are here already,
    and different. `pseudonyms_characters` counts what names, addresses and homes gave way to.
    """

    format: str
    path: str
    rows: int = 0
    sessions: int = 0
    subjects: int = 0
    events: int = 0
    sessions_added: int = 0
    events_added: int = 0
    pseudonyms_characters: int = 0
    skipped: Counter[str] = field(factory=Counter)
    warnings: list[str] = field(factory=list)
    conflicts: list[str] = field(factory=list)

    def warn(self, warning: str) -> None:
        """Note something unusual, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {**asdict(self), "skipped": dict(self.skipped)}


def bring_in(home: Home, sessions: Iterable[Incoming], report: ImportReport) -> None:
    """Write sessions to the store, but for what is there already; fill in the report.

    A session that is there with other events stays as it is and is named as a conflict; one of
    which more has come since is continued.

    Raises:
        OSError: a file cannot be read, or the folder or the file cannot be made.
        ValueError: the source is not what it should be.
        sqlite3.Error: the store cannot be written.
    """
    store = Store.create(home)
    subjects = set()
    try:
        here, own = set(store.names()), set(store.own_names())
        # The names of this machine say nothing about somebody else's work.
        identity = Identity((), home.key())
        for incoming in sessions:
            info, events_of = incoming.info, incoming.events
            if not incoming.is_clean:
                events_of = _clean(incoming, identity, report)
            if not info.name:
                info = evolve(info, name=_name_of(info, events_of()))
            subjects.add(info.subject)
            report.sessions += 1
            if info.name in own:
                report.warn(f"session {info.name} was recorded here; it stays as it is")
            elif info.name in here:
                _continue(store, info, events_of(), report)
            else:
                report.sessions_added += 1
                here.add(info.name)
                _write(store, info, _counted(events_of(), report), report)
    finally:
        store.close()
    report.subjects = len(subjects)


def _clean(
    incoming: Incoming, identity: Identity, report: ImportReport
) -> Callable[[], Iterator[Event]]:
    """Return the events of a session with pseudonyms in the place of who somebody is."""

    def recorded() -> Iterator[Recorded]:
        for number, event in enumerate(incoming.events(), start=1):
            yield Recorded("", number, event)

    left = leaving(recorded, identity, None, SessionReport(""))
    report.pseudonyms_characters += left.report.pseudonyms_characters
    return lambda: (each.event for each in left.events())


def _write(store: Store, info: SessionInfo, events: Iterator[Event], report: ImportReport) -> None:
    writer = store.begin_session(info)
    while batch := list(islice(events, _WRITTEN_AT_ONCE)):
        _append(report, writer.append, batch)


def _continue(
    store: Store, info: SessionInfo, events: Iterator[Event], report: ImportReport
) -> None:
    """Compare a session with the one of its name here, and add what goes beyond it."""
    events = _counted(events, report)
    for kept in store.events(info.name):
        event = next(events, None)
        if event is None:
            return  # an older state of the session, of which more is here already
        if _told(event) != _told(kept.event):
            for _ in events:
                pass  # they are counted
            report.conflicts.append(
                f"session {info.name} is here with another event {kept.sequence}; it stays"
            )
            return
    first = next(events, None)
    if first is None:
        return
    writer = store.continue_session(info.name)
    batch = [first]
    while batch:
        _append(report, writer.append, batch)
        batch = list(islice(events, _WRITTEN_AT_ONCE))


def _append(
    report: ImportReport, append: Callable[[list[Event]], list[Event]], batch: list[Event]
) -> None:
    refused = append(batch)
    report.events_added += len(batch) - len(refused)
    if refused:
        report.skipped["event that the store cannot hold"] += len(refused)


def _counted(events: Iterator[Event], report: ImportReport) -> Iterator[Event]:
    for event in events:
        report.events += 1
        yield event


def _name_of(info: SessionInfo, events: Iterator[Event]) -> str:
    digest = hashlib.sha256()
    for event in events:
        digest.update(_told(event))
    subject = re.sub(r"[^\w.-]+", "-", info.subject or "imported")[:40]
    return f"{subject}-{digest.hexdigest()[:12]}"


def _told(event: Event) -> bytes:
    """Return an event as bytes, equal for equal events."""
    value = to_json(Recorded("", 1, event))
    return json.dumps(value, sort_keys=True).encode()
