"""Timing: what comes by itself can be snoozed, rests after a no, and says why it is silent."""

from __future__ import annotations

from tests.e2e.conftest import Open
from tests.e2e.editor import saved
from tests.e2e.vscode import VSCode

POINT = """\
class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z
"""
BROKEN = "def double(x)\n    return 2 * x\n"


def test_snoozed_suggestions_do_not_come_by_themselves_and_it_is_told_why(
    vscode: VSCode, opened: Open
) -> None:
    editor = opened(BROKEN)
    editor.close_notifications()
    editor.lens("Foretrace:").wait_for()
    editor.command("Foretrace: Snooze Suggestions")
    editor.until(lambda: any("5 minutes" in each for each in editor.choices()), "the choices")
    editor.screenshot("snooze-choices")
    editor.choose("5 minutes")
    editor.until(lambda: "snoozed until" in editor.status_bar(), "the hint in the status bar")
    editor.lens("Foretrace:").wait_for(state="detached")
    editor.command("Foretrace: Why Was Nothing Offered?")
    editor.notification("snoozed until").wait_for()
    editor.screenshot("snoozed")
    editor.close_notifications()
    editor.command("Foretrace: Snooze Suggestions")
    editor.until(lambda: any("End it now" in each for each in editor.choices()), "the way back")
    editor.choose("End it now")
    editor.lens("Foretrace:").wait_for()
    editor.until(lambda: "snoozed" not in editor.status_bar(), "the hint is gone")


def test_after_a_no_nothing_comes_by_itself_for_a_while_and_it_is_told_why(
    vscode: VSCode, opened: Open
) -> None:
    editor = opened(BROKEN)
    editor.close_notifications()
    editor.lens("Dismiss").click()
    editor.lens("Foretrace:").wait_for(state="detached")
    editor.go_to(2, 17)
    editor.type("\nprint(double(1)")
    editor.command("Foretrace: Why Was Nothing Offered?")
    editor.notification("you turned a suggestion down a moment ago").wait_for()
    editor.screenshot("after-a-no")


def test_the_next_edit_is_offered_where_the_last_one_goes_on(vscode: VSCode, opened: Open) -> None:
    editor = opened(POINT)
    editor.close_notifications()
    editor.go_to(3, 18)
    editor.press("Shift+End")
    editor.type("float(x)")
    editor.lens("next, line 4").wait_for()
    editor.picture("next-edit", 320)
    editor.lens("Accept").click()
    editor.until(lambda: "float(y)" in editor.text(), "the next edit")
    editor.lens("next, line 5").wait_for()
    editor.save()
    assert "self.y = float(y)" in saved(vscode.workspace / "program.py")
