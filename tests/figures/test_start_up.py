"""How fast the server answers `initialize`, beside pygls with nothing in it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foretrace_telemetry.home import Home
from tests.wire import NOBODY, Wire

ROUNDS = 15
BARE = "from pygls.lsp.server import LanguageServer; LanguageServer('bare', '0').start_io()"
OURS = (sys.executable, "-m", "foretrace_server", "lsp", "--log-level", "error")


def _milliseconds_to_answer(command: tuple[str, ...]) -> float:
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": NOBODY}
    body = json.dumps(message).encode()
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"Content-Length: ")
    milliseconds = (time.perf_counter() - started) * 1000
    process.kill()
    process.communicate()
    return milliseconds


@pytest.mark.figures
def test_initialize_is_answered_nearly_as_fast_as_by_bare_pygls(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORETRACE_HOME", str(home.path))
    commands = {"foretrace": OURS, "bare": (sys.executable, "-c", BARE)}
    milliseconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            milliseconds[name].append(_milliseconds_to_answer(command))
    medians = {name: statistics.median(times) for name, times in milliseconds.items()}
    print(
        json.dumps(
            {
                "rounds": ROUNDS,
                **{f"{name}_ms_median": round(median, 1) for name, median in medians.items()},
                "ratio_of_medians": round(medians["foretrace"] / medians["bare"], 3),
                "ratio_of_least": round(
                    min(milliseconds["foretrace"]) / min(milliseconds["bare"]), 3
                ),
            }
        )
    )
    assert medians["foretrace"] < 2 * medians["bare"]


def test_what_is_heavy_is_brought_in_after_initialize(home: Home, tmp_path: Path) -> None:
    log = tmp_path / "modules.txt"
    with Wire(home, interpreter=(sys.executable, "-X", "importtime"), log=log) as server:
        server.ask("initialize", NOBODY)
        before = _packages(log)
        server.tell("initialized", {})
        server.open((tmp_path / "a.py").as_uri(), "x = (\n", "python")
        server.status()
        after = _packages(log)
    heavy = {"torch", "transformers", "sqlite3", "sqlite_utils", "tree_sitter", "watchdog"}
    assert "pygls" in before
    assert not before & (heavy | {"foretrace_models"})
    assert {"sqlite3", "foretrace_models"} <= after
    assert not after & {"torch", "transformers"}


def _packages(log: Path) -> set[str]:
    """Return the packages whose import Python told of: ``import time: 1 | 2 | package.module``."""
    lines = log.read_text().splitlines()
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
