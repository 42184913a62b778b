"""Fixes: offered where a person looks, taken with one key, and right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from tests.e2e.conftest import Open
from tests.e2e.editor import saved
from tests.e2e.vscode import VSCode
from tests.stored import contents

ASSIGNMENT = """\
[assignment]
entry = "program.py"
[[test]]
call = "evens([1, 2, 4])"
expected = "[2, 4]"
[[test]]
call = "evens([])"
expected = "[]"
"""
EVENS = """\
def evens(numbers):
    found = []
    for number in numbers:
        if number % 2 == 0:
            found.append(number)
    return found
"""
MEAN = """\
def mean(numbers):
    total = 0
    for number in numbers:
        total =+ number
    return total / len(numbers)


assert mean([2, 4, 9]) == 5
"""
WRONG = EVENS.replace("== 0", "== 1")
CALLS = {"evens([1, 2, 4])": "[2, 4]", "evens([])": "[]"}


def assign(vscode: VSCode, ceiling: str = "fix") -> None:
    """Put the assignment beside the program, and allow programs to be run."""
    assistance = f'[assistance]\nceiling = "{ceiling}"\n'
    (vscode.workspace / "foretrace.toml").write_text(assistance + ASSIGNMENT)
    vscode.settings(runPrograms="always")


def assert_tests_pass(program: Path) -> None:
    """Run the tests on the saved file with a Python of their own."""
    for call, expected in CALLS.items():
        code = f"{saved(program)}\nprint(repr({call}))"
        done = subprocess.run(
            [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_a_fix_shows_as_ghost_text_and_tab_accepts_it(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    editor = opened(EVENS.replace("    return found\n", ""))
    editor.close_notifications()
    editor.press("Control+End")
    editor.press("Backspace")
    editor.until(lambda: "return found" in editor.ghost_text(), "ghost text")
    editor.screenshot("ghost-text")
    editor.press("Tab")
    editor.save()
    assert saved(vscode.workspace / "program.py") == EVENS
    assert_tests_pass(vscode.workspace / "program.py")


def test_a_fix_from_the_light_bulb_makes_the_tests_pass(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    editor = opened(WRONG)
    editor.close_notifications()
    editor.go_to(4, 20)
    editor.lens("Foretrace:").wait_for()
    editor.screenshot("lens")
    editor.press("Control+.")
    action = editor.page.locator(".action-widget .action-list-item-action, .action-widget .action")
    action.filter(has_text="2 tests pass").wait_for()
    editor.screenshot("light-bulb")
    editor.press("Enter")
    editor.until(lambda: "== 1" not in editor.text(), "the fix is made")
    editor.save()
    assert_tests_pass(vscode.workspace / "program.py")


def test_a_fix_can_be_looked_at_turned_down_and_is_not_offered_again(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    assign(vscode)
    editor = opened(WRONG)
    editor.close_notifications()
    editor.lens("Show diff").click()
    editor.page.locator(".diff-editor-widget, .monaco-diff-editor").wait_for()
    editor.until(lambda: editor.page.locator(".char-insert").count() > 0, "the difference")
    editor.screenshot("diff")
    editor.press("Control+w")
    editor.lens("Dismiss").click()
    editor.lens("Foretrace:").wait_for(state="detached")
    editor.go_to(6, 17)
    editor.type(" ")
    editor.command("Foretrace: Why Was Nothing Offered?")
    why = editor.notification("turned down before")
    why.wait_for()
    editor.screenshot("why-nothing")
    assert editor.lens("Foretrace:").count() == 0
    assert contents(home.path) == {}


def test_each_press_shows_the_next_level_of_help(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    vscode.settings(runPrograms="always", level="nudge")
    editor = opened(WRONG)
    editor.close_notifications()
    editor.lens("Look at this line: 1 of 2 tests fails.").wait_for()
    editor.screenshot("nudge")
    assert editor.lens("Accept").count() == 0
    editor.lens("More help").click()
    editor.lens("evens([1, 2, 4]) gives [1]; expected is [2, 4].").wait_for()
    editor.picture("hint", 400)
    assert editor.lens("Accept").count() == 0
    editor.press("Escape")
    editor.press("Alt+Shift+Enter")
    editor.lens("2 tests pass").wait_for()
    assert editor.lens("More help").count() == 0
    editor.press("Alt+Enter")
    editor.until(lambda: "== 1" not in editor.text(), "the fix is made")
    editor.save()
    assert_tests_pass(vscode.workspace / "program.py")


def test_at_the_ceiling_there_is_no_more_help(vscode: VSCode, opened: Open) -> None:
    assign(vscode, ceiling="hint")
    editor = opened(WRONG)
    editor.close_notifications()
    editor.lens("evens([1, 2, 4]) gives [1]; expected is [2, 4].").wait_for()
    assert editor.lens("More help").count() == 0
    editor.command("Foretrace: More Help")
    editor.notification("assignment allows help up to the level 'hint'").wait_for()
    assert editor.lens("Accept").count() == 0


def test_a_fix_is_accepted_by_key_after_the_engine_was_killed(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    editor = opened(WRONG)
    editor.close_notifications()
    editor.lens("Accept").wait_for()
    assert kill_engines(vscode.home) > 0
    editor.go_to(4, 28)
    editor.type("  ")
    editor.press("Alt+Enter")
    editor.until(lambda: "== 1" not in editor.text(), "the fix is made")
    editor.save()
    assert_tests_pass(vscode.workspace / "program.py")


def test_a_failing_run_leads_to_its_fix(vscode: VSCode, opened: Open) -> None:
    grant(vscode.home, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    vscode.settings(runPrograms="always")
    editor = opened(MEAN)
    editor.run("python3 program.py")
    editor.until(lambda: "running and testing" in editor.status_bar(), "the run was seen")
    editor.focus()
    editor.go_to(4, 24)
    editor.type(" ")
    editor.press("Backspace")
    editor.until(lambda: "fixing the AssertionError" in editor.status_bar(), "the intent")
    editor.lens("1 test passes").wait_for()
    editor.command("View: Hide Panel")
    editor.picture("journey", 400)
    editor.lens("Accept").click()
    editor.until(lambda: "+= number" in editor.text(), "the fix is made")
    editor.save()
    subprocess.run([sys.executable, "-I", vscode.workspace / "program.py"], check=True)


def test_a_person_is_asked_before_their_program_is_run(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    vscode.settings(runPrograms="ask")
    editor = opened(WRONG)
    editor.close_notifications()
    editor.go_to(4, 20)
    editor.press("Control+.")
    question = editor.notification("May Foretrace run your programs")
    question.wait_for()
    editor.screenshot("may-it-run")
    question.get_by_role("button", name="Run my programs").click()
    editor.lens("2 tests pass").wait_for()


def test_in_a_workspace_that_is_not_trusted_no_program_is_run(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    vscode.trusted = False
    editor = opened(WRONG)
    editor.close_notifications()
    editor.command("Foretrace: Why Was Nothing Offered?")
    editor.notification("the workspace is not trusted, so programs are not run").wait_for()
    editor.screenshot("not-trusted")
    assert editor.lens("Foretrace:").count() == 0


def kill_engines(home: Home) -> int:
    """Kill the processes in which the server has work done for a data folder; return how many."""
    killed = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue  # it has ended meanwhile, or is not ours
        if b"foretrace_models" in command and os.fsencode(home.path) in environment:
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    return killed
