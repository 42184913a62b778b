"""Exactness: whatever is done in the window, what was recorded gives the saved text back."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from foretrace_telemetry.events import Edited, Origin, OriginStated
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from tests.command import foretrace
from tests.e2e.conftest import WORKING, Open
from tests.e2e.editor import Editor, saved
from tests.e2e.extensions import FORMATTER, write_extension
from tests.e2e.typist import Typist
from tests.e2e.vscode import VSCode
from tests.processes import command_of, descendants
from tests.stored import recorded, sessions

LINES = 10_000


@pytest.fixture
def opened_twice(vscode: VSCode, open_in: Open) -> Iterator[tuple[Editor, Editor]]:
    """Two windows of one VS Code, each with a file of its own and a server of its own."""
    vscode.start()
    editors = open_in(vscode, WORKING, "one.py"), open_in(vscode, WORKING, "other.py")
    for editor in editors:
        editor.until_shown("recording")
    yield editors
    for editor in editors:
        editor.close()


def last_texts(home: Home) -> list[dict[str, str | None]]:
    """Return for each session, the oldest first, the texts that its replay ends with."""
    return [dict(replay(events, home.key()).texts) for events in sessions(home)]


def assert_replays(home: Home) -> None:
    """Check every session with the command that people have."""
    for events in sessions(home):
        checked = foretrace(home, "traces", "replay", "--check", events[0].session)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def server_of(vscode: VSCode) -> int:
    """Return the process of the only server."""
    (server,) = (
        each for each in descendants(vscode.process) if "foretrace_server lsp" in command_of(each)
    )
    return server


def test_hundreds_of_edits_of_every_kind_are_recorded_exactly(
    vscode: VSCode, consented: Home, opened: Open, tmp_path: Path
) -> None:
    vscode.install(write_extension(tmp_path, "somebody.formatter", FORMATTER))
    editor = opened("# größer 🙂\n\n\ndef area(width,  height):\n    return width * height\n")
    typist = Typist(editor, random.Random(20))
    typist.go_on(400)
    editor.screenshot("hundreds-of-edits")
    editor.press("Escape")
    editor.save()
    vscode.stop()

    file = vscode.workspace / "program.py"
    assert_replays(consented)
    assert last_texts(consented) == [{file.as_uri(): saved(file)}]
    happened = [each.event.body for each in recorded(consented)]
    assert sum(isinstance(body, Edited) for body in happened) > 400, typist.done
    stated = {body.origin for body in happened if isinstance(body, OriginStated)}
    assert {Origin.UNDO, Origin.REDO, Origin.PASTE} <= stated


def test_two_windows_share_one_data_folder(
    vscode: VSCode, consented: Home, opened_twice: tuple[Editor, Editor]
) -> None:
    for turn in range(3):
        for editor in opened_twice:
            editor.press("Control+End")
            editor.type(f"# turn {turn}\n")
    one, other = opened_twice
    one.screenshot("two-windows")
    one.save()
    other.save()
    vscode.stop()

    assert_replays(consented)
    files = [vscode.workspace / name for name in ("one.py", "other.py")]
    texts = {file.as_uri(): saved(file) for file in files}
    assert all("# turn 2" in text for text in texts.values())
    both = last_texts(consented)
    assert len(both) == len(files)
    assert {name: text for each in both for name, text in each.items()} == texts


def test_a_killed_server_comes_back_and_what_was_typed_before_and_after_is_exact(
    vscode: VSCode, consented: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    editor.press("Control+End")
    editor.type("# before\n")
    editor.until(lambda: "# before" in str(last_texts(consented)), "it is recorded")
    killed = server_of(vscode)
    os.kill(killed, signal.SIGKILL)
    editor.type("# meanwhile\n")
    editor.until(
        lambda: len(sessions(consented)) == 2 and "Foretrace: recording" in editor.status_bar(),
        "another server records",
    )
    editor.screenshot("server-killed")
    assert server_of(vscode) != killed
    editor.type("# after\n")
    editor.save()
    vscode.stop()

    assert_replays(consented)
    file = vscode.workspace / "program.py"
    first, second = last_texts(consented)
    assert f"{WORKING}# before\n# meanwhile\n".startswith(first[file.as_uri()] or "?")
    assert second == {file.as_uri(): saved(file)}
    assert saved(file) == f"{WORKING}# before\n# meanwhile\n# after\n"


def test_a_file_of_ten_thousand_lines_is_helped_with_and_recorded_exactly(
    vscode: VSCode, consented: Home, opened: Open
) -> None:
    vscode.settings(runPrograms="never")
    text = "".join(f"value_{line} = {line}\n" for line in range(LINES))
    editor = opened(text)
    editor.go_to(LINES // 2, 1)
    editor.type("# in the middle\n")
    editor.press("Control+End")
    editor.type("def last(numbers)\nreturn numbers[-1]\n")
    editor.lens("Foretrace:").wait_for()
    editor.screenshot("ten-thousand-lines")
    editor.press("Alt+Enter")
    editor.until(lambda: "def last(numbers):" in editor.text(), "the fix is made")
    editor.save()
    vscode.stop()

    assert_replays(consented)
    file = vscode.workspace / "program.py"
    assert last_texts(consented) == [{file.as_uri(): saved(file)}]
    assert saved(file).startswith(
        text[: text.index(f"value_{LINES // 2 - 1} ")] + "# in the middle\n"
    )
