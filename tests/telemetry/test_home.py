"""The data folder: what is put into it is whole and private, whatever dies while it is written."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foretrace_telemetry.home import KEY_BYTES, Home, replace_privately

KILLED = """
import os, signal, sys
from pathlib import Path
from foretrace_telemetry import home

def killed(_):
    os.kill(os.getpid(), signal.SIGKILL)

# Just before the disk has it, which is the longest moment of all.
home.os.fsync = killed
{}
"""


def die_at(program: str, *arguments: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED.format(program), *arguments], check=False)
    assert done.returncode == -signal.SIGKILL


def grow_old(folder: Path) -> None:
    an_hour_ago = time.time() - 3600
    for path in folder.iterdir():
        os.utime(path, (an_hour_ago, an_hour_ago))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_who_is_killed_at_a_file_leaves_the_old_one_and_a_draft_that_goes(home: Home) -> None:
    home.create()
    replace_privately(home.courses, b"the old one")
    die_at("home.replace_privately(Path(sys.argv[1]), b'with a token')", home.courses)
    assert home.courses.read_bytes() == b"the old one"
    (draft,) = {*home.path.iterdir()} - {home.courses}
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    replace_privately(home.courses, b"a new one")
    assert draft.exists()  # another process may be at it just now
    grow_old(home.path)
    replace_privately(home.courses, b"another one")
    assert [path.name for path in home.path.iterdir()] == [home.courses.name]
    assert home.courses.read_bytes() == b"another one"


def test_what_is_named_alike_is_no_draft(home: Home) -> None:
    home.create()
    others = {home.path / name for name in ("courses.json.bak", "courses.json.00aa", "key.txt")}
    for each in others:
        each.write_text("mine")
    grow_old(home.path)
    replace_privately(home.courses, b"{}")
    home.key()
    assert others <= {*home.path.iterdir()}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_who_is_killed_at_the_key_leaves_none_and_the_next_one_makes_it(home: Home) -> None:
    die_at("home.Home(Path(sys.argv[1])).key()", home.path)
    assert home.existing_key() is None
    grow_old(home.path)
    assert len(home.key()) == KEY_BYTES
    assert [path.name for path in home.path.iterdir()] == [home.key_file.name]
