"""Other assistants: named where they are active, asked about once, and yielded to."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.e2e.conftest import Open
from tests.e2e.test_fixes import EVENS, assign
from tests.e2e.test_palette import setting
from tests.e2e.vscode import VSCode

UNFINISHED = EVENS.replace("    return found\n", "")
_XML = "http://schemas.microsoft.com/developer/vsx-schema/2011"


def packed(folder: Path, publisher: str, name: str) -> Path:
    """Pack an extension that becomes active with Python files and does nothing."""
    manifest = {
        "name": name,
        "publisher": publisher,
        "version": "1.0.0",
        "engines": {"vscode": "^1.97.0"},
        "main": "./main.js",
        "activationEvents": ["onLanguage:python"],
    }
    identity = f'<Identity Language="en-US" Id="{name}" Version="1.0.0" Publisher="{publisher}"/>'
    vsix = folder / f"{name}.vsix"
    with zipfile.ZipFile(vsix, "w") as archive:
        archive.writestr("extension/package.json", json.dumps(manifest))
        archive.writestr("extension/main.js", "exports.activate = () => {};\n")
        archive.writestr(
            "extension.vsixmanifest",
            f'<?xml version="1.0"?><PackageManifest Version="2.0.0" xmlns="{_XML}">'
            f"<Metadata>{identity}<DisplayName>{name}</DisplayName></Metadata>"
            '<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>'
            "</PackageManifest>",
        )
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0" encoding="utf-8"?>'
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension=".json" ContentType="application/json"/>'
            '<Default Extension=".js" ContentType="application/javascript"/>'
            '<Default Extension=".vsixmanifest" ContentType="text/xml"/></Types>',
        )
    return vsix


def test_another_assistant_is_yielded_to_if_the_person_says_so_and_is_asked_about_once(
    vscode: VSCode, opened: Open, tmp_path: Path
) -> None:
    vscode.install(packed(tmp_path, "Supermaven", "supermaven"))
    assign(vscode)
    editor = opened(UNFINISHED)
    editor.close_notifications()  # the question about recording comes first
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


def test_who_keeps_both_is_not_asked_again(vscode: VSCode, opened: Open, tmp_path: Path) -> None:
    vscode.install(packed(tmp_path, "Supermaven", "supermaven"))
    assign(vscode)
    editor = opened(UNFINISHED)
    editor.close_notifications()
    question = editor.notification("Ghost text also comes from")
    question.get_by_role("button", name="Keep Both").click()
    question.wait_for(state="detached")
    editor.page.wait_for_timeout(1000)
    editor.reload()
    editor.page.wait_for_timeout(3000)  # the question would have come by now
    assert editor.notification("Ghost text also comes from").count() == 0
    assert setting(vscode, "ghostText") is None
