"""What was forgotten here after it was sent, and the course has not forgotten yet.

It is noted in the transaction that forgets, so that no course is left out, whatever dies then.
"""

from __future__ import annotations

import json
from typing import Any

import sqlite_utils

from foretrace_telemetry.clock import is_moment
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.transaction import writing

_TABLE = "outbox_forgotten"
_NOTHING = "[]"


def note_forgotten(db: sqlite_utils.Database, forgetting: Forgetting) -> None:
    """Note it for each course that has something of the session, in the caller's transaction."""
    rows = db.query(
        "SELECT DISTINCT course FROM outbox WHERE session = ? AND refusal IS NULL",
        [forgetting.session],
    )
    for row in list(rows):
        Untold(db, row["course"]).note(forgetting)


def is_receipt(answer: dict[str, Any]) -> bool:
    """Return whether an answer tells of exports as a receipt does: a course may say anything."""
    exports = answer.get("exports")
    return isinstance(exports, list) and all(
        isinstance(each, dict) and is_moment(each.get("made_wall_us")) for each in exports
    )


class Untold:
    """What one course is to forget, and what it answered to what it forgot."""

    def __init__(self, db: sqlite_utils.Database, course: str) -> None:
        self._db = db
        self._course = course

    def note(self, forgetting: Forgetting) -> None:
        """Add what the course is to hear, in a transaction of the caller's."""
        before = [each for each in self.all() if each.session == forgetting.session]
        for each in before:
            forgetting = each.and_also(forgetting)
        self._db.execute(
            f"INSERT INTO {_TABLE} (course, session, erased, withheld) VALUES (?, ?, ?, ?) "  # noqa: S608
            "ON CONFLICT DO UPDATE SET erased = excluded.erased, withheld = excluded.withheld",
            [self._course, forgetting.session, *_columns(forgetting)],
        )

    def all(self) -> list[Forgetting]:
        """Return what the course has not forgotten yet, by session."""
        rows = self._db.query(
            f"SELECT session, erased, withheld FROM {_TABLE} WHERE course = ? "  # noqa: S608
            "AND (erased != ? OR withheld != ?) ORDER BY session",
            [self._course, _NOTHING, _NOTHING],
        )
        return [
            Forgetting(
                row["session"],
                *(tuple(map(tuple, json.loads(row[name]))) for name in ("erased", "withheld")),
            )
            for row in rows
        ]

    def heard(self, forgetting: Forgetting, receipt: dict[str, Any]) -> None:
        """Note that the course forgot it; more may have been forgotten here in the meantime.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        with writing(self._db):
            self._db.execute(
                f"UPDATE {_TABLE} SET erased = ?, withheld = ?, receipt = ? "  # noqa: S608
                "WHERE course = ? AND session = ? AND erased = ? AND withheld = ?",
                [
                    *(_NOTHING, _NOTHING, json.dumps(receipt)),
                    *(self._course, forgetting.session, *_columns(forgetting)),
                ],
            )

    def receipts(self) -> list[dict[str, Any]]:
        """Return what the course answered of each session of which it forgot something."""
        rows = self._db.query(
            f"SELECT receipt FROM {_TABLE} WHERE course = ? AND receipt IS NOT NULL "  # noqa: S608
            "ORDER BY session",
            [self._course],
        )
        return [json.loads(row["receipt"]) for row in rows]

    def drop(self) -> None:
        """Forget it: the course erased all that it had. In a transaction of the caller's."""
        self._db.execute(f"DELETE FROM {_TABLE} WHERE course = ?", [self._course])  # noqa: S608


def _columns(forgetting: Forgetting) -> tuple[str, str]:
    return _json(forgetting.erased), _json(forgetting.withheld)


def _json(runs: tuple[tuple[int, int], ...]) -> str:
    return json.dumps(runs, separators=(",", ":"))
