"""The corpus: partitioned Parquet that other programs read, a session at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace

from foretrace_telemetry.events import Actor, Body, Edited, Event, Opened, Saved
from foretrace_telemetry.exchange import corpus, flat
from foretrace_telemetry.exchange.exporting import Format, TargetExistsError, export
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import exports_of
from foretrace_telemetry.store import SessionInfo, SessionSummary, Store

pytest.importorskip("pyarrow", reason="the extra parquet is not installed")

DOCUMENT = "file:///search.py"
TEXTS = [
    Opened("=1+1\n"),
    Edited(0, "=", "ü😀"),
    Edited(3, "", "x\r\n"),
    Edited(0, "ü", ""),
    Saved(),
]
FINAL = "😀1x\r\n+1\n"


def record(home: Home, name: str, began: datetime, *bodies: Body, subject: str = "s1") -> None:
    wall_us = int(began.timestamp() * 1e6)
    events = [Event(wall_us + n, n, Actor.USER, body, DOCUMENT, n) for n, body in enumerate(bodies)]
    with closing(Store.create(home)) as store:
        info = SessionInfo(name, wall_us, "0.1", "an editor", subject, "collect")
        assert store.begin_session(info).append(events) == []


@pytest.fixture
def term(home: Home) -> Home:
    """A data folder with forty sessions in two months, recorded in no order."""
    for n in range(39, -1, -1):
        began = datetime(2026, 11 if n % 2 else 12, 1 + n % 28, tzinfo=timezone.utc)
        record(home, f"{began:%Y%m%d}-{n:02}", began, Opened(f"{n}"), *TEXTS, subject=f"s{n % 3}")
    return home


@pytest.fixture
def exported(term: Home, tmp_path: Path) -> Path:
    export(term, Format.PARQUET, tmp_path / "out", course="Programming 1")
    return tmp_path / "out"


def parts(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*.parquet"))


def test_there_is_a_part_for_each_month_and_what_explains_it(exported: Path) -> None:
    assert parts(exported) == [
        "course=Programming-1/month=2026-11/part-0000.parquet",
        "course=Programming-1/month=2026-12/part-0000.parquet",
    ]
    assert json.loads((exported / "integrity.json").read_text())["exact"] is True
    told = json.loads((exported / "dictionary.json").read_text())
    assert [each["name"] for each in told["columns"]] == list(flat.COLUMNS)
    assert all(each["means"] for each in told["columns"])
    assert told["kinds"]["save"].startswith("A document was saved")


def test_rows_are_in_order_and_the_schema_is_that_of_one_file(
    exported: Path, term: Home, tmp_path: Path
) -> None:
    from pyarrow import parquet

    export(term, Format.PARQUET, tmp_path / "one.parquet")
    whole = parquet.read_table(tmp_path / "one.parquet")
    tables = [parquet.ParquetFile(exported / each).read() for each in parts(exported)]
    for table in tables:
        assert table.schema == whole.schema
        places = [(row["session"], row["sequence"]) for row in table.to_pylist()]
        assert places == sorted(places)
    assert sum(table.num_rows for table in tables) == whole.num_rows == 240


def test_a_group_of_rows_says_which_sessions_are_in_it(
    term: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet

    monkeypatch.setattr(flat, "_ROWS_AT_ONCE", 12)
    export(term, Format.PARQUET, tmp_path / "out", course="c")
    (first, _) = parts(tmp_path / "out")
    told = parquet.ParquetFile(tmp_path / "out" / first).metadata
    assert told.num_row_groups == 10
    bounds = [told.row_group(n).column(0).statistics for n in range(told.num_row_groups)]
    assert sum(each.min <= "20261110-09" <= each.max for each in bounds) == 1


def test_files_have_an_end_however_long_a_month_is(
    term: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat, "_ROWS_AT_ONCE", 12)
    monkeypatch.setattr(corpus, "_ROWS_A_FILE", 60)
    export(term, Format.PARQUET, tmp_path / "out", course="c")
    assert [Path(each).name for each in parts(tmp_path / "out")] == [
        *("part-0000.parquet", "part-0001.parquet") * 2
    ]


def test_no_more_is_held_at_once_than_a_group_of_rows() -> None:
    taken = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield {"text": "x" * 2**23}

    batches = flat.batches(rows())
    assert len(next(batches)) == 4
    assert taken == 4


def test_what_breaks_off_leaves_nothing_that_looks_whole(term: Home, tmp_path: Path) -> None:
    def stop(session: SessionSummary) -> None:
        if session.name.startswith("20261215"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(term, Format.PARQUET, tmp_path / "out", progress=stop, course="c")
    assert [each.name for each in tmp_path.iterdir()] == ["home"]


def test_what_is_there_is_not_written_over(exported: Path, term: Home) -> None:
    with pytest.raises(TargetExistsError):
        export(term, Format.PARQUET, exported, course="Programming 1")


def test_who_forgets_is_told_of_a_corpus_as_of_any_export(exported: Path, term: Home) -> None:
    with closing(Store.read(term)) as store:
        (told,) = exports_of(store.db, {"20261101-28"} | set(store.names()))
    assert (told.format, told.path) == ("parquet", str(exported))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Programming 1", "Programming-1"),
        ("../../etc", "..-..-etc"),
        ("a=b/c", "a-b-c"),
        ("Übung", "Übung"),
        ("---", "course"),
    ],
)
def test_the_name_of_a_course_is_one_folder(name: str, key: str) -> None:
    assert corpus.key_of(name) == key


def test_only_parquet_is_partitioned(term: Home, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    done = foretrace(term, "traces", "export", "--format", "csv", "--partitioned", "--out", out)
    assert done.returncode == 2
    assert "--partitioned is for --format parquet" in done.stderr
    done = foretrace(term, "traces", "export", "--format", "parquet", "--partitioned", "--out", out)
    assert done.returncode == 0, done.stderr
    assert parts(tmp_path / "out")[0].startswith("course=own/month=2026-11/")
    assert done.stderr.count("events") == 40
