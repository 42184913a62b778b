"""Recording: what a person does in the window is what lies in their data folder."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import (
    Copied,
    Edited,
    Origin,
    OriginStated,
    RunFinished,
    Selected,
    TerminalUsed,
    Viewed,
)
from foretrace_telemetry.home import Home
from tests.command import foretrace
from tests.e2e.conftest import WORKING, Open
from tests.e2e.editor import saved
from tests.e2e.vscode import VSCode
from tests.stored import assert_replays_to_disk, bodies, raw, recorded, replayed


@pytest.fixture
def home(vscode: VSCode) -> Home:
    """A data folder in which recording with text is allowed."""
    now = datetime.now(timezone.utc)
    grant(vscode.home, [Scope.LOCAL], Content.FULL, "test", now)
    return vscode.home


def test_what_is_typed_is_recorded_exactly(vscode: VSCode, home: Home, opened: Open) -> None:
    (vscode.workspace / "other.py").write_text("x = 1\n")
    editor = opened("# größer 🙂\n")
    editor.press("Control+End")
    editor.type("def area(width, height):\nreturn width * heigth")
    editor.press("Control+z")
    editor.press("Control+y")
    editor.type("\n")
    editor.press("Control+Home")
    editor.page.wait_for_timeout(500)
    editor.press("Shift+End")
    editor.press("Control+c")
    editor.press("Control+End")
    editor.press("Control+v")
    editor.until(lambda: editor.text().count("# größer") == 2, "it is pasted")
    editor.save()
    editor.press("Control+p")
    editor.page.locator(".quick-input-widget input").fill("other.py")
    editor.choose("other.py")
    editor.until(lambda: views(home) == 1, "the other file was seen")
    editor.show("program.py")
    editor.until(lambda: views(home) == 2, "this one was seen again")
    editor.screenshot("recording")
    file = vscode.workspace / "program.py"
    assert saved(file).count("# größer 🙂") == 2
    file.write_text(saved(file) + "# from elsewhere\n")
    editor.until(lambda: "from elsewhere" in editor.text(), "what came from elsewhere")
    editor.until(lambda: OriginStated(Origin.EXTERNAL) in bodies(home), "its origin")
    vscode.stop()

    assert_replays_to_disk(home, vscode.workspace / "program.py")
    happened = bodies(home)
    stated = [body.origin for body in happened if isinstance(body, OriginStated)]
    # Whether extensions hear of a save before VS Code adds the last line end differs by window.
    certain = [origin for origin in stated if origin is not Origin.FORMAT]
    assert certain == [Origin.UNDO, Origin.REDO, Origin.PASTE, Origin.EXTERNAL]
    assert Copied(len("# größer 🙂")) in happened
    assert any(isinstance(body, Selected) for body in happened)


def test_the_cells_of_a_notebook_are_recorded_exactly(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    notebook = vscode.workspace / "notebook.ipynb"
    cells = [_cell("import math"), _cell("math.pi")]
    language = {"language_info": {"name": "python"}}
    notebook.write_text(
        json.dumps({"cells": cells, "metadata": language, "nbformat": 4, "nbformat_minor": 5})
    )
    editor = opened(WORKING)
    editor.press("Control+p")
    editor.page.locator(".quick-input-widget input").fill(notebook.name)
    editor.choose(notebook.name)
    code = editor.page.locator(".notebook-editor .cell .monaco-editor .view-lines")
    code.nth(1).click()
    editor.press("Home")
    editor.type("2 * ")

    def typed() -> bool:
        found = replayed(home).texts.items()
        cells = {text for name, text in found if name.startswith(f"{notebook.as_uri()}#")}
        return cells == {"import math", "2 * math.pi"}

    editor.until(typed, "what was typed into a cell")
    editor.screenshot("notebook")
    editor.save()
    vscode.stop()
    checked = foretrace(home, "traces", "replay", "--check")
    assert checked.returncode == 0, checked.stdout


def _cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell-{len(source)}",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def test_a_pause_holds_and_recording_goes_on_exactly(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    editor.press("Control+End")
    editor.type("# seen\n")
    editor.command("Foretrace: Pause Recording")
    editor.until(lambda: "recording is paused" in editor.status_bar(), "the pause is shown")
    editor.screenshot("recording-paused")
    editor.type("# unseen")
    editor.save()
    editor.press("Control+Shift+k")
    editor.save()
    assert b"unseen" not in raw(home)
    editor.command("Foretrace: Go On Recording")
    editor.until(lambda: "Foretrace: recording" in editor.status_bar(), "it goes on")
    editor.type("# seen again\n")
    editor.save()
    vscode.stop()
    inserted = "".join(
        str(each.event.body.inserted)
        for each in recorded(home)
        if isinstance(each.event.body, Edited)
    )
    assert "# seen\n" in inserted
    assert "again" in inserted
    assert b"unseen" not in raw(home)
    assert_replays_to_disk(home, vscode.workspace / "program.py")


def test_a_run_in_the_terminal_tells_its_outcome_and_nothing_that_it_printed(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(
        "def mean(xs):\n    return sum(xs) / len(xs)\n\n\nprint('pass' + 'word', mean([]))\n"
    )
    editor.run("python3 program.py")
    editor.until(lambda: any(isinstance(b, RunFinished) for b in bodies(home)), "the run is told")
    editor.screenshot("run")
    vscode.stop()
    (run,) = (body for body in bodies(home) if isinstance(body, RunFinished))
    assert (run.exit_code, run.error_type) == (1, "ZeroDivisionError")
    assert (run.line, run.function) == (2, "mean")
    (used,) = (body for body in bodies(home) if isinstance(body, TerminalUsed))
    assert (used.command_class, used.exit_code) == ("run", 1)
    assert b"password" not in raw(home)
    assert_replays_to_disk(home, vscode.workspace / "program.py")


def views(home: Home) -> int:
    """How often a file came to the front."""
    return sum(isinstance(body, Viewed) for body in bodies(home))
