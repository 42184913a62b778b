"""Logs: what they tell of an exception, and what they must not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import ast, logging, sys
from pathlib import Path
from foretrace_telemetry import logs

logs.set_up("debug", Path(sys.argv[1]) if sys.argv[1:] else None)
try:
    ast.parse("secret = (sesame")
except SyntaxError:
    logging.getLogger("here").exception("it failed")
"""


def test_an_exception_is_told_by_type_and_place_and_not_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "log"
    subprocess.run([sys.executable, "-c", PROGRAM, str(file)], check=True)
    told = file.read_text()
    assert "ERROR here: it failed" in told
    assert "SyntaxError" in told
    assert "in parse" in told
    assert "sesame" not in told
    assert "never closed" not in told


def test_without_a_file_the_log_goes_to_standard_error() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True)
    assert b"SyntaxError" in ran.stderr
    assert ran.stdout == b""
