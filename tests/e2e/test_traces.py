"""What was recorded is a person's own: it is forgotten and handed in from within the editor."""

from __future__ import annotations

import zipfile

from foretrace_telemetry.home import Home
from tests.e2e.conftest import WORKING, Open
from tests.e2e.vscode import VSCode
from tests.forensics import found_in
from tests.stored import replayed


def test_a_file_is_forgotten_and_no_longer_recorded(
    vscode: VSCode, consented: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    editor.press("Control+End")
    editor.type("# swordfish\n")
    editor.save()
    editor.until(lambda: "swordfish" in str(replayed(consented).texts), "it is recorded")

    editor.command("Foretrace: Forget What Was Recorded")
    editor.until(lambda: "This file" in " ".join(editor.choices()), "what can be forgotten")
    editor.screenshot("forget-what")
    editor.choose("This file")
    dialog = editor.page.locator(".monaco-dialog-box")
    dialog.wait_for()
    editor.screenshot("forget-sure")
    dialog.get_by_role("button", name="Forget").click()
    done = editor.notification("Forgotten: ")
    done.wait_for()
    editor.screenshot("forgotten")
    assert not found_in(consented.path, ["swordfish"])

    done.get_by_role("button", name="Stop Recording This File").click()
    editor.until((vscode.workspace / ".traceignore").exists, "the file is named as ignored")
    editor.page.wait_for_timeout(2000)
    editor.focus()
    editor.press("Control+End")
    editor.type("# halibut\n")
    editor.save()
    vscode.stop()
    assert not found_in(consented.path, ["halibut"])
    assert not found_in(consented.path, ["swordfish"])


def test_what_was_recorded_is_handed_in_once_that_is_allowed(
    vscode: VSCode, consented: Home, opened: Open
) -> None:
    editor = opened(WORKING)
    editor.press("Control+End")
    editor.type("# done\n")
    editor.save()
    editor.command("Foretrace: Hand In What Was Recorded")
    question = editor.page.locator(".monaco-dialog-box")
    question.wait_for()
    editor.screenshot("hand-in-question")
    question.get_by_role("button", name="Allow").click()
    where = editor.page.locator(".quick-input-widget input[type=text]")
    where.wait_for()
    bundle = vscode.workspace / "mine.foretrace"
    editor.until(lambda: where.input_value().endswith(bundle.name), "where to save it")
    editor.screenshot("hand-in-where")
    editor.press("Enter")
    editor.notification("Saved 1 session with").wait_for()
    editor.screenshot("handed-in")
    vscode.stop()
    assert zipfile.is_zipfile(bundle)
