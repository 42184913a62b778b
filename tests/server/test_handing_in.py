"""Handing in from an editor: one command writes a bundle, if consent covers it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from tests.command import foretrace_json
from tests.wire import Wire

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.exchange import bundle
from foretrace_telemetry.home import Home

COMMAND = "workspace/executeCommand"


def test_an_editor_hands_in_what_was_recorded_here_while_it_goes_on(
    home: Home, tmp_path: Path
) -> None:
    now = datetime.now(timezone.utc)
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", now)
    out = tmp_path / "mine.foretrace"
    with Wire(home) as server:
        server.begin()
        server.open("file:///a.py", "x = 1\n", "python")
        server.type("file:///a.py", 1, "y")
        server.save("file:///a.py")
        assert server.end() == 0
    with Wire(home) as server:
        server.begin()
        arguments = {"command": "foretrace.traces.exportBundle", "arguments": [str(out)]}
        answer = server.ask(COMMAND, arguments)
        assert (answer["path"], answer["exact"]) == (str(out), True)
        refused = server.answer(server.begin_to_ask(COMMAND, arguments))
        assert "exists already" in refused["error"]["message"]
        assert server.end() == 0
    assert len(bundle.check(out).manifest["sessions"]) == answer["sessions"]
    other = Home(tmp_path / "other")
    report = foretrace_json(other, "traces", "import", str(out))
    assert report["events_added"] == answer["events"] > 3


def test_without_consent_to_it_nothing_is_written(consented: Home, tmp_path: Path) -> None:
    out = tmp_path / "mine.foretrace"
    with Wire(consented) as server:
        server.begin()
        server.open("file:///a.py", "x = 1\n", "python")
        for path in (str(out), "relative", 3):
            arguments = {"command": "foretrace.traces.exportBundle", "arguments": [path]}
            answer = server.answer(server.begin_to_ask(COMMAND, arguments))
            assert "error" in answer
        assert server.end() == 0
    assert not out.exists()
