"""Other assistants: named where they are active, asked about once, and left their keys."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Open
from tests.e2e.extensions import write_extension
from tests.e2e.test_consent import QUESTION
from tests.e2e.test_fixes import EVENS, assign
from tests.e2e.test_palette import setting
from tests.e2e.vscode import VSCode

UNFINISHED = EVENS.replace("    return found\n", "")
# One that becomes active with Python files and does nothing, and one that shows ghost text.
_IDLE = "exports.activate = () => {};\n"
_WRITING = """\
const { languages } = require("vscode");
exports.activate = () => {
  languages.registerInlineCompletionItemProvider("python", {
    provideInlineCompletionItems: () => [{ insertText: "theirs = 1" }],
  });
};
"""


def install_supermaven(vscode: VSCode, folder: Path, source: str = _IDLE) -> None:
    """Install an extension that passes for one which Foretrace knows."""
    vscode.install(write_extension(folder, "Supermaven.supermaven", source))


def test_another_assistant_is_yielded_to_if_the_person_says_so(
    vscode: VSCode, opened: Open, tmp_path: Path
) -> None:
    install_supermaven(vscode, tmp_path)
    assign(vscode)
    editor = opened(UNFINISHED)
    editor.close_notifications(QUESTION)
    question = editor.notification("Ghost text also comes from Supermaven")
    question.wait_for()
    editor.screenshot("other-assistant")
    question.get_by_role("button", name="Let Supermaven").click()
    question.wait_for(state="detached")
    editor.until(lambda: setting(vscode, "ghostText") is False, "the setting is written")
    editor.page.wait_for_timeout(1000)  # and read
    editor.focus()
    editor.press("Control+End")
    editor.press("Backspace")
    editor.lens("Accept").wait_for()
    assert editor.ghost_text() == ""
    editor.command("Foretrace: Show Status")
    editor.page_row("Supermaven shows ghost text").wait_for()
    editor.screenshot("status-other-assistant")


def test_no_key_of_ours_refuses_or_takes_what_another_assistant_shows(
    vscode: VSCode, opened: Open, tmp_path: Path
) -> None:
    install_supermaven(vscode, tmp_path, _WRITING)
    assign(vscode)
    editor = opened(UNFINISHED)
    editor.close_notifications(QUESTION)
    question = editor.notification("Ghost text also comes from")
    question.get_by_role("button", name="Keep Both").click()
    question.wait_for(state="detached")
    editor.focus()
    editor.press("Control+End")
    editor.press("Home")
    editor.type("    ")
    editor.until(lambda: "theirs" in editor.ghost_text(), "the other's ghost text")
    editor.screenshot("ghost-text-of-another")
    editor.press("Tab")
    editor.until(lambda: "theirs = 1" in editor.text(), "Tab takes it")


def test_who_keeps_both_is_not_asked_again(vscode: VSCode, opened: Open, tmp_path: Path) -> None:
    install_supermaven(vscode, tmp_path)
    assign(vscode)
    editor = opened(UNFINISHED)
    editor.close_notifications(QUESTION)
    question = editor.notification("Ghost text also comes from")
    question.get_by_role("button", name="Keep Both").click()
    question.wait_for(state="detached")
    editor.page.wait_for_timeout(1000)
    editor.reload()
    editor.page.wait_for_timeout(3000)  # the question would have come by now
    assert editor.notification("Ghost text also comes from").count() == 0
    assert setting(vscode, "ghostText") is None
