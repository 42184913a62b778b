"""What 200 kills in the midst of typing cost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from foretrace_telemetry.home import Home
from tests.crashes import kill_while_typing

ROUNDS = 200
PROMISED_MS = 200


@pytest.mark.figures
def test_kill_9_costs_the_last_moment_only(consented: Home, tmp_path: Path) -> None:
    crashes = kill_while_typing(consented, tmp_path, ROUNDS)
    lost = sorted(crash.oldest_lost_ms for crash in crashes)
    print(
        json.dumps(
            {
                "rounds": ROUNDS,
                "letters": sum(crash.sent for crash in crashes),
                "lost_letters": sum(crash.sent - crash.kept for crash in crashes),
                "rounds_with_problems": sum(bool(crash.problems) for crash in crashes),
                "rounds_that_lost_what_was_older_than_200_ms": sum(ms > PROMISED_MS for ms in lost),
                "oldest_lost_ms": _spread(lost),
                "server_behind_editor_ms": _spread([crash.behind_ms for crash in crashes]),
                "load_average": os.getloadavg()[0],
            }
        )
    )
    assert [crash.problems for crash in crashes if crash.problems] == []


def _spread(values: list[float]) -> dict[str, int]:
    ordered = sorted(values)
    return {
        "p50": round(ordered[len(ordered) // 2]),
        "p95": round(ordered[len(ordered) * 95 // 100]),
        "max": round(ordered[-1]),
    }
