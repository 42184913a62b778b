"""The outbox: how far each session is with each course, what was refused, and what waits.

Nothing waits in it as a copy. What was recorded lies in the store, so that what is forgotten or
found to be a secret there is never sent; the outbox has the numbers of what was answered.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import sqlite_utils
from attrs import frozen

from foretrace_telemetry.lineage import COURSE, Export, drop_exports, keep_export
from foretrace_telemetry.sending.backoff import delay_seconds
from foretrace_telemetry.sending.untold import Untold
from foretrace_telemetry.transaction import writing


@frozen
class Run:
    """Events of a session, from `first` to `last`, as a course has, or refused, them.

    What happened before `since_wall_us` was left out of them.
    """

    first: int
    last: int
    since_wall_us: int
    refusal: str | None = None


@frozen
class Refused:
    """A run that a course would not take, and why."""

    session: str
    first: int
    last: int
    reason: str
    answered_wall_us: int


@frozen
class Waiting:
    """What of a session is still to be sent; `oldest_wall_us` is when its first event happened."""

    session: str
    through: int
    events: int
    oldest_wall_us: int


@frozen
class Trouble:
    """Why a course was not reached, how often in a row, and when it is tried again."""

    reason: str
    failures: int
    failed_wall_us: int
    retry_wall_us: int

    def keeps_off(self, now_wall_us: int) -> bool:
        """Return whether the course is to be left alone; not where the clock was put back."""
        return self.failed_wall_us <= now_wall_us < self.retry_wall_us


class Outbox:
    """What the store knows of one course."""

    def __init__(self, db: sqlite_utils.Database, course: str) -> None:
        self._db = db
        self._course = course

    @property
    def untold(self) -> Untold | None:
        """What the course has not forgotten yet; None where an older version made the store."""
        known = self._db["outbox_forgotten"].exists()
        return Untold(self._db, self._course) if known else None

    def runs(self, session: str) -> list[Run]:
        """Return what was answered of a session, in order; only the last can be a refusal."""
        rows = self._db.query(
            "SELECT first, last, since_wall_us, refusal FROM outbox "
            "WHERE course = ? AND session = ? ORDER BY first",
            [self._course, session],
        )
        return [Run(**row) for row in rows]

    def acknowledge(self, session: str, run: Run, now_wall_us: int) -> None:
        """Note that the course has a run, and that the session has left.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        with writing(self._db):
            if not self.runs(session):
                export = Export(now_wall_us, COURSE, self._course, (session,))
                keep_export(self._db, export)
            self._insert(session, run, now_wall_us)

    def refuse(self, session: str, run: Run, now_wall_us: int) -> None:
        """Note that the course would not take a run: the session waits behind it.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        with writing(self._db):
            self._insert(session, run, now_wall_us)

    def resume(self, session: str, through: int, since_wall_us: int, now_wall_us: int) -> None:
        """Have a session go on after the last event that the course says it has.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        runs = self.runs(session)
        had = runs[-1].last if runs else 0
        if through > had and not (runs and runs[-1].refusal):
            self.acknowledge(session, Run(had + 1, through, since_wall_us), now_wall_us)
        elif through < had:
            with writing(self._db):
                self._db.execute(
                    "DELETE FROM outbox WHERE course = ? AND session = ? AND first > ?",
                    [self._course, session, through],
                )
                self._db.execute(
                    "UPDATE outbox SET last = ? WHERE course = ? AND session = ? AND last > ?",
                    [through, self._course, session, through],
                )

    def refused(self) -> list[Refused]:
        """Return what the course would not take, the oldest first."""
        rows = self._db.query(
            "SELECT session, first, last, refusal AS reason, answered_wall_us FROM outbox "
            "WHERE course = ? AND refusal IS NOT NULL ORDER BY answered_wall_us",
            [self._course],
        )
        return [Refused(**row) for row in rows]

    def offer_again(self) -> None:
        """Have what was refused be tried once more.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        with writing(self._db):
            self._db.execute(
                "DELETE FROM outbox WHERE course = ? AND refusal IS NOT NULL", [self._course]
            )

    def waiting(self, since_wall_us: int) -> Iterator[Waiting]:
        """Iterate over the sessions recorded here of which something is still to be sent."""
        sessions = self._db.query(
            """
            SELECT sessions.name AS session, sessions.id AS number, coalesce(
                (SELECT max(last) FROM outbox WHERE course = ? AND session = sessions.name), 0
            ) AS through
            FROM sessions WHERE source IS NULL AND ? <= (
                SELECT wall_us FROM events WHERE session = sessions.id
                ORDER BY sequence DESC LIMIT 1
            )
            ORDER BY sessions.id
            """,
            [self._course, since_wall_us],
        )
        for row in list(sessions):
            count, oldest_wall_us = self._db.execute(
                "SELECT count(*), min(wall_us) FROM events "
                "WHERE session = ? AND sequence > ? AND wall_us >= ?",
                [row["number"], row["through"], since_wall_us],
            ).fetchone()
            if count:
                yield Waiting(row["session"], row["through"], count, oldest_wall_us)

    def sent(self) -> tuple[int, int]:
        """Return how many sessions and events the course has."""
        sessions, events = self._db.execute(
            "SELECT count(DISTINCT session), coalesce(sum(last - first + 1), 0) FROM outbox "
            "WHERE course = ? AND refusal IS NULL",
            [self._course],
        ).fetchone()
        return sessions, events

    def drop(self) -> None:
        """Forget what was sent: the course erased it.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        with writing(self._db):
            self._db.execute("DELETE FROM outbox WHERE course = ?", [self._course])
            self._db.execute("DELETE FROM outbox_troubles WHERE course = ?", [self._course])
            Untold(self._db, self._course).drop()
            drop_exports(self._db, COURSE, self._course)

    def trouble(self) -> Trouble | None:
        """Return what went wrong the last time; None where nothing did."""
        rows = self._db.query(
            "SELECT trouble AS reason, failures, failed_wall_us, retry_wall_us "
            "FROM outbox_troubles WHERE course = ?",
            [self._course],
        )
        return next((Trouble(**row) for row in rows), None)

    def fail(self, reason: str, asked_seconds: float | None, now_wall_us: int) -> None:
        """Note that the course could not be reached; it is left alone for a while.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        with writing(self._db):
            before = self.trouble()
            failures = (before.failures if before else 0) + 1
            # Chance, so that a class does not come back all at once; nobody is kept out by it.
            delay = delay_seconds(failures, random.random(), asked_seconds)  # noqa: S311
            self._db.table("outbox_troubles").insert(
                {
                    "course": self._course,
                    "trouble": reason,
                    "failures": failures,
                    "failed_wall_us": now_wall_us,
                    "retry_wall_us": now_wall_us + int(delay * 1e6),
                },
                replace=True,
            )

    def succeed(self) -> None:
        """Note that the course was reached.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        if self.trouble() is not None:
            with writing(self._db):
                self._db.execute("DELETE FROM outbox_troubles WHERE course = ?", [self._course])

    def _insert(self, session: str, run: Run, now_wall_us: int) -> None:
        self._db.table("outbox").insert(
            {
                "course": self._course,
                "session": session,
                "first": run.first,
                "last": run.last,
                "since_wall_us": run.since_wall_us,
                "answered_wall_us": now_wall_us,
                "refusal": run.refusal,
            }
        )
