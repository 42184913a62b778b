"""`foretrace demo`: what it prints, and that it leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.command import foretrace
from tests.stored import contents

from foretrace_models.intent.activities import Activity
from foretrace_telemetry.home import Home

FIX = "-    while seq[i] < x:\n+    while i < len(seq) and seq[i] < x:\n"


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a demo could leave something in: a home, a temporary folder and a data folder."""
    folder = tmp_path_factory.mktemp("surroundings")
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    return folder


def _demo(surroundings: Path, *options: str) -> CompletedProcess[str]:
    return foretrace(
        Home(surroundings / "data"),
        "demo",
        *options,
        HOME=str(surroundings / "home"),
        TMPDIR=str(surroundings / "tmp"),
        XDG_CACHE_HOME="",
        XDG_DATA_HOME="",
    )


@pytest.fixture(scope="module")
def as_json(surroundings: Path) -> CompletedProcess[str]:
    """The demo, played once for those who read its JSON."""
    return _demo(surroundings, "--json")


@pytest.fixture(scope="module")
def in_words(surroundings: Path) -> CompletedProcess[str]:
    """The demo, played once for those who read its words."""
    return _demo(surroundings)


def test_the_demo_prints_one_object_with_all_that_was_promised(
    as_json: CompletedProcess[str],
) -> None:
    assert (as_json.returncode, as_json.stderr) == (0, "")
    answer = json.loads(as_json.stdout)
    assert set(answer) == {"events", "replay_exact", "intents", "fix"}
    assert set(answer["fix"]) == {"verified", "tests_passed", "diff"}
    assert answer["events"] > 100
    assert answer["replay_exact"] is True
    assert answer["intents"]
    assert set(answer["intents"]) <= {activity.value for activity in Activity}
    assert answer["fix"]["verified"] is True
    assert answer["fix"]["tests_passed"] == 4
    assert FIX in answer["fix"]["diff"]


def test_the_demo_tells_of_events_intents_and_the_fix(in_words: CompletedProcess[str]) -> None:
    assert (in_words.returncode, in_words.stderr) == (0, "")
    lines = in_words.stdout.splitlines()
    kinds = {words[2] for line in lines if len(words := line.split()) > 2 and words[1] == "s"}
    assert kinds >= {"edit", "move", "save", "run", "intent", "fix"}
    assert "".join(f"    {line}\n" for line in FIX.splitlines()) in in_words.stdout
    assert "4 of 4 tests pass" in in_words.stdout
    assert "In SQLite: " in in_words.stdout
    assert "Replaying them gives the text back: exact" in in_words.stdout


def test_the_demo_leaves_nothing_behind(
    surroundings: Path, as_json: CompletedProcess[str], in_words: CompletedProcess[str]
) -> None:
    assert contents(surroundings) == {"home": None, "tmp": None}
