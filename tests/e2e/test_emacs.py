"""Emacs with eglot, configured as the page about editors says: recorded exactly, and helped."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from foretrace_telemetry.consent import Content, read_consent
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from tests.e2e.emacs import Emacs
from tests.e2e.programs import ASSIGNMENT, BROKEN, SEARCH, SEARCH_FIXED
from tests.pages import configuration
from tests.stored import assert_replays_to_disk, bodies, contents, sessions

NOW = datetime.now(timezone.utc)
QUESTION = "Foretrace can record how you edit"
# Completion does the rest; what stands there first is the least.
NEITHER, WITHOUT, WITH = "RET", "C-a C-k R TAB o TAB RET", "C-a C-k R TAB SPC t TAB RET"

# Starts the test's Emacs with a text in a file.
Open = Callable[..., Emacs]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The data folder of somebody who was never asked."""
    return Home(tmp_path / "home")


@pytest.fixture
def opened(tmp_path: Path, home: Home) -> Iterator[Open]:
    editors: list[Emacs] = []

    def open_file(text: str, name: str = "program.py") -> Emacs:
        init = configuration("Emacs", "elisp")
        editor = Emacs(tmp_path / f"emacs{len(editors)}", home, init)
        editors.append(editor)
        file = editor.workspace / name
        file.write_text(text, encoding="utf-8")
        if name == "search.py":
            file.with_name("foretrace.toml").write_text(ASSIGNMENT)
        editor.start(file)
        return editor

    yield open_file
    for editor in editors:
        editor.stop()


def test_what_is_typed_is_recorded_exactly(consented: Home, opened: Open) -> None:
    editor = opened("# größer 🙂\n")
    editor.keys("M->")
    editor.type("name = '𐍈 🙂🙂'\rother = name + '🙂'\r")
    editor.keys("C-p C-e C-b C-b")
    editor.type("→")  # before what takes two units of the protocol
    editor.keys("C-x u C-e C-x u")  # undo, and the undo undone
    editor.keys("C-a C-k C-y RET C-y RET C-y")  # cut, paste
    editor.type("\rdef f():\rif name:\rreturn 1\r")
    editor.keys("C-x h C-M-\\")  # indent all
    editor.keys("M->")
    editor.type("# beta 🙂\r# alpha 🙂\r")
    editor.keys("C-SPC C-p C-p")
    editor.command("sort-lines")  # several lines at once
    editor.keys("M-<")
    editor.command("replace-string")
    editor.type("🙂\r🙃🙃\r")
    editor.until(lambda: "🙂" not in editor.text and "alpha" in editor.text, "it is typed")
    editor.save()
    text = editor.text
    editor.stop()
    assert text.count("🙃") > 10
    assert "# alpha 🙃🙃\n# beta" in text
    assert text == (editor.workspace / "program.py").read_text(encoding="utf-8")
    assert_replays_to_disk(consented, editor.workspace / "program.py")


def test_somebody_who_was_never_asked_is_asked_and_then_recorded(home: Home, opened: Open) -> None:
    editor = opened("x = 1\n")
    editor.until(lambda: QUESTION in editor.said, "the question")
    assert contents(home.path) == {}
    editor.keys(WITH)
    editor.until(lambda: "recording with text until" in editor.said, "what holds now")
    editor.keys("M->")
    editor.type("y = 2\r")
    editor.save()
    editor.stop()
    assert_replays_to_disk(home, editor.workspace / "program.py")


def test_whoever_only_presses_enter_is_not_recorded_and_not_asked_again(
    home: Home, opened: Open
) -> None:
    editor = opened("x = 1\n")
    editor.until(lambda: QUESTION in editor.said, "the question")
    editor.keys(NEITHER)
    editor.until(home.consent_log.exists, "the decision is written down")
    editor.keys("M->")
    editor.type("y = 2\r")
    editor.save()
    editor.stop()
    again = opened(BROKEN)
    again.until(lambda: again.problems, "the server is at work")
    time.sleep(3)  # the question would have come by now
    assert QUESTION not in again.said
    again.stop()
    assert list(contents(home.path)) == [home.consent_log.name]


