"""Sending from a real VS Code: to a course that was joined, unless its telemetry is off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import Store
from tests.command import foretrace
from tests.courses import Served, make_course, served
from tests.e2e.conftest import WORKING, Open
from tests.e2e.editor import Editor
from tests.e2e.vscode import VSCode
from tests.stored import recorded


@pytest.fixture
def course(tmp_path: Path, home: Home) -> Iterator[Served]:
    """A course that the person at the test's VS Code joined."""
    course, tokens = make_course(tmp_path / "course", "ada")
    with served(course) as server:
        grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
        address = f"http://127.0.0.1:{server.port}"
        done = foretrace(home, "collect", "join", address, FORETRACE_COURSE_TOKEN=tokens["ada"])
        assert done.returncode == 0, done.stderr
        yield server


def texts(course: Served) -> list[str | None]:
    """Return the texts that a course has."""
    with closing(Store.read(course.course.home)) as store:
        return [
            text for name in store.names() for text in replay(store.events(name)).texts.values()
        ]


def write(editor: Editor) -> None:
    editor.press("Control+End")
    editor.type("# a note")
    editor.save()


def test_what_is_typed_arrives_at_the_course(vscode: VSCode, course: Served, opened: Open) -> None:
    vscode.telemetry = "all"
    vscode.settings()
    editor = opened(WORKING)
    write(editor)
    editor.until(lambda: texts(course) == [f"{WORKING}# a note\n"], "it arrives")


def test_nothing_is_sent_while_telemetry_is_off_in_vs_code(
    vscode: VSCode, course: Served, opened: Open, home: Home
) -> None:
    editor = opened(WORKING)
    write(editor)
    editor.until(
        lambda: any(isinstance(each.event.body, Saved) for each in recorded(home)), "it is recorded"
    )
    editor.close()
    vscode.stop()  # which would send what is left
    assert texts(course) == []
