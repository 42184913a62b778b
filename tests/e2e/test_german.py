"""German: a VS Code in that language asks, tells and helps in it, and what it records says so."""

from __future__ import annotations

import json

import pytest

from foretrace_telemetry.home import Home
from foretrace_telemetry.notices import NOTICES
from tests.e2e.conftest import Open
from tests.e2e.vscode import VSCode
from tests.stored import contents

BROKEN = "for number in range(3)\n    print(number)\n"
STEPS = ("Foretrace einrichten", "Wählen, was", "Eine erste", "Den Schalter")
QUESTION = "Darf Foretrace aufzeichnen, wie du programmierst"


@pytest.fixture
def german(vscode: VSCode) -> VSCode:
    """The test's VS Code, in German."""
    vscode.speak("de")
    return vscode


def test_who_reads_german_is_asked_in_german_and_the_permission_says_so(
    german: VSCode, home: Home, opened: Open
) -> None:
    editor = opened(BROKEN, settled="keine Aufzeichnung")
    question = editor.notification(QUESTION)
    question.wait_for()
    editor.screenshot("german-question")
    assert contents(home.path) == {}
    question.get_by_role("button", name="Wählen …").click()
    dialog = editor.page.locator(".monaco-dialog-box")
    dialog.wait_for()
    editor.screenshot("german-choice")
    text = dialog.inner_text()
    assert "So hörst du auf: `foretrace consent withdraw`" in text
    assert "Klick in der Statusleiste auf Foretrace" in text
    editor.page.get_by_role("button", name="Ohne Text aufzeichnen").click()
    editor.until_shown("Aufzeichnung ohne Text")
    (line,) = home.consent_log.read_text().splitlines()
    permission = json.loads(line)
    assert (permission["content"], permission["notice_language"]) == ("metadata", "de")
    assert permission["notice_sha256"] == NOTICES["de"].sha256


def test_fixes_the_menu_and_pages_are_german(german: VSCode, opened: Open) -> None:
    editor = opened(BROKEN, settled="keine Aufzeichnung")
    editor.notification(QUESTION).get_by_role("button", name="Nicht aufzeichnen").click()
    editor.focus()
    editor.go_to(2, 1)
    editor.lens("Annehmen").wait_for()
    editor.lens("Foretrace: `:` einfügen in Zeile 1").wait_for()
    editor.screenshot("german-fix")
    editor.command("Foretrace: Menü anzeigen")
    editor.until(lambda: "Korrektur annehmen" in "".join(editor.choices()), "the menu")
    editor.screenshot("german-menu")
    editor.press("Escape")
    editor.command("Foretrace: Lesen, was aufgezeichnet wird")
    editor.page_text("Foretrace kann aufzeichnen, wie du programmierst").wait_for()
    editor.command("Foretrace: Zeigen, was du über mich hast")
    editor.page.locator(".tab.active").filter(has_text="Was Foretrace über dich hat").wait_for()
    editor.page.wait_for_timeout(2000)
    editor.screenshot("german-mine")


def test_the_walkthrough_is_german(german: VSCode, opened: Open) -> None:
    editor = opened(BROKEN, settled="keine Aufzeichnung")
    editor.close_notifications()
    editor.page.set_viewport_size({"width": 1600, "height": 900})
    editor.command("Foretrace: Einführung öffnen")
    steps = editor.page.locator(".getting-started-step")
    for number, title in enumerate(STEPS):
        steps.filter(has_text=title).locator(".step-title").click()
        editor.page.wait_for_timeout(1500)
        editor.screenshot(f"german-walkthrough-{number + 1}")