def test_closing_the_question_writes_nothing_and_it_can_be_had_again(
    home: Home, opened: Open
) -> None:
    editor = opened("x = 1\n")
    editor.until(lambda: QUESTION in editor.said, "the question")
    editor.keys("C-g")
    editor.until(lambda: QUESTION not in editor.said, "it is closed")
    editor.keys("M->")
    editor.type("y = 2\r")
    editor.until(lambda: "y = 2" in editor.text, "it is typed")
    assert contents(home.path) == {}
    editor.command("foretrace-consent")
    editor.until(lambda: QUESTION in editor.said, "the question again")
    prompt = "(and (active-minibuffer-window) t)"
    editor.until(lambda: editor.lisp(prompt), "the prompt")
    time.sleep(1)  # keys that come before it reads them are thrown away
    editor.keys(WITHOUT)
    editor.until(lambda: "recording without text until" in editor.said, "what holds now")
    assert read_consent(home, NOW).content is Content.METADATA


def test_what_python_cannot_read_is_marked_and_mended(consented: Home, opened: Open) -> None:
    editor = opened(f"# 🙂\n{BROKEN}")
    editor.until(lambda: editor.problems, "the problem")
    assert "Python cannot read line 2: expected ':'" in editor.problems[0]
    editor.keys("C-n")
    editor.command("eglot-code-actions")
    editor.until(lambda: "Pick an action" in editor.said, "the fixes")
    editor.keys("RET")
    editor.until(lambda: "def mean(numbers):\n" in editor.text, "the fix")
    editor.until(lambda: not editor.problems, "nothing is wrong any more")
    editor.save()
    editor.stop()
    assert_replays_to_disk(consented, editor.workspace / "program.py")


def test_a_fix_that_passes_the_tests_is_taken_and_taken_back(consented: Home, opened: Open) -> None:
    editor = opened(SEARCH, "search.py")
    editor.until(lambda: editor.problems, "the problem")
    assert "IndexError" in editor.problems[0]
    editor.keys("C-n C-n")
    editor.command("eglot-code-actions")
    editor.until(lambda: "Pick an action" in editor.said, "the fixes")
    editor.keys("M-n")  # what Enter would choose
    editor.until(lambda: "(2 tests pass)" in editor.said, "the proof")
    editor.keys("RET")
    editor.until(lambda: editor.text == SEARCH_FIXED, "the fix")
    editor.keys("C-x u")
    editor.until(lambda: editor.text == SEARCH, "it is taken back with one key")
    editor.keys("C-e C-x u")
    editor.until(lambda: editor.text == SEARCH_FIXED, "and had again")
    editor.save()
    editor.stop()
    assert_replays_to_disk(consented, editor.workspace / "search.py")


def test_a_server_that_is_killed_is_told_of_and_started_anew(consented: Home, opened: Open) -> None:
    editor = opened("x = 1\n")
    editor.keys("M->")
    editor.type("y = 2\r")
    editor.save()
    editor.until(lambda: "save" in [body.kind for body in bodies(consented)], "it is recorded")
    time.sleep(4)  # eglot leaves a server alone that did not last for three seconds
    os.kill(editor.server, signal.SIGKILL)
    editor.until(lambda: "Reconnected" in editor.said, "Emacs says so")
    killed = replay(sessions(consented)[0], consented.key())
    file = editor.workspace / "program.py"
    assert killed.problems == []
    assert killed.texts[file.as_uri()] == "x = 1\ny = 2\n"
    editor.keys("M->")
    editor.type("z = 3\r")
    editor.save()
    editor.until(lambda: len(sessions(consented)) == 2, "a session of its own is recorded")
    editor.stop()
    assert_replays_to_disk(consented, file)


def test_why_nothing_is_offered_is_told(consented: Home, opened: Open) -> None:
    editor = opened("def f():\n    return 1\n")
    editor.until(lambda: editor.lisp("(and eglot--managed-mode t)"), "the server is at work")
    editor.command("foretrace-why")
    editor.until(lambda: "nothing to check" in editor.said or "looked at" in editor.said, "why")
