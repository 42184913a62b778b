"""Mine: what is kept of the person at this machine, told to their editor so that it can show it.

Everything is read through a connection that cannot write, and nothing is made or kept for it.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Any

from attrs import asdict, filters, frozen
from pygls.exceptions import JsonRpcInternalError, JsonRpcInvalidParams

from foretrace_models.coder import vector
from foretrace_models.coder.recorded import Work, work_of
from foretrace_models.coder.words import FEWEST, Statement, not_known_yet, statements
from foretrace_models.trace_model.card import SHIPPED, WeightsError, read_population
from foretrace_server.bench.intervals import wilson
from foretrace_server.protocol import field_of
from foretrace_telemetry import consent
from foretrace_telemetry import playback as playing
from foretrace_telemetry.consent import Decision
from foretrace_telemetry.erase import receipts
from foretrace_telemetry.events import IntentNoted, IntentStage, Recorded
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import derived, exports_of
from foretrace_telemetry.overview import (
    ErrorSeen,
    errors_seen,
    events_told,
    mark_of,
    own_sessions,
    sessions_worked,
)
from foretrace_telemetry.playback import TooLargeError, steps_to_json
from foretrace_telemetry.store import NoTracesError, Store, UnreadableEventError
from foretrace_telemetry.suggested import suggested

# Of these an editor shows the latest and counts the rest.
_MOST_SUGGESTIONS = 200
_MOST_INTENTS = 200


@frozen
class Profile:
    """What is told of the person, and the mark of the store that it was made of."""

    told: dict[str, Any]
    mark: Any


def overview() -> dict[str, Any]:
    """Return where what is kept lies, what was decided, and what was recorded and suggested.

    What cannot be read is named under `trouble`; the rest is told all the same.
    """
    home, now = Home.default(), datetime.now(timezone.utc)
    told: dict[str, Any] = {
        "read_wall_us": time.time_ns() // 1000,
        "folder": str(home.path),
        "files": [{"name": path.name, "bytes": size} for path, size in _files(home)],
        "consent": consent.to_json(consent.read_consent(home, now)),
        "trouble": None,
    }
    try:
        told["decisions"] = [_decision(each) for each in consent.history(home)]
    except OSError as error:
        told["decisions"] = []
        told["trouble"] = f"{home.consent_log} cannot be read: {error.strerror}"
    try:
        with closing(Store.read(home)) as store:
            return {**told, **_recorded(store)}
    except NoTracesError:
        return {**told, **_NOTHING_RECORDED}
    except (OSError, sqlite3.Error, UnreadableEventError) as error:
        return {**told, **_NOTHING_RECORDED, "trouble": f"{home.traces} cannot be read: {error}"}


def profile(known: Profile | None) -> Profile:
    """Return what can be said of the person by their traces, and what cannot be said yet.

    It is the one that is `known` if that was made of what is recorded now.

    Raises:
        JsonRpcInternalError: what was recorded cannot be read.
    """
    home = Home.default()
    work, kept, errors, mark = Work(None, 0, (), 0), None, list[ErrorSeen](), None
    with _explaining(home):
        try:
            with closing(Store.read(home)) as store:
                kept = vector.kept(store.db, None)
                # Before the rest, so that what is recorded meanwhile makes it out of date.
                mark = (mark_of(store), kept)
                if known is not None and known.mark == mark:
                    return known
                work = work_of(store, None)
                errors = errors_seen(events_told(store, own_sessions(store)))
        except NoTracesError:
            pass  # nothing is recorded, so nothing is known
    found = work.profile()
    try:
        others = read_population(SHIPPED)
    except WeightsError:
        others = None  # there is nobody to compare with
    told = {
        "sessions": work.sessions,
        "traces": len(work.traces),
        "statements": [_statement(each) for each in statements(found, others)],
        "not_known_yet": not_known_yet(found),
        "fewest": FEWEST,
        "errors": [asdict(each) for each in errors],
        "vector": None if kept is None else {**asdict(kept), "numbers": len(kept.numbers)},
    }
    return Profile(told, mark)


def playback(what: Any) -> dict[str, Any]:
    """Return the steps of a document in a session.

    They are text, a JSON array: an answer is made into JSON while nothing else is answered, and
    steps are many.

    Raises:
        JsonRpcInvalidParams: there is no such session or document, or it is too large.
        JsonRpcInternalError: what was recorded cannot be read.
    """
    session, document = field_of(what, "session", str), field_of(what, "document", str)
    home = Home.default()
    with _explaining(home):
        try:
            with closing(Store.read(home)) as store:
                found = playing.playback(store, session, document, home.existing_key())
        except (NoTracesError, TooLargeError) as error:
            raise JsonRpcInvalidParams(str(error)) from error
    return {
        **asdict(found, filter=filters.exclude("steps", "sequences")),
        "exact": not found.problems,
        "steps": steps_to_json(found.steps),
    }


_NOTHING_RECORDED: dict[str, Any] = {
    "sessions": [],
    "imported_sessions": 0,
    "suggestions": {"counts": {}, "latest": []},
    "intents": {"counts": {}, "latest": []},
    "derived": [],
    "exports": [],
    "erasures": [],
}


def _recorded(store: Store) -> dict[str, Any]:
    own = own_sessions(store)
    told = list(events_told(store, own))
    suggestions = suggested(told)
    intents = [each for each in told if isinstance(each.event.body, IntentNoted)]
    answers = [each for each in intents if _stage(each) is not IntentStage.PREDICTED]
    names = {session.name for session in own}
    return {
        "sessions": [asdict(each) for each in sessions_worked(store, own, told)],
        "imported_sessions": len(store.names()) - len(own),
        "suggestions": {
            "counts": Counter(each.became.value for each in suggestions),
            "latest": [_plain(each) for each in suggestions[-_MOST_SUGGESTIONS:][::-1]],
        },
        "intents": {
            "counts": Counter(_stage(each).value for each in intents),
            "latest": [_intent(each) for each in answers[-_MOST_INTENTS:][::-1]],
        },
        "derived": [
            {"kind": each.kind, "bytes": len(each.content), "sessions": len(each.sessions)}
            for each in derived(store.db)
            if names.intersection(each.sessions)
        ],
        "exports": [
            {**asdict(each), "sessions": len(each.sessions), "is_there": Path(each.path).exists()}
            for each in exports_of(store.db, names)
        ],
        "erasures": [
            {key: each[key] for key in ("erased_wall_us", "reason", "events", "documents")}
            for each in receipts(store.db)
        ],
    }


def _files(home: Home) -> Iterator[tuple[Path, int]]:
    """Iterate over the files in which something of the person lies, with their sizes in bytes."""
    for pattern in ("consent.jsonl", "traces.db*", "damaged-*"):
        for path in sorted(home.path.glob(pattern)):
            try:
                yield path, path.stat().st_size
            except OSError:
                continue  # it went meanwhile, as SQLite's other files do


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    return None if decision is None else consent.decision_to_json(decision)


def _stage(each: Recorded) -> IntentStage:
    assert isinstance(each.event.body, IntentNoted)
    return each.event.body.stage


def _intent(each: Recorded) -> dict[str, Any]:
    assert isinstance(each.event.body, IntentNoted)
    return {
        "wall_us": each.event.wall_us,
        "document": each.event.uri,
        **_plain(each.event.body),
    }


def _statement(statement: Statement) -> dict[str, Any]:
    """Return a statement with the interval of 95 % in which its share lies."""
    share, seen = statement.share, statement.seen
    interval = None if share is None else wilson(round(share * seen), seen)
    return {**_plain(statement), "interval": interval}


def _plain(value: Any) -> dict[str, Any]:
    return {
        name: each.value if isinstance(each, Enum) else each for name, each in asdict(value).items()
    }


@contextmanager
def _explaining(home: Home) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, UnreadableEventError) as error:
        raise JsonRpcInternalError(f"{home.traces} cannot be read: {error}") from error
