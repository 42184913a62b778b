"""The policy of a machine in a real VS Code: it holds, and is shown where a person would choose."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from tests.e2e.conftest import Open
from tests.e2e.test_fixes import WRONG, assign
from tests.e2e.vscode import VSCode
from tests.machine_policies import make_machine

MESSAGE = "Ask the desk of the lab"
NO_HELP = f"This machine's policy allows no help: {MESSAGE}."
NO_RECORDS = f"forbids recording: {MESSAGE}."


def test_what_the_machine_forbids_is_told_and_holds(
    vscode: VSCode, home: Home, opened: Open, tmp_path: Path
) -> None:
    machine = make_machine(tmp_path / "machine")
    machine.rule(f'ceiling = "off"\nrecording = "never"\nmessage = "{MESSAGE}"\n')
    vscode.prefix = machine.prefix
    grant(home, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    assign(vscode)
    editor = opened(WRONG, settled="not recording")
    editor.command("Foretrace: Choose the Level of Help")
    editor.until(
        lambda: any("more than this machine's policy allows" in each for each in editor.choices()),
        "the levels above are marked",
    )
    editor.screenshot("machine-policy-level")
    editor.press("Escape")
    editor.command("Foretrace: Show Menu")
    editor.until(
        lambda: (
            any(NO_HELP in each for each in editor.choices())
            and any(NO_RECORDS in each for each in editor.choices())
        ),
        "the menu tells",
    )
    editor.screenshot("machine-policy-menu")
    editor.press("Escape")
    editor.command("Foretrace: Choose What Is Recorded")
    editor.notification(NO_RECORDS).wait_for()
    editor.screenshot("machine-policy-recording")
    editor.command("Foretrace: More Help")
    editor.notification(NO_HELP).wait_for()
    assert editor.lens("Accept").count() == 0
    assert not home.traces.exists()
    # Without it everything is as the person chose, in the same window.
    machine.file.unlink()
    editor.until_shown("recording")
    editor.command("Foretrace: More Help")
    editor.lens("Accept").first.wait_for()
    editor.screenshot("machine-policy-lifted")
