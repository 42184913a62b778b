"""The first run: a walkthrough that leads to a first fix, and a question read in half a minute."""

from __future__ import annotations

from datetime import datetime, timezone

from foretrace_server.asking import question_of
from foretrace_telemetry.consent import notice
from foretrace_telemetry.home import Home
from tests.e2e.conftest import WORKING, Open
from tests.e2e.test_consent import QUESTION
from tests.e2e.vscode import VSCode
from tests.stored import contents

STEPS = ("Set up", "Choose what", "Take a first", "Keep the switch")


def test_the_walkthrough_leads_to_a_first_fix(vscode: VSCode, home: Home, opened: Open) -> None:
    editor = opened(WORKING)
    editor.close_notifications()
    # Beside the steps there is only room for their pictures in a wide window.
    editor.page.set_viewport_size({"width": 1600, "height": 900})
    editor.command("Foretrace: Open the Walkthrough")
    steps = editor.page.locator(".getting-started-step")
    steps.first.wait_for()
    assert steps.count() == len(STEPS)
    for number, title in enumerate(STEPS):
        steps.filter(has_text=title).locator(".step-title").click()
        editor.page.wait_for_timeout(1500)
        editor.screenshot(f"walkthrough-{number + 1}")
    done = steps.locator(".codicon-getting-started-step-checked")
    assert done.count() == 0

    steps.filter(has_text=STEPS[0]).locator(".step-title").click()
    editor.page.get_by_role("button", name="Set Up and Check").last.click()
    editor.page_text("Everything is in order").wait_for()
    editor.page.locator(".tab").filter(has_text="Welcome").click()
    done.first.wait_for()
    assert done.count() == 1

    steps.filter(has_text=STEPS[2]).locator(".step-title").click()
    editor.page.get_by_role("button", name="Open an Example").last.click()
    editor.page.locator(".tab.active").filter(has_text="first_fix.py").wait_for()
    editor.lens("Accept").wait_for()
    editor.screenshot("walkthrough-example")
    editor.focus()
    editor.press("Alt+Enter")
    editor.until(lambda: "in numbers:" in editor.text(), "the fix is made")
    editor.page.locator(".tab").filter(has_text="Welcome").click()
    editor.until(lambda: done.count() == 2, "the step is done")
    assert contents(home.path) == {}


def test_the_walkthroughs_step_of_recording_is_done_once_that_is_decided(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    editor.command("Foretrace: Open the Walkthrough")
    steps = editor.page.locator(".getting-started-step")
    steps.filter(has_text=STEPS[1]).locator(".step-title").click()
    editor.notification(QUESTION).get_by_role("button", name="Don't Record").click()
    done = steps.filter(has_text=STEPS[1]).locator(".codicon-getting-started-step-checked")
    done.wait_for()


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
    editor.save()
    editor.reload()
    editor.page.wait_for_timeout(3000)  # the question would have come by now
    assert editor.notification(QUESTION).count() == 0
    assert contents(home.path) == {}


def test_the_choice_says_what_the_notice_says_in_half_a_minute(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    editor.notification(QUESTION).get_by_role("button", name="Choose…").click()
    dialog = editor.page.locator(".monaco-dialog-box")
    dialog.wait_for()
    editor.screenshot("consent-dialog")
    text = dialog.inner_text()
    assert len(text.split()) < 150  # half a minute, as people read
    facts = question_of(notice(home, datetime.now(timezone.utc))).splitlines()
    assert len(facts) == 6
    for fact in facts:
        assert fact in text
    assert "Now:" not in text  # nothing was decided that could hold
    assert contents(home.path) == {}
    # Closing the dialog decides nothing.
    editor.press("Escape")
    dialog.wait_for(state="detached")
    assert contents(home.path) == {}
    assert "not recording" in editor.status_bar()
