"""Consent: asked once, and nothing kept but what was allowed."""

from __future__ import annotations

import json
from datetime import datetime, timezone

from foretrace_telemetry.consent import Content, read_consent
from foretrace_telemetry.events import Edited, Withheld
from foretrace_telemetry.home import Home
from tests.e2e.conftest import WORKING, Open
from tests.e2e.vscode import VSCode
from tests.stored import contents, recorded

QUESTION = "May Foretrace record how you edit"


def test_who_declines_is_not_recorded_and_not_asked_again(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    question = editor.notification(QUESTION)
    question.wait_for()
    assert contents(home.path) == {}
    editor.screenshot("consent-asked")

    question.get_by_role("link", name="Read the notice").click()
    editor.page_text("Foretrace can record how you edit").wait_for()
    editor.screenshot("consent-notice")
    assert contents(home.path) == {}

    question.get_by_role("button", name="Don't Record").click()
    question.wait_for(state="detached")
    editor.until(home.consent_log.exists, "the decision is written down")
    editor.show("program.py")
    editor.go_to(2, 35)
    editor.type("  # as usual")
    editor.save()

    editor.close()
    vscode.stop()
    editor = opened(WORKING)
    editor.type("# again\n")
    editor.save()
    editor.page.wait_for_timeout(3000)  # the question would have come by now
    assert editor.notification(QUESTION).count() == 0
    assert "not recording" in editor.status_bar()
    vscode.stop()
    assert list(contents(home.path)) == [home.consent_log.name]
    (decision,) = home.consent_log.read_text().splitlines()
    assert json.loads(decision)["action"] == "decline"


def test_who_chooses_metadata_is_recorded_without_text(home: Home, opened: Open) -> None:
    editor = opened(WORKING)
    editor.notification(QUESTION).get_by_role("button", name="Choose…").click()
    editor.page.locator(".monaco-dialog-box").wait_for()
    editor.page.get_by_role("button", name="Record Without Text").click()
    editor.until(lambda: "recording without text" in editor.status_bar(), "it is shown")
    assert read_consent(home, datetime.now(timezone.utc)).content is Content.METADATA
    editor.type("# secret\n")
    editor.save()
    editor.until(lambda: any(isinstance(e.event.body, Edited) for e in recorded(home)), "edits")
    edits = [e.event.body for e in recorded(home) if isinstance(e.event.body, Edited)]
    assert all(isinstance(edit.inserted, (Withheld, str)) for edit in edits)
    assert not any(isinstance(edit.inserted, str) and edit.inserted for edit in edits)
    editor.command("Foretrace: Show Menu")
    editor.until(lambda: editor.choices() != [], "the menu")
    editor.screenshot("menu")
    editor.choose("Show status")
    editor.page_text("Foretrace").wait_for()
    editor.screenshot("status")


def test_a_decision_that_cannot_be_written_down_is_asked_for_again(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    question = editor.notification(QUESTION)
    question.wait_for()
    home.path.write_bytes(b"")  # where the folder is to be
    question.get_by_role("button", name="Don't Record").click()
    editor.notification("could not write your decision down").wait_for()
    home.path.unlink()
    editor.close_notifications()
    editor.reload()
    editor.notification(QUESTION).get_by_role("button", name="Don't Record").click()
    editor.until(home.consent_log.exists, "the decision is written down")
