"""Help on screen: one key takes it, one turns it down, and no key of VS Code's is taken away."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Open
from tests.e2e.editor import Editor, saved
from tests.e2e.test_fixes import EVENS, WRONG, assert_tests_pass, assign
from tests.e2e.vscode import VSCode

UNFINISHED = EVENS.replace("    return found\n", "")
# Within this time what is to come by itself has come.
_LONG_MS = 4000


@pytest.fixture
def at_line_start(vscode: VSCode, opened: Open) -> Editor:
    """A window whose cursor is on an indented, empty line, with ghost text after it."""
    assign(vscode)
    editor = opened(UNFINISHED)
    editor.close_notifications()
    editor.press("Control+End")
    editor.press("Home")
    editor.type("    ")
    editor.until(lambda: "return found" in editor.ghost_text(), "ghost text")
    return editor


def test_tab_at_the_start_of_a_line_indents_where_ghost_text_stands(
    at_line_start: Editor, vscode: VSCode
) -> None:
    editor = at_line_start
    editor.screenshot("tab-at-line-start-before")
    editor.press("Tab")
    editor.screenshot("tab-at-line-start-after")
    editor.type("pass")
    editor.save()
    assert saved(vscode.workspace / "program.py") == UNFINISHED + "        pass\n"


def test_the_key_that_accepts_takes_ghost_text_and_leaves_the_cursor_after_it(
    at_line_start: Editor, vscode: VSCode
) -> None:
    editor = at_line_start
    editor.press("Alt+Enter")
    editor.until(lambda: editor.ghost_text() == "", "it became text")
    editor.type("  # done")
    editor.save()
    assert saved(vscode.workspace / "program.py") == EVENS.removesuffix("\n") + "  # done\n"
    assert_tests_pass(vscode.workspace / "program.py")


def test_one_escape_hides_ghost_text_until_the_text_changes(at_line_start: Editor) -> None:
    editor = at_line_start
    editor.press("Escape")
    editor.until(lambda: editor.ghost_text() == "", "it is hidden")
    editor.page.wait_for_timeout(_LONG_MS)
    assert editor.ghost_text() == ""
    editor.press("ArrowLeft")
    editor.press("ArrowRight")
    editor.page.wait_for_timeout(_LONG_MS)
    assert editor.ghost_text() == ""
    editor.press("Backspace")
    editor.type(" ")
    editor.until(lambda: "return found" in editor.ghost_text(), "ghost text")


def test_a_key_turns_ghost_text_down_and_it_does_not_come_back(at_line_start: Editor) -> None:
    editor = at_line_start
    editor.press("Alt+Shift+Backspace")
    editor.screenshot("ghost-text-turned-down")
    editor.until(lambda: editor.ghost_text() == "", "it is hidden")
    editor.press("Backspace")
    editor.type(" ")
    editor.page.wait_for_timeout(_LONG_MS)
    assert editor.ghost_text() == ""
    editor.command("Foretrace: Why Was Nothing Offered?")
    editor.notification("turned").wait_for()


def test_no_ghost_text_comes_while_completions_are_listed_nor_when_they_are_closed(
    vscode: VSCode, at_line_start: Editor
) -> None:
    editor = at_line_start
    vscode.settings({"editor.wordBasedSuggestions": "currentDocument"}, runPrograms="always")
    completions = editor.page.locator(".suggest-widget.visible .monaco-list-row")
    editor.page.wait_for_timeout(1000)  # the setting is read
    editor.press("Control+Space")
    completions.filter(has_text="append").wait_for()
    editor.until(lambda: editor.ghost_text() == "", "it makes room")
    editor.page.wait_for_timeout(_LONG_MS)
    editor.screenshot("completions-listed")
    assert editor.ghost_text() == ""
    editor.press("Escape")
    completions.first.wait_for(state="hidden")
    editor.page.wait_for_timeout(_LONG_MS)
    assert editor.ghost_text() == ""
    editor.press("Backspace")
    editor.type(" ")
    editor.until(lambda: "return found" in editor.ghost_text(), "ghost text")


def test_a_key_turns_down_the_fix_above_a_line(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    editor = opened(WRONG)
    editor.close_notifications()
    editor.lens("Accept").wait_for()
    editor.press("Alt+Shift+Backspace")
    editor.lens("Foretrace:").wait_for(state="detached")


def test_the_light_bulb_previews_a_fix_before_it_is_made(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    editor = opened(WRONG)
    editor.close_notifications()
    editor.go_to(4, 20)
    editor.lens("Accept").wait_for()
    editor.press("Control+.")
    editor.page.locator(".action-widget").filter(has_text="2 tests pass").wait_for()
    editor.press("Control+Enter")
    editor.page.locator(".refactor-preview, .bulk-edit-panel").first.wait_for()
    editor.screenshot("light-bulb-preview")
    assert "== 1" in editor.text()
