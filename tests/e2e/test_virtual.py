"""Virtual workspaces: where files are on no disk, Foretrace keeps silent and nothing is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from foretrace_telemetry.home import Home
from tests.e2e.conftest import WORKING
from tests.e2e.editor import Editor
from tests.e2e.extensions import write_memory
from tests.e2e.vscode import VSCode
from tests.stored import contents

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROKEN = "for number in range(3)\n    print(number)\n"
PROGRAM = "memory:/program.py"
MEMORY = {"uri": "memory:/", "name": "memory"}
_QUIET_MS = 8000


def _open(vscode: VSCode, chromium: Browser, *folders: dict[str, str]) -> Editor:
    """Open a workspace of some folders, with the program in memory in front."""
    vscode.install(write_memory(vscode.folder, BROKEN))
    workspace = vscode.folder / "tests.code-workspace"
    workspace.write_text(json.dumps({"folders": folders}))
    vscode.start()
    editor = Editor(chromium.new_context(viewport={"width": 1280, "height": 800}).new_page())
    editor.open(vscode.address_in(workspace, PROGRAM))
    return editor


def _write_on(editor: Editor) -> None:
    """Write into the program, save it, and wait as long as help or a question would take."""
    editor.until(lambda: "for number in range(3)" in editor.text(), "the program")
    editor.press("Control+End")
    editor.type("print(number)\n")
    editor.save()
    editor.page.wait_for_timeout(_QUIET_MS)
    assert "print(number)\n" in editor.text() + "\n"


def test_in_a_virtual_workspace_foretrace_is_not_there_at_all(
    vscode: VSCode, home: Home, chromium: Browser
) -> None:
    editor = _open(vscode, chromium, MEMORY)
    _write_on(editor)
    editor.screenshot("virtual-workspace")
    assert editor.status_bar() == ""
    assert editor.notification("Foretrace").count() == 0
    assert editor.lens("").count() == 0
    assert vscode.logs("Foretrace.log") == []
    assert contents(home.path) == {}
    editor.close()


def test_a_file_that_is_on_no_disk_is_let_alone_beside_one_that_is(
    vscode: VSCode, home: Home, chromium: Browser
) -> None:
    (vscode.workspace / "mean.py").write_text(WORKING)
    editor = _open(vscode, chromium, MEMORY, {"path": str(vscode.workspace)})
    editor.until(lambda: "not recording" in editor.status_bar(), "the server runs")
    _write_on(editor)
    editor.screenshot("virtual-folder")
    assert editor.lens("").count() == 0
    (log,) = vscode.logs("Foretrace.log")
    assert "[error]" not in log.read_text()
    editor.command("Foretrace: Why Was Nothing Offered?")
    editor.notification("This file is not on a disk").wait_for()
    editor.screenshot("virtual-why")
    assert contents(home.path) == {}
    editor.close()
