"""`foretrace coder` as people run it: what it says of them, and what is kept of that."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests import trace_weights
from tests.command import foretrace, foretrace_json
from tests.forensics import found_in
from tests.itap_log import write_log

from foretrace_telemetry.events import Actor, Edited, Event, Opened, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import derived
from foretrace_telemetry.store import SessionInfo, Store

pytestmark = pytest.mark.usefixtures("one_thread")


def _record(home: Home, *names: str, indent: str = "\t") -> None:
    """Record a session for each name, of a program that somebody wrote."""
    with contextlib.closing(Store.create(home)) as store:
        for name in names:
            now = time.time_ns() // 1000
            uri = f"file:///w/{name}.py"
            bodies = (
                Opened("def f():\n", "python"),
                Edited(9, "", f"{indent}return '{name}-words'\n"),
                Saved(None),
            )
            store.begin_session(SessionInfo(name, now, "0")).append(
                [
                    Event(now + number, number, Actor.USER, body, uri, number)
                    for number, body in enumerate(bodies, start=1)
                ]
            )


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Weights of a trace model."""
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    return trace_weights.make(tmp_path / "weights")


@pytest.fixture
def recording(consented: Home) -> Home:
    """A data folder with two sessions of somebody who allowed it."""
    _record(consented, "first", "second")
    return consented


def _show(home: Home, weights: Path, *arguments: str) -> dict[str, Any]:
    return foretrace_json(home, "coder", "show", "--weights", str(weights), *arguments)


def _site_without_torch(folder: Path) -> str:
    """Return a folder on whose path Python finds no torch, wherever that is installed."""
    site = folder / "site"
    site.mkdir()
    site.joinpath("sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'torch' else find(name)\n"
    )
    return str(site)


def _kept(home: Home) -> list[str]:
    """Return the names of the vectors that are kept."""
    with contextlib.closing(Store.read(home)) as store:
        return [each.name for each in derived(store.db) if each.kind == "vector"]


def test_a_coder_is_told_in_words_and_numbers_without_torch_and_weights(
    recording: Home, tmp_path: Path
) -> None:
    without = _site_without_torch(tmp_path)
    done = foretrace(recording, "coder", "show", PYTHONPATH=without)
    assert done.returncode == 0, done.stderr
    assert "You: 2 traces in 2 sessions." in done.stdout
    assert "characters in a name: 3.3 on average" in done.stdout
    assert "No vector: " in done.stdout
    done = foretrace(recording, "coder", "show", "--json", PYTHONPATH=without)
    told = json.loads(done.stdout)
    assert told["profile"]["observed"]["TAB_INDENT"] == [2, 2]
    assert told["vector"] is None
    assert told["missing"]


