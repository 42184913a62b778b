"""Enrolment: which pseudonyms may send, each with a token of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import sqlite_utils
from attrs import frozen

from foretrace_server.collect.course import Course
from foretrace_telemetry.transaction import writing

_BUSY_SECONDS = 5.0
_TOKEN_BYTES = 32
_TABLE = """
    CREATE TABLE IF NOT EXISTS enrolments (
        subject TEXT PRIMARY KEY,
        token_sha256 BLOB NOT NULL UNIQUE,
        enrolled_wall_us INTEGER NOT NULL,
        withdrawn_wall_us INTEGER,
        section TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID
"""
_SECTION = "ALTER TABLE enrolments ADD COLUMN section TEXT NOT NULL DEFAULT ''"


@frozen
class Enrolment:
    """Somebody who may send, or withdrew."""

    subject: str
    withdrawn: bool


@frozen
class Enrolled:
    """An enrolment as the instructor's figures need it: since when, and in which section."""

    subject: str
    section: str
    enrolled_wall_us: int
    withdrawn: bool


@frozen
class Issued:
    """What a student is given: the token is told this once."""

    student: str
    subject: str
    token: str


class Enrolments:
    """The enrolments of a course. Each call opens the database anew, so any thread may ask."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def enrol(
        self,
        students: tuple[str, ...],
        anew: frozenset[str] = frozenset(),
        hand_out: Callable[[list[Issued]], None] = lambda _: None,
        sections: Mapping[str, str] | None = None,
    ) -> list[Issued]:
        """Enrol those who are not; return the tokens of these, and new ones of those in `anew`.

        A new token takes the place of the old one, and lets those who withdrew join again.
        `hand_out` is given them before they count: where it fails, nobody was enrolled. `sections`
        says who is in which section from now on; who is not in it, or withdrew, stays as they were.

        Raises:
            OSError: the key cannot be read.
            sqlite3.Error: the database cannot be written.
        """
        key = self._course.key()
        renewed = {self._course.subject_of(student, key) for student in anew}
        issued = []
        with self._opened() as db, writing(db):
            known = {row["subject"] for row in db.query("SELECT subject FROM enrolments")}
            for student in students:
                subject = self._course.subject_of(student, key)
                if subject in known and subject not in renewed:
                    continue
                known.add(subject)
                renewed.discard(subject)
                # With a word before it no spreadsheet takes it for a number or a formula.
                token = f"foretrace_{secrets.token_urlsafe(_TOKEN_BYTES)}"
                db.execute(
                    "INSERT INTO enrolments (subject, token_sha256, enrolled_wall_us) "
                    "VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE SET "
                    "token_sha256 = excluded.token_sha256, "
                    "enrolled_wall_us = excluded.enrolled_wall_us, withdrawn_wall_us = NULL",
                    [subject, _hash(token), time.time_ns() // 1000],
                )
                issued.append(Issued(student, subject, token))
            for student, section in (sections or {}).items():
                db.execute(
                    "UPDATE enrolments SET section = ? "
                    "WHERE subject = ? AND withdrawn_wall_us IS NULL",
                    [section, self._course.subject_of(student, key)],
                )
            hand_out(issued)
        return issued

    def of_token(self, token: str) -> Enrolment | None:
        """Return whose token it is, None where it is nobody's here.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        return self._found("token_sha256 = ?", _hash(token))

    def of_student(self, student: str) -> Enrolment | None:
        """Return who is called so, in the roster or by pseudonym; None where nobody is.

        Raises:
            OSError: the key cannot be read.
            sqlite3.Error: the database cannot be read.
        """
        subject = self._course.subject_of(student, self._course.key())
        return self._found("subject = ?", student.strip()) or self._found("subject = ?", subject)

    def withdraw(self, subject: str) -> None:
        """Note that somebody withdrew; where they had, it stays when they did so first.

        Raises:
            sqlite3.Error: the database cannot be written.
        """
        with self._opened() as db, writing(db):
            db.execute(
                "UPDATE enrolments SET withdrawn_wall_us = ?, section = '' "
                "WHERE subject = ? AND withdrawn_wall_us IS NULL",
                [time.time_ns() // 1000, subject],
            )

    def has_withdrawn(self, subject: str) -> bool:
        """Return whether somebody withdrew, or is not enrolled.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        enrolment = self._found("subject = ?", subject)
        return enrolment is None or enrolment.withdrawn

    def everybody(self) -> list[Enrolled]:
        """Return each who is or was enrolled, in the order of the pseudonyms.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        query = (
            "SELECT subject, section, enrolled_wall_us, withdrawn_wall_us IS NOT NULL AS withdrawn "
            "FROM enrolments ORDER BY subject"
        )
        with self._opened() as db:
            return [
                Enrolled(**{**row, "withdrawn": bool(row["withdrawn"])}) for row in db.query(query)
            ]

    def withdrawn(self) -> list[str]:
        """Return the subjects who withdrew.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        with self._opened() as db:
            rows = db.query("SELECT subject FROM enrolments WHERE withdrawn_wall_us IS NOT NULL")
            return [row["subject"] for row in rows]

    def _found(self, condition: str, value: str | bytes) -> Enrolment | None:
        with self._opened() as db:
            query = f"SELECT subject, withdrawn_wall_us FROM enrolments WHERE {condition}"  # noqa: S608
            row = db.execute(query, [value]).fetchone()
        return None if row is None else Enrolment(row[0], row[1] is not None)

    @contextmanager
    def _opened(self) -> Iterator[sqlite_utils.Database]:
        path = self._course.enrolments
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
        try:
            db = sqlite_utils.Database(connection, execute_plugins=False)
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA synchronous = FULL")
            db.execute(_TABLE)
            if "section" not in db["enrolments"].columns_dict:  # made by an older version
                db.execute(_SECTION)
            yield db
        finally:
            connection.close()


def _hash(token: str) -> bytes:
    # A token is 256 random bits: nobody guesses one back, however fast the hash is.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
