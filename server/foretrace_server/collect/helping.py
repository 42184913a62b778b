"""Class help: what the students of a course share is mined, and kept with the sessions it is of.

It lies in the course's database as what was derived from sessions, so that it goes, to the byte,
with the first of them that is forgotten, in the same commit.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import PurePath

import sqlite_utils
from attrs import frozen

from foretrace_models.repair.assignment import Assignment
from foretrace_models.repair.class_help import Offered, encoded, offered_json, offered_of
from foretrace_models.repair.mining.shared import LEAST_AUTHORS, Mined, Work, mine
from foretrace_models.repair.mining.trial import Trial
from foretrace_server.collect.course import SOURCE
from foretrace_telemetry.class_help import HelpRefusedError
from foretrace_telemetry.erase import forget_derived
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, derived, keep_derived
from foretrace_telemetry.recorded_traces import recorded_traces_of
from foretrace_telemetry.session_writer import newest_erasure
from foretrace_telemetry.store import Store

KIND = "class help"


@frozen
class Written:
    """What a course has of the programs for an assignment, and of which sessions.

    `newest_erasure` is the number of the newest one when it was read.
    """

    works: tuple[Work, ...]
    sessions: tuple[str, ...]
    newest_erasure: int


def written_for(home: Home, assignment: Assignment) -> Written:
    """Return what was collected of the program that an assignment is about, by its file's name.

    Sessions of others that were imported are not looked at: who they are of is not known.

    Raises:
        NoTracesError: nothing was collected yet.
        UnreadableEventError: an event cannot be made of its row.
        sqlite3.Error: the store cannot be read.
    """
    names = (assignment.id, PurePath(assignment.entry).stem)
    works: list[Work] = []
    sessions: list[str] = []
    with closing(Store.read(home)) as store:
        erasure = newest_erasure(store.db) if store.db["erasures"].exists() else 0
        by_subject: dict[str, list[str]] = defaultdict(list)
        for session in store.sessions():
            if session.subject is not None and session.source == SOURCE:
                by_subject[session.subject].append(session.name)
        for subject, own in sorted(by_subject.items()):
            for each in recorded_traces_of(map(store.events, own), subject):
                if each.trace.exercise in names and each.trace.language == "python":
                    works.append(Work(subject, tuple(state.text for state in each.trace.states)))
                    sessions += each.sessions
    return Written(tuple(works), tuple(dict.fromkeys(sessions)), erasure)


def publish(home: Home, assignment: Assignment, tell: Callable[[str], None]) -> Mined:
    """Mine what students share for an assignment, and offer that in the place of what was before.

    Where they share nothing, nothing is offered any more.

    Raises:
        ForgottenError: something was forgotten meanwhile; nothing was changed.
        HelpRefusedError: with what is offered for others it would be too large.
        SandboxError: programs cannot be run here.
        NoTracesError, UnreadableEventError, OSError, sqlite3.Error: as `written_for`.
    """
    written = written_for(home, assignment)
    with Trial(assignment) as trial:
        mined = mine(written.works, assignment, trial, tell, LEAST_AUTHORS)
    if not mined.rules:
        forget_derived(home, KIND, assignment.id)
        return mined
    offered = Offered(time.time_ns() // 1000, mined.rules)
    encoded({**published(home), assignment.id: offered})
    content = json.dumps(offered_json(offered)).encode()
    made = Derived(KIND, assignment.id, written.sessions, content)
    keep_derived(home, made, written.newest_erasure)
    return mined


def published(home: Home) -> dict[str, Offered]:
    """Return what is offered, by the ids of assignments.

    Raises:
        NoTracesError: nothing was collected yet.
        sqlite3.Error: the store cannot be read.
    """
    with closing(Store.read(home)) as store:
        return offered_in(store.db)


def offered_in(db: sqlite_utils.Database) -> dict[str, Offered]:
    """Return what a course's database offers, by the ids of assignments.

    What cannot be read, of another version say, is not offered.
    """
    found = {}
    for each in derived(db, KIND):
        try:
            found[each.name] = offered_of(json.loads(each.content))
        except (HelpRefusedError, ValueError):
            continue
    return found


def take_back(home: Home, assignment_id: str) -> bool:
    """Offer nothing any more for an assignment; return whether anything was.

    Raises:
        OSError, sqlite3.Error: the store cannot be written.
    """
    return forget_derived(home, KIND, assignment_id) is not None
