"""`foretrace bench record`: real editing, recorded and read back."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json

from foretrace_server.bench.histories import find, load
from foretrace_telemetry.home import Home
from foretrace_telemetry.readers import vscode_recordings

# Line ends of all kinds, and characters that UTF-16 has in two halves.
START = "a😀\r\nb\rc\n"
TRANSACTIONS: list[list[tuple[int, int, str]]] = [
    [(1, 1, "é🎈")],
    [(0, 0, "x"), (3, 1, "")],
    [(8, 0, "end\n"), (0, 1, "")],
]
LOG: list[dict[str, Any]] = [
    {"kind": "header", "time": 0},
    {"kind": "documentEncountered", "id": 0, "time": 0, "relativePath": "src\\a.ts"},
    {"kind": "setContent", "id": 0, "time": 0, "content": START, "v": 1},
    {"kind": "storeContent", "id": 0, "time": 0, "contentId": "c", "v": 1},
    # Half of the first character gives way to another, and a line comes at the end.
    {"kind": "changed", "id": 0, "time": 1, "edit": [[2, 3, "\ude01"], [8, 8, "d"]], "v": 2},
    {"kind": "selectionChanged", "id": 0, "time": 1, "selection": [[1, 1]]},
    {"kind": "changed", "id": 0, "time": 2, "edit": [[0, 5, ""]], "v": 3},
    {"kind": "restoreContent", "id": 0, "time": 3, "contentId": "c", "v": 4},
    {"kind": "changed", "id": 0, "time": 4, "edit": [[0, 1, "z"]], "v": 5},
    {"kind": "somethingNew"},
]


def _trace(folder: Path, name: str, **changes: Any) -> Path:
    text = START
    for transaction in TRANSACTIONS:
        for place, length, inserted in transaction:
            text = text[:place] + inserted + text[place + length :]
    trace = {
        "startContent": START,
        "endContent": text,
        "txns": [{"patches": transaction} for transaction in TRANSACTIONS],
        **changes,
    }
    path = folder / f"{name}.json.gz"
    path.write_bytes(gzip.compress(json.dumps(trace).encode()))
    return path


@pytest.fixture
def histories(tmp_path: Path) -> Path:
    """A folder of folders with a history of each kind, and files that only look like some."""
    folder = tmp_path / "data"
    (folder / "traces").mkdir(parents=True)
    (folder / "recordings").mkdir()
    _trace(folder / "traces", "one")
    (folder / "traces" / "other.json.gz").write_bytes(gzip.compress(b"[]"))
    (folder / "recordings" / "two.w.json").write_text(json.dumps({"log": LOG}))
    (folder / "recordings" / "no.w.json").write_text("{}")
    (folder / "recordings" / "broken.w.json").write_text("{")
    return folder


def test_a_recording_of_vs_code_ends_in_the_text_that_was_restored(histories: Path) -> None:
    recording = vscode_recordings.read(histories / "recordings" / "two.w.json")
    assert recording.texts == {0: "z" + START[1:]}
    assert recording.paths == {0: "src/a.ts"}
    assert recording.skipped == {"header": 1, "somethingNew": 1}
    contents = [s.text for s in recording.steps if isinstance(s, vscode_recordings.Content)]
    assert contents == [START, START]


def test_all_histories_of_a_folder_are_recorded_exactly(home: Home, histories: Path) -> None:
    figures = foretrace_json(home, "bench", "record", "--data", str(histories))
    assert figures["replay_exact"] is True
    assert figures["dataset"] == "editing_traces, vscode_edit_recordings"
    assert {trace["name"]: trace["edits"] for trace in figures["traces"]} == {"one": 5, "two": 5}
    assert (figures["n"], figures["edits"], figures["saves"]) == (2, 10, 2)
    assert all(trace["replay_exact"] and not trace["problems"] for trace in figures["traces"])
    for name in ("edits_per_second", "handler_p99_us", "bare_pygls_ratio"):
        assert figures[name] > 0
    assert figures["bytes_per_edit"] >= 0  # the first events go into pages that are there
    assert figures["synchronous"] == "FULL"
    assert len(figures["skipped"]) == 3
    assert not home.path.exists()


def test_a_limit_is_the_most_edits(home: Home, histories: Path) -> None:
    figures = foretrace_json(home, "bench", "record", "--data", str(histories), "--limit", "6")
    assert figures["edits"] == 6
    assert figures["replay_exact"] is True


def test_a_stopped_run_goes_on(home: Home, histories: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    command = ("bench", "record", "--data", str(histories), "--resume", str(rows))
    first = foretrace_json(home, *command)
    lines = rows.read_text().splitlines(keepends=True)
    assert len(lines) == 3
    rows.write_text("".join(lines[:2]) + lines[2][:10])
    again = foretrace_json(home, *command)
    (kept,) = [t for t in again["traces"] if t["name"] == json.loads(lines[1])["row"]["name"]]
    assert kept in first["traces"]
    assert len(rows.read_text().splitlines()) == 3
    other = foretrace(home, *command, "--limit", "1")
    assert other.returncode == 2
    assert "--resume" in other.stderr


def test_a_folder_without_histories_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    done = foretrace(home, "bench", "record", "--data", str(tmp_path / "data"), "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "holds no histories of editing" in done.stderr


def test_a_trace_that_does_not_lead_to_its_own_text_is_named(tmp_path: Path) -> None:
    _trace(tmp_path, "wrong", endContent="something else")
    (source,), _ = find(tmp_path)
    with pytest.raises(ValueError, match="wrong does not lead to the text"):
        load(source, "file:///x")


def test_histories_of_real_editing_are_recorded_exactly(home: Home, data: Path) -> None:
    for folder in ("editing_traces", "vscode_edit_recordings"):
        figures = foretrace_json(
            home, "bench", "record", "--data", str(data / folder), "--limit", "1500"
        )
        assert figures["replay_exact"] is True
        assert figures["bytes_per_edit"] < 1000