def test_without_torch_it_is_said_how_to_get_it(
    recording: Home, weights: Path, tmp_path: Path
) -> None:
    arguments = ("coder", "show", "--weights", str(weights))
    done = foretrace(recording, *arguments, PYTHONPATH=_site_without_torch(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "No vector: the package torch is missing; get it with: pip install" in done.stdout
    assert _kept(recording) == []


def test_a_vector_is_made_kept_and_told(recording: Home, weights: Path) -> None:
    told = _show(recording, weights)
    vector = told["vector"]
    assert len(vector["numbers"]) == 64
    assert vector["sessions"] == ["first", "second"]
    assert vector["traces"] == 2
    assert vector["from_mean"] > 0
    assert told["deviations"]["TAB_INDENT"] > 0
    assert _kept(recording) == ["own"]
    assert _show(recording, weights)["vector"] == vector
    words = foretrace(recording, "coder", "show", "--weights", str(weights)).stdout
    assert "indented lines that begin with a tab" not in words  # too few to say
    assert "The vector has 64 numbers" in words
    assert "of 2 traces in 2 sessions" in words


def test_what_was_recorded_since_makes_a_new_vector(recording: Home, weights: Path) -> None:
    before = _show(recording, weights)["vector"]
    _record(recording, "third", indent="    ")
    after = _show(recording, weights)["vector"]
    assert after["sessions"] == ["first", "second", "third"]
    assert after["numbers"] != before["numbers"]
    assert after["until_wall_us"] > before["until_wall_us"]
    assert _kept(recording) == ["own"]


def test_another_network_has_a_vector_of_its_own(
    recording: Home, weights: Path, tmp_path: Path
) -> None:
    before = _show(recording, weights)["vector"]
    other = trace_weights.make(tmp_path / "other", seed=1)
    after = _show(recording, other)["vector"]
    assert after["network_sha256"] != before["network_sha256"]
    assert after["numbers"] != before["numbers"]


def test_a_vector_is_refined_when_it_is_asked_for(recording: Home, weights: Path) -> None:
    vector = _show(recording, weights, "--refine")["vector"]
    assert vector["refinement"]["bits_after"] <= vector["refinement"]["bits_before"]
    assert _show(recording, weights)["vector"] == vector


def test_without_consent_there_is_no_vector(home: Home, weights: Path) -> None:
    _record(home, "first")
    told = _show(home, weights)
    assert told["vector"] is None
    assert "nobody was asked yet" in told["missing"]
    assert _kept(home) == []


def test_a_vector_is_not_shown_once_consent_is_withdrawn(recording: Home, weights: Path) -> None:
    assert _show(recording, weights)["vector"]
    assert foretrace(recording, "consent", "withdraw").returncode == 0
    told = _show(recording, weights)
    assert told["vector"] is None
    assert "withdrawn" in told["missing"]


def _numbers_left(home: Home, vector: dict[str, Any]) -> set[str]:
    return found_in(home.path, {json.dumps(number) for number in vector["numbers"]})


@pytest.mark.parametrize(
    "arguments",
    [("forget", "second"), ("forget", "--file", "/w/first.py"), ("forget", "--all")],
)
def test_a_vector_goes_to_the_byte_with_any_of_its_sessions(
    recording: Home, weights: Path, arguments: tuple[str, ...]
) -> None:
    vector = _show(recording, weights)["vector"]
    assert len(_numbers_left(recording, vector)) == 64
    receipt = foretrace_json(recording, "traces", *arguments, "--yes")
    assert receipt["derived"] == ["vector own"]
    assert _numbers_left(recording, vector) == set()
    assert _kept(recording) == []


def test_a_vector_stays_when_what_it_was_not_made_of_is_forgotten(
    recording: Home, weights: Path
) -> None:
    _record(recording, *map(str, range(8)))
    assert "first" not in _show(recording, weights)["vector"]["sessions"]
    receipt = foretrace_json(recording, "traces", "forget", "first", "--yes")
    assert receipt["derived"] == []
    assert _kept(recording) == ["own"]


def test_a_vector_is_reset_to_the_byte_with_those_before_and_what_was_recorded_stays(
    recording: Home, weights: Path
) -> None:
    before = _show(recording, weights)["vector"]
    _record(recording, "third")
    vector = _show(recording, weights)["vector"]
    done = foretrace(recording, "coder", "reset")
    assert done.returncode == 0
    assert "The vector is forgotten." in done.stdout
    assert "What was recorded stays" in done.stdout
    assert _numbers_left(recording, vector) == set()
    assert _numbers_left(recording, before) == set()
    assert foretrace_json(recording, "traces", "status")["sessions"] == 3
    assert foretrace_json(recording, "coder", "reset") == {
        "coder": None,
        "reset": False,
        "complete": True,
    }


def test_somebody_of_whom_nothing_is_recorded_is_not_known(home: Home) -> None:
    done = foretrace(home, "coder", "show")
    assert done.returncode == 0
    assert "You: 0 traces in 0 sessions." in done.stdout
    assert foretrace(home, "coder", "reset").returncode == 0
    assert not home.path.exists()


def test_coders_who_were_imported_stand_apart(home: Home, weights: Path, tmp_path: Path) -> None:
    states = ("def f():\n", "def f():\n    return 1\n")
    log = tmp_path / "log"
    log.mkdir()
    write_log(log, [(coder, "f", states) for coder in ("ada", "ben")])
    assert foretrace(home, "traces", "import", str(log)).returncode == 0
    told = _show(home, weights, "ada")
    assert (told["coder"], told["traces"]) == ("ada", 1)
    assert told["vector"]["traces"] == 1
    assert _show(home, weights)["coder"] == "ben"
    _record(home, "mine")
    told = foretrace_json(home, "coder", "show")
    assert (told["coder"], told["sessions"]) == (None, 1)
    assert _kept(home) == ["of ada", "of ben"]
    assert foretrace_json(home, "coder", "reset", "ada")["reset"]
    assert _kept(home) == ["of ben"]


def test_a_coder_who_is_none_is_refused(recording: Home) -> None:
    for name in ("show", "reset"):
        done = foretrace(recording, "coder", name, "nobody")
        assert done.returncode == 2
        assert "no session of 'nobody' was imported" in done.stderr


def test_weights_that_know_nobody_are_refused(recording: Home, tmp_path: Path) -> None:
    done = foretrace(recording, "coder", "show", "--weights", str(tmp_path))
    assert done.returncode == 2
    assert "its weights have no encoder" in done.stderr
