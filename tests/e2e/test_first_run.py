"""The first run: a walkthrough that leads to a first fix, and a question that is read at a glance."""

from __future__ import annotations

from foretrace_telemetry.home import Home
from tests.e2e.conftest import WORKING, Open
from tests.e2e.test_consent import QUESTION
from tests.e2e.vscode import VSCode
from tests.stored import contents

STEPS = ("Set up", "Choose what", "Take a first", "Keep the switch")


def test_the_walkthrough_leads_to_a_first_fix(vscode: VSCode, home: Home, opened: Open) -> None:
    editor = opened(WORKING)
    editor.close_notifications()
    editor.command("Foretrace: Open the Walkthrough")
    steps = editor.page.locator(".getting-started-step")
    steps.first.wait_for()
    assert steps.count() == len(STEPS)
    for number, title in enumerate(STEPS):
        steps.filter(has_text=title).locator(".step-title").first.click()
        editor.page.wait_for_timeout(1500)
        editor.screenshot(f"walkthrough-{number + 1}")
    # The server runs, so the first step is done; the others are not.
    assert steps.filter(has_text=STEPS[0]).locator(".codicon-getting-started-step-checked").count()
    assert not steps.filter(has_text=STEPS[1]).locator(".complete").count()

    steps.filter(has_text=STEPS[2]).locator(".step-title").first.click()
    editor.page.get_by_role("button", name="Open an Example").click()
    editor.page.locator(".tab.active").filter(has_text="first_fix.py").wait_for()
    editor.lens("Accept").wait_for()
    editor.screenshot("walkthrough-example")
    editor.focus()
    editor.press("Alt+Enter")
    editor.until(lambda: "in numbers:" in editor.text(), "the fix is made")
    assert contents(home.path) == {}


def test_closing_the_question_decides_nothing_and_is_remembered(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    question = editor.notification(QUESTION)
    question.wait_for()
    editor.focus()
    editor.press("Control+End")
    editor.type("# typing goes on\n")
    assert "# typing goes on" in editor.text()
    editor.close_notifications()
    editor.page.wait_for_timeout(1000)
    editor.close()
    vscode.stop()
    editor = opened(WORKING)
    editor.page.wait_for_timeout(3000)  # the question would have come by now
    assert editor.notification(QUESTION).count() == 0
    assert contents(home.path) == {}


def test_the_choice_says_what_where_who_and_how_long(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    editor.notification(QUESTION).get_by_role("button", name="Choose…").click()
    dialog = editor.page.locator(".monaco-dialog-box")
    dialog.wait_for()
    editor.screenshot("consent-dialog")
    text = dialog.inner_text()
    for fact in ("What:", "Where:", "Who can see it:", "How long:", "How to stop:"):
        assert fact in text
    assert contents(home.path) == {}
    # Closing the dialog decides nothing.
    editor.press("Escape")
    dialog.wait_for(state="detached")
    assert contents(home.path) == {}
    assert "not recording" in editor.status_bar()
