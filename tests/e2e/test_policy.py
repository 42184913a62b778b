"""The policy of a course in a real VS Code: it is shown where help is chosen, and it holds."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from foretrace_server.policy.publishing import publish
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from tests.command import foretrace
from tests.courses import make_course, served
from tests.e2e.conftest import Open
from tests.e2e.test_fixes import WRONG, assign
from tests.e2e.vscode import VSCode

NUDGE = b'[[rule]]\nceiling = "nudge"\n'


def test_what_a_course_allows_is_told_and_holds(
    vscode: VSCode, home: Home, opened: Open, tmp_path: Path
) -> None:
    course, tokens = make_course(tmp_path / "course", "ada")
    publish(course, NUDGE)
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    with served(course) as server:
        address = f"http://127.0.0.1:{server.port}"
        foretrace(home, "collect", "join", address, FORETRACE_COURSE_TOKEN=tokens["ada"])
    # The course is not served any more: what it told last holds.
    assign(vscode)
    editor = opened(WRONG)
    editor.until_shown("recording")
    editor.command("Foretrace: Choose the Level of Help")
    editor.until(
        lambda: any(
            "more than the course Programming 1 allows" in each for each in editor.choices()
        ),
        "the levels above are marked",
    )
    editor.screenshot("policy-level")
    editor.press("Escape")
    editor.command("Foretrace: Show Menu")
    editor.until(
        lambda: any("Programming 1" in each for each in editor.choices()), "the menu tells"
    )
    editor.screenshot("policy-menu")
    editor.press("Escape")
    editor.command("Foretrace: More Help")
    editor.notification("Programming 1").wait_for()
    editor.screenshot("policy-more-help")
    assert editor.lens("Accept").count() == 0
