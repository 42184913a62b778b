"""What it costs to survive a power cut, and what a power cut would cost without."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from foretrace_telemetry.events import Actor, Edited, Event, Opened, Origin
from foretrace_telemetry.home import Home
from foretrace_telemetry.session_writer import SessionWriter
from foretrace_telemetry.store import SessionInfo, Store

URI = "file:///a.py"
EDITS = 40_000
BATCH = 1500
SINGLE = 2000


def _begin(home: Home, level: str) -> tuple[Store, SessionWriter]:
    store = Store.create(home)
    store.db.execute(f"PRAGMA synchronous = {level}")
    writer = store.begin_session(SessionInfo(level, 0, "0"))
    writer.append([Event(0, 0, Actor.USER, Opened(""), URI, 0)])
    return store, writer


def _edit(n: int) -> Event:
    body = Edited(n, "", "x", Origin.TYPED, "one-character")
    return Event(1_795_600_000_000_000 + n * 200_000, n * 200_000, Actor.USER, body, URI, n)


def _cost(writer: SessionWriter, count: int, batch: int) -> tuple[float, list[float]]:
    """Write edits in batches; return how many went in a second, and each commit's time, sorted."""
    edits = [_edit(n) for n in range(count)]
    commits = []
    started = time.perf_counter()
    for at in range(0, count, batch):
        before = time.perf_counter()
        writer.append(edits[at : at + batch])
        commits.append((time.perf_counter() - before) * 1000)
    return count / (time.perf_counter() - started), sorted(commits)


@pytest.mark.figures
@pytest.mark.parametrize("level", ["NORMAL", "FULL", "EXTRA"])
def test_what_a_level_of_durability_costs(tmp_path: Path, level: str) -> None:
    store, writer = _begin(Home(tmp_path), level)
    per_second, batches = _cost(writer, EDITS, BATCH)
    _, singles = _cost(writer, SINGLE, 1)
    store.close()
    print(
        json.dumps(
            {
                "synchronous": level,
                f"edits_per_second_in_batches_of_{BATCH}": round(per_second),
                "commit_of_a_batch_ms_p50": round(batches[len(batches) // 2], 2),
                "commit_of_one_edit_ms_p50": round(singles[SINGLE // 2], 2),
                "commit_of_one_edit_ms_p99": round(singles[SINGLE * 99 // 100], 2),
            }
        )
    )


@pytest.mark.figures
def test_what_a_power_cut_could_cost_with_normal(tmp_path: Path) -> None:
    """Without its log the database is as after a power cut at which nothing had left the cache."""
    store, writer = _begin(Home(tmp_path / "home"), "NORMAL")
    copy, most = tmp_path / "copy.db", 0
    for n in range(SINGLE):
        writer.append([_edit(n)])
        if n % 10 == 9:
            shutil.copy(tmp_path / "home" / "traces.db", copy)
            with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as there:
                try:
                    (kept,) = there.execute("SELECT count(*) - 1 FROM events").fetchone()
                except sqlite3.Error:  # not even the tables
                    kept = 0
            most = max(most, n + 1 - max(0, kept))
    store.close()
    print(json.dumps({"synchronous": "NORMAL", "most_edits_lost_one_a_commit": most}))
