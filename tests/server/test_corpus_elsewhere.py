"""Other programs read what courses exported: DuckDB and Ray Data, as docs/scale.md says."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json

from foretrace_telemetry.events import Actor, Body, Edited, Event, Opened, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store

duckdb = pytest.importorskip("duckdb", reason="the extra dev is not installed")

PAGE = Path(__file__).parents[2] / "docs/scale.md"
DOCUMENT = "file:///home/student/search.py"
TYPED = (
    Opened("x = 1\r\n"),
    Edited(0, "x", "ü😀"),
    Edited(2, "", "yy"),
    Edited(0, "ü", ""),
    Saved(),
)


def session(home: Home, name: str, began: datetime, *bodies: Body, subject: str) -> None:
    wall_us = int(began.timestamp() * 1e6)
    events = [Event(wall_us + n, n, Actor.USER, body, DOCUMENT, n) for n, body in enumerate(bodies)]
    with closing(Store.create(home)) as store:
        info = SessionInfo(name, wall_us, "0.1", "an editor", subject, "collect")
        assert store.begin_session(info).append(events) == []


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two courses' exports beside each other."""
    folder = tmp_path_factory.mktemp("corpora")
    for course in ("Programming 1", "Databases"):
        path = folder / "courses" / course
        home = Home(folder / "nobody")
        assert foretrace(home, "collect", "init", course, "--path", str(path)).returncode == 0
        for month in (10, 11, 12):
            for day in (1, 2):
                began = datetime(2026, month, day, tzinfo=timezone.utc)
                last = Edited(0, "", f"{course} {month} {day} ")
                name = f"2026{month}{day:02}-s{len(course):016}"
                session(Home(path), name, began, *TYPED, last, subject=f"s{len(course):016}")
        done = foretrace(
            home,
            *("collect", "export", "--path", str(path), "--format", "parquet", "--partitioned"),
            *("--out", str(folder / "corpora" / course.lower().replace(" ", "-"))),
        )
        assert done.returncode == 0, done.stderr
    return folder


def code(language: str, *words: str) -> str:
    """Return the first block of code of the page that has all of the words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(next(each for each in blocks if all(word in each for word in words)))


@pytest.fixture(autouse=True)
def beside_the_corpora(corpora: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(corpora)


def test_duckdb_reads_all_courses_as_one_corpus() -> None:
    found = duckdb.sql(code("sql", "GROUP BY")).fetchall()
    assert len(found) == 6
    assert {course for course, *_ in found} == {"Programming-1", "Databases"}
    assert sum(events for *_, events in found) == 72


def test_duckdb_opens_only_the_files_of_the_months_that_are_asked_for() -> None:
    query = (
        "SELECT count(*) FROM read_parquet('corpora/*/*/*/*.parquet', hive_partitioning = true) "
        "WHERE course = 'Databases' AND month = '2026-11'"
    )
    assert duckdb.sql(query).fetchall() == [(12,)]
    plan = str(duckdb.sql(f"EXPLAIN {query}").fetchall())
    assert re.search(r"Scanning Files:\s*1/6", plan), plan


def test_a_session_from_the_corpus_is_what_replay_gives(corpora: Path) -> None:
    names: dict[str, Any] = {}
    exec(code("python", "duckdb"), names)
    home = Home(corpora / "courses" / "Programming 1")
    for name in ("20261001-s0000000000000013", "20261202-s0000000000000013"):
        replayed = foretrace_json(home, "traces", "replay", name)
        assert replayed["exact"] is True
        assert names["texts_of"](name) == replayed["texts"] != {}


def test_ray_data_reads_it_and_opens_only_one_course(corpora: Path) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
    import ray

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        names: dict[str, Any] = {}
        exec(code("python", "ray.data"), names)
        found = {row["session"]: row["count()"] for row in names["sessions"].take_all()}
        assert len(found) == 6
        assert all("-s0000000000000009" in session for session in found)
        assert set(found.values()) == {4}
    finally:
        ray.shutdown()
