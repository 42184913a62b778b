"""Intent: what the person seems to be doing, and that they can say otherwise."""

from __future__ import annotations

from datetime import datetime, timezone

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import IntentNoted, IntentStage
from tests.e2e.conftest import Open
from tests.e2e.vscode import VSCode
from tests.stored import bodies


def test_the_status_bar_says_what_the_person_seems_to_be_doing(
    vscode: VSCode, opened: Open
) -> None:
    grant(vscode.home, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    editor = opened("")
    editor.type("def mean(numbers):\nreturn sum(numbers) / len(numbers)\n")
    editor.until(lambda: "writing new code" in editor.status_bar(), "the intent")
    editor.screenshot("intent")
    editor.command("Foretrace: What Am I Doing?")
    editor.until(lambda: editor.choices() != [], "the choices")
    editor.screenshot("intent-choices")
    editor.choose("fixing a failure")
    editor.until(lambda: "fixing a failure" in editor.status_bar(), "the correction")
    corrected = IntentNoted(IntentStage.CORRECTED, "fixing a failure")
    editor.until(lambda: corrected in bodies(vscode.home), "the correction is recorded")
    stages = [each.stage for each in bodies(vscode.home) if isinstance(each, IntentNoted)]
    assert stages[0] is IntentStage.PREDICTED
