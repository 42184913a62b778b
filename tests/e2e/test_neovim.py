"""Neovim, configured as the page about editors says: recorded exactly, and helped."""

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
from foretrace_telemetry.store import Store
from tests.e2e.neovim import Neovim
from tests.e2e.programs import ASSIGNMENT, BROKEN, SEARCH, SEARCH_FIXED
from tests.pages import configuration
from tests.stored import assert_replays_to_disk, bodies, contents, sessions

NOW = datetime.now(timezone.utc)
QUESTION = "Foretrace can record how you edit"

# Starts the test's Neovim with a text in a file; more Lua may follow what the page says.
Open = Callable[..., Neovim]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The data folder of somebody who was never asked."""
    return Home(tmp_path / "home")


@pytest.fixture
def opened(tmp_path: Path, home: Home) -> Iterator[Open]:
    editors: list[Neovim] = []

    def open_file(text: str, name: str = "program.py", lua: str = "") -> Neovim:
        init = f"{configuration('Neovim', 'lua')}\n{lua}"
        editor = Neovim(tmp_path / f"neovim{len(editors)}", home, init)
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


@pytest.mark.parametrize("units", [None, "utf-8", "utf-16", "utf-32"])
def test_what_is_typed_is_recorded_exactly_in_all_units(
    consented: Home, opened: Open, units: str | None
) -> None:
    lua = f"""
        local capabilities = vim.lsp.protocol.make_client_capabilities()
        capabilities.general.positionEncodings = {{ "{units}" }}
        vim.lsp.config("foretrace", {{ capabilities = capabilities }})
    """
    editor = opened("# größer 🙂\n", lua=lua if units else "")
    encoding = editor.lua("vim.lsp.get_clients()[1].offset_encoding")
    assert encoding == (units or "utf-8")
    editor.keys("Goname = '𐍈 🙂🙂'<CR>other = name + '🙂'<Esc>")
    editor.keys("F🙂i→<Esc>")  # before what takes two units in one encoding and four in another
    editor.keys("uu<C-r><C-r>")
    editor.keys("yy3p")  # paste
    editor.keys("odef f():<CR>if name:<CR>return 1<Esc>")
    editor.keys("gg=G")  # format
    editor.keys(":2,4!sort -r<CR>")  # several lines at once, by another program
    editor.keys(":%s/🙂/🙃/g<CR>")
    editor.keys("ggjddGp")  # move a line
    editor.until(lambda: "if name" in editor.text, "it is typed")
    editor.save()
    text = editor.text
    editor.stop()
    assert text.count("🙃") > 5
    assert text == (editor.workspace / "program.py").read_text(encoding="utf-8")
    assert_replays_to_disk(consented, editor.workspace / "program.py")
    store = Store.read(consented)
    (session,) = store.sessions()
    store.close()
    assert session.editor.startswith("Neovim 0.11")


def test_somebody_who_was_never_asked_is_asked_and_then_recorded(home: Home, opened: Open) -> None:
    editor = opened("x = 1\n")
    editor.until(lambda: "3: Record with text" in editor.said, "the question")
    assert QUESTION in editor.said
    assert contents(home.path) == {}
    editor.keys("3<CR>")
    editor.until(lambda: "recording with text until" in editor.said, "what holds now")
    editor.keys("Goy = 2<Esc>")
    editor.save()
    editor.stop()
    assert_replays_to_disk(home, editor.workspace / "program.py")


def test_who_declines_is_not_recorded_and_not_asked_again(home: Home, opened: Open) -> None:
    editor = opened("x = 1\n")
    editor.until(lambda: "3: Record with text" in editor.said, "the question")
    editor.keys("1<CR>")
    editor.until(home.consent_log.exists, "the decision is written down")
    editor.keys("Goy = 2<Esc>")
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
    editor.until(lambda: "3: Record with text" in editor.said, "the question")
    editor.keys("<Esc>")
    editor.keys("Goy = 2<Esc>")
    editor.until(lambda: "y = 2" in editor.text, "it is typed")
    assert contents(home.path) == {}
    editor.keys(":ForetraceConsent<CR>")
    editor.until(lambda: editor.said.count("3: Record with text") == 2, "the question again")
    editor.keys("2<CR>")
    editor.until(lambda: "recording without text until" in editor.said, "what holds now")
    assert read_consent(home, NOW).content is Content.METADATA


def test_what_python_cannot_read_is_marked_and_mended(consented: Home, opened: Open) -> None:
    editor = opened(f"# 🙂\n{BROKEN}")
    editor.until(lambda: editor.problems, "the problem")
    assert "Python cannot read line 2: expected ':'" in editor.problems[0]
    editor.keys(":2<CR>gra")
    editor.until(lambda: "1: Foretrace: " in editor.said, "the fixes")
    editor.keys("1<CR>")
    editor.until(lambda: "def mean(numbers):\n" in editor.text, "the fix")
    editor.until(lambda: not editor.problems, "nothing is wrong any more")
    editor.save()
    editor.stop()
    assert_replays_to_disk(consented, editor.workspace / "program.py")


def test_a_fix_is_proved_by_the_tests_once_programs_may_run(consented: Home, opened: Open) -> None:
    editor = opened(SEARCH, "search.py")
    editor.keys(":3<CR>gra")
    editor.until(lambda: "1: Run my programs to check fixes" in editor.said, "the question")
    editor.keys("1<CR>")
    editor.until(lambda: "(2 tests pass)" in editor.said, "the fix and its proof")
    editor.keys("1<CR>")
    editor.until(lambda: "len(seq)" in editor.text, "the fix")
    editor.keys("u")
    editor.until(lambda: editor.text == SEARCH, "it is taken back with one key")
    editor.keys("<C-r>")
    editor.save()
    text = editor.text
    editor.stop()
    assert text == SEARCH_FIXED
    assert_replays_to_disk(consented, editor.workspace / "search.py")


def test_more_help_comes_one_level_at_a_time_and_why_there_is_none_is_told(
    consented: Home, opened: Open
) -> None:
    level = 'settings = { foretrace = { level = "nudge", runPrograms = "always" } }'
    editor = opened(SEARCH, "search.py", lua=f'vim.lsp.config("foretrace", {{ {level} }})')
    editor.until(lambda: editor.problems, "the nudge")
    (nudge,) = editor.problems
    editor.keys(":ForetraceWhy<CR>")
    editor.until(
        lambda: "set to the level 'nudge', and there is more" in editor.said, "why there is no more"
    )
    assert "IndexError" not in nudge
    editor.keys(":3<CR>gra")
    editor.until(lambda: "1: Foretrace: say what is wrong" in editor.said, "the way to a hint")
    editor.keys("1<CR>")
    editor.until(lambda: "IndexError" in editor.problems[0], "the hint")
    editor.keys("gra")
    editor.until(lambda: "1: Foretrace: show the next step" in editor.said, "the way to a step")
    editor.keys("1<CR>")
    editor.keys("gra")
    editor.until(lambda: "(2 tests pass)" in editor.said, "the step, which is the whole fix")
    editor.keys("1<CR>")
    editor.until(lambda: "len(seq)" in editor.text, "the fix")


def test_a_server_that_is_killed_is_told_of_and_edit_starts_it_anew(
    consented: Home, opened: Open
) -> None:
    editor = opened("x = 1\n")
    editor.keys("Goy = 2<Esc>")
    editor.save()
    editor.until(lambda: "save" in [body.kind for body in bodies(consented)], "it is recorded")
    os.kill(editor.server, signal.SIGKILL)
    editor.until(lambda: "Client foretrace quit" in editor.said, "Neovim says so")
    assert not editor.is_attached()
    (events,) = sessions(consented)
    killed = replay(events, consented.key())
    file = editor.workspace / "program.py"
    assert killed.problems == []
    assert killed.texts[file.as_uri()] == editor.text == "x = 1\ny = 2\n"

    editor.keys(":edit<CR>")
    editor.until(editor.is_attached, "the server is back")
    editor.keys("Goz = 3<Esc>")
    editor.save()
    editor.stop()
    assert len(sessions(consented)) == 2
    assert_replays_to_disk(consented, file)
