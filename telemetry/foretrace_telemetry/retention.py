"""Retention: sessions that were kept as long as the person said are forgotten by themselves."""

from __future__ import annotations

import contextlib
from contextlib import closing

from foretrace_telemetry.erase import Receipt, Selection, forget
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import Store

EXPIRED = "kept as long as was agreed"
_DAY_US = 24 * 3600 * 1_000_000


def expire(home: Home, keep_days: int, now_wall_us: int) -> Receipt | None:
    """Forget the sessions whose last event is older; return the receipt, or None if there is none.

    What later sessions have of the same files stays: it was recorded in its own right. So do
    sessions that were imported. Databases that were set aside that long ago are removed.

    Raises:
        NoTracesError: nothing was recorded yet.
        OSError: a file cannot be removed.
        sqlite3.Error: the store cannot be read or written.
    """
    before_wall_us = now_wall_us - keep_days * _DAY_US
    for path in home.path.glob("damaged-*"):
        with contextlib.suppress(FileNotFoundError):  # another editor did
            if path.lstat().st_mtime_ns // 1000 < before_wall_us:
                path.unlink()
    with closing(Store.read(home)) as store:
        forgotten = {
            row["name"]
            for row in store.db.query(
                "SELECT name FROM sessions JOIN events ON session = id "
                "GROUP BY id HAVING count(*) = 1 AND max(kind) = 'erased'"
            )
        }
        expired = frozenset(
            session.name
            for session in store.sessions()
            if session.ended_wall_us < before_wall_us
            and session.events
            and session.name not in forgotten
            and session.source is None
        )
    if not expired:
        return None
    # How long a course keeps what it has, the course says.
    return forget(home, Selection(expired, and_later_texts=False), EXPIRED, travels=False)
