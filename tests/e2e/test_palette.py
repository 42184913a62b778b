"""The commands: each can be given by keyboard, and answers in words."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from tests.e2e.conftest import WORKING, Open
from tests.e2e.editor import Editor
from tests.e2e.test_fixes import WRONG, assign
from tests.e2e.vscode import ROOT, VSCode
from tests.stored import replayed

if TYPE_CHECKING:
    from playwright.sync_api import Locator

CLIENT = ROOT / "client-vscode"


def titles() -> list[str]:
    """The titles of the commands, as the palette has them."""
    manifest = json.loads((CLIENT / "package.json").read_text("utf-8"))
    texts = json.loads((CLIENT / "package.nls.json").read_text("utf-8"))
    return [
        f"{command['category']}: {texts[command['title'].strip('%')]}"
        for command in manifest["contributes"]["commands"]
    ]


def errors(editor: Editor) -> Locator:
    """The notifications of errors."""
    return editor.page.locator(".notification-toast .codicon-error")


def test_every_command_can_be_given_by_keyboard_and_none_fails(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    grant(home, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    assign(vscode)
    editor = opened(WRONG)
    editor.lens("Accept").wait_for()
    failed = []
    for title in titles():
        editor.show("program.py")
        editor.command(title)
        editor.page.wait_for_timeout(1500)
        if errors(editor).count() > 0:
            failed.append((title, errors(editor).first.locator("xpath=../..").inner_text()))
        # Whatever it opened goes: a list, a dialog, a question.
        editor.press("Escape")
        editor.press("Escape")
        editor.page.locator(".monaco-dialog-box").wait_for(state="detached")
        editor.page.locator(".quick-input-widget").wait_for(state="hidden")
    assert failed == []


def test_the_menu_is_in_groups_and_leads_to_the_walkthrough(vscode: VSCode, opened: Open) -> None:
    assign(vscode)
    editor = opened(WRONG)
    editor.close_notifications()
    editor.lens("Accept").wait_for()
    editor.command("Foretrace: Show Menu")
    editor.until(lambda: editor.choices() != [], "the menu")
    groups = editor.page.locator(".quick-input-list .quick-input-list-separator")
    editor.screenshot("menu-groups")
    assert [text for text in groups.all_text_contents() if text][:2] == ["Help", "Recording"]
    editor.type("walkthrough")
    editor.press("Enter")
    editor.page.locator(".getting-started-step").first.wait_for()


def test_the_level_is_chosen_and_told_where_an_assignment_allows_less(
    vscode: VSCode, opened: Open
) -> None:
    assign(vscode, ceiling="hint")
    editor = opened(WRONG)
    editor.close_notifications()
    editor.lens("evens([1, 2, 4]) gives [1]").wait_for()
    editor.command("Foretrace: Choose the Level of Help")
    editor.until(lambda: len(editor.choices()) == 5, "the levels")
    editor.screenshot("levels")
    assert [each for each in editor.choices() if "more than this assignment allows" in each]
    editor.choose("the next step")
    editor.notification("allows help up to “hint”").wait_for()
    editor.screenshot("level-above-the-ceiling")
    assert setting(vscode, "level") == "step"
    editor.close_notifications()

    editor.command("Foretrace: Choose the Level of Help")
    editor.until(lambda: len(editor.choices()) == 5, "the levels")
    editor.choose("no help")
    editor.lens("Foretrace:").wait_for(state="detached")
    assert setting(vscode, "level") == "off"
    editor.page.locator('.statusbar-item[id^="status.languageStatus"]').first.click()
    editor.page.locator(".hover-language-status").filter(has_text="no help").wait_for()
    editor.screenshot("language-status")


def test_a_level_that_the_workspace_sets_is_changed_there(vscode: VSCode, opened: Open) -> None:
    settings = vscode.workspace / ".vscode/settings.json"
    settings.parent.mkdir()
    settings.write_text('{"foretrace.level": "nudge"}')
    editor = opened(WORKING)
    editor.close_notifications()
    editor.command("Foretrace: Choose the Level of Help")
    editor.until(lambda: len(editor.choices()) == 5, "the levels")
    editor.choose("what is wrong")
    editor.until(lambda: '"hint"' in settings.read_text(), "it is written there")
    assert setting(vscode, "level") is None


def test_the_last_minutes_are_forgotten_after_one_question(
    vscode: VSCode, home: Home, opened: Open
) -> None:
    grant(home, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    editor = opened(WORKING)
    editor.press("Control+End")
    editor.type("# swordfish\n")
    editor.save()
    editor.until(lambda: "swordfish" in str(replayed(home).texts), "it is recorded")
    editor.command("Foretrace: Forget the Last 5 Minutes")
    dialog = editor.page.locator(".monaco-dialog-box")
    dialog.wait_for()
    assert "Erased: " in dialog.inner_text()
    editor.screenshot("forget-last-minutes")
    assert "swordfish" in str(replayed(home).texts)
    dialog.get_by_role("button", name="Forget").click()
    editor.notification("Forgotten: ").wait_for()
    assert "swordfish" not in str(replayed(home).texts)


def test_the_doctor_says_what_is_found_and_what_to_do(vscode: VSCode, opened: Open) -> None:
    editor = opened(WORKING)
    editor.close_notifications()
    editor.command("Foretrace: Run Doctor")
    editor.page_text("Everything is in order").wait_for()
    editor.screenshot("doctor")


def test_the_doctor_tells_of_a_server_that_never_answers(vscode: VSCode, opened: Open) -> None:
    silent = vscode.folder / "python"
    silent.write_text(
        f'#!/bin/sh\ncase "$*" in *lsp) exec sleep 600;; esac\nexec {sys.executable} "$@"\n'
    )
    silent.chmod(0o755)
    vscode.settings(interpreter=str(silent))
    editor = opened(WORKING, settled="starting")
    editor.command("Foretrace: Run Doctor")
    editor.page_row("It was started and does not answer").wait_for()
    assert editor.page_row("boundary").count() == 1  # the command was run all the same
    editor.screenshot("doctor-silent-server")


@pytest.mark.parametrize("tracing", ["verbose", {"verbosity": "verbose", "format": "json"}])
def test_the_log_has_no_text_of_the_person_even_when_it_tells_everything(
    vscode: VSCode, opened: Open, tracing: object
) -> None:
    vscode.log_level = "trace"
    vscode.settings({"foretrace.trace.server": tracing}, runPrograms="always")
    editor = opened(WRONG + "\n\nassert evens([2]) == [2], 'halibut'\n")
    editor.close_notifications()
    editor.lens("Accept").wait_for()
    editor.press("Control+End")
    editor.type("swordfish = undefined_haddock\n")
    editor.save()
    editor.run("python3 program.py")
    editor.focus()
    editor.command("Foretrace: Why Was Nothing Offered?")
    editor.notification("Foretrace: ").first.wait_for()
    editor.command("Foretrace: Show Log")
    editor.screenshot("log")
    vscode.stop()
    (log,) = vscode.logs("Foretrace.log")
    text = log.read_text("utf-8")
    # As JSON there would be nothing but texts, so there nothing is told.
    assert ("[trace]" in text) == (tracing == "verbose")
    for word in ("swordfish", "haddock", "halibut", "evens"):
        assert word not in text


def setting(vscode: VSCode, key: str) -> object:
    """What the person's own settings have, wherever VS Code keeps them."""
    found = [json.loads(path.read_text("utf-8")) for path in vscode.settings_files]
    return next((each[f"foretrace.{key}"] for each in found if f"foretrace.{key}" in each), None)
