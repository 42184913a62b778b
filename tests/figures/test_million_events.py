"""What a million events cost: to write, to list, to replay, to look through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest

from foretrace_telemetry.home import Home

EVENTS = 1_000_000
# What a process tells at its end. Its parent cannot tell: it counts what was there before `exec`.
PEAK = """
import atexit, sys
from pathlib import Path
@atexit.register
def peak():
    status = Path("/proc/self/status").read_text()
    print(status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
"""
COMMAND = "from foretrace_server.cli import main; main()"
WRITING = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from foretrace_telemetry.clock import system_clock
    from foretrace_telemetry.consent import Content
    from foretrace_telemetry.events import Actor, Closed, Edited, Event, Opened, Origin
    from foretrace_telemetry.gate import Gate
    from foretrace_telemetry.home import Home
    from foretrace_telemetry.store import SessionInfo
    from foretrace_telemetry.writer import Writer

    SESSIONS, LETTERS = 50, "total = total + item  # and so on\\n"
    home, left = Home(Path(sys.argv[1])), int(sys.argv[2])
    for session in range(SESSIONS):
        writer = Writer(home, Gate(home), SessionInfo(f"s{session}", 0, "0"), sys.exit)

        def put(body, version):
            event = Event(*system_clock(), Actor.USER, body, uri, version)
            writer.put(event, Content.FULL)

        count = left // (SESSIONS - session)
        left -= count
        for n in range(count):
            document, at = divmod(n, 10_000)
            uri = f"file:///{document}.py"
            if at == 0:
                put(Opened("", "python"), 0)
            else:
                letter = LETTERS[at % len(LETTERS)]
                put(Edited(at - 1, "", letter, Origin.TYPED, "one-character"), at)
            if n % 1000 == 0:
                writer.flush(60)
        assert writer.flush(60)
        writer.close()
        assert writer.status.committed == count
    """
)


def _cost(home: Home, program: str, *arguments: str) -> tuple[dict[str, float], str]:
    """Run a program; return how long it took and its most memory, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PEAK + program, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "FORETRACE_HOME": str(home.path)},
        check=True,
    )
    seconds = time.perf_counter() - started
    peak_kb = int(done.stderr.splitlines()[-1])
    return {"seconds": round(seconds, 1), "peak_mb": round(peak_kb / 1024)}, done.stdout


@pytest.mark.figures
def test_a_million_events_are_no_burden(consented: Home) -> None:
    figures: dict[str, Any] = {"events": EVENTS}
    figures["write"], _ = _cost(consented, WRITING, str(consented.path), str(EVENTS))
    figures["megabytes"] = round(consented.traces.stat().st_size / 1e6, 1)
    for name, arguments in {
        "status": ["status", "--json"],
        "list": ["list", "--json"],
        "replay one of 50 sessions": ["replay", "--check", "--json"],
        "show one of 50 sessions": ["show", "--json"],
        "doctor, which replays all": ["doctor", "--json"],
    }.items():
        figures[name], printed = _cost(consented, COMMAND, "traces", *arguments)
        if "list" in arguments:
            sessions = json.loads(printed)["sessions"]
            assert sum(each["events"] for each in sessions) == EVENTS
    print(json.dumps(figures, indent=2))
