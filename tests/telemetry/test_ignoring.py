"""`.traceignore`: a person says in git's words what is not to be recorded, and that holds soon."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from foretrace_telemetry.consent import Content
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.ignoring import IgnoreFiles


def _ignored(folder: Path, name: str) -> bool:
    return IgnoreFiles().denial((folder / name).as_uri()) is not None


def _until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_without_such_a_file_nothing_is_ignored(tmp_path: Path) -> None:
    assert not _ignored(tmp_path, "a.py")


@pytest.mark.parametrize(
    ("lines", "name", "ignored"),
    [
        ("private/", "private/deep/a.py", True),
        ("private/", "public/a.py", False),
        ("*.txt\n!notes.txt", "a.txt", True),
        ("*.txt\n!notes.txt", "notes.txt", False),
        ("/a.py", "a.py", True),
        ("/a.py", "b/a.py", False),
        ("# a comment\n\nexam*", "b/exam-1.py", True),
        ("*", "a.py", True),
        ("für mich/", "für mich/a b.py", True),
    ],
)
def test_it_is_read_as_git_reads_its_own(
    tmp_path: Path, lines: str, name: str, ignored: bool
) -> None:
    (tmp_path / ".traceignore").write_text(lines, encoding="utf-8")
    assert _ignored(tmp_path, name) == ignored


def test_the_nearest_file_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    (tmp_path / ".traceignore").write_text("*.py")
    (tmp_path / "course" / ".traceignore").write_text("!a.py")
    assert not _ignored(tmp_path, "course/a.py")
    assert _ignored(tmp_path, "course/b.py")


def test_a_link_to_an_ignored_file_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "a.py").touch()
    (tmp_path / "private" / ".traceignore").write_text("*")
    (tmp_path / "a.py").symlink_to(tmp_path / "private" / "a.py")
    assert _ignored(tmp_path, "a.py")


@pytest.mark.parametrize("raw", [b"\xff\xfe*", b"!", b"a.py\n!\n"])
def test_one_that_cannot_be_understood_means_everything(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / ".traceignore").write_bytes(raw)
    assert _ignored(tmp_path, "b.py")


def test_a_folder_of_that_name_means_everything(tmp_path: Path) -> None:
    (tmp_path / ".traceignore").mkdir()
    assert _ignored(tmp_path, "b.py")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nobody holds root back")
def test_one_that_cannot_be_read_means_everything(tmp_path: Path) -> None:
    (tmp_path / ".traceignore").touch(mode=0)
    assert _ignored(tmp_path, "b.py")


def test_the_gate_obeys_a_change_soon(consented: Home, tmp_path: Path) -> None:
    gate = Gate(consented)
    uri = (tmp_path / "a.py").as_uri()
    assert gate.content_for(uri) is Content.FULL
    (tmp_path / ".traceignore").write_text("a.py")
    assert _until(lambda: gate.content_for(uri) is None)
    (tmp_path / ".traceignore").write_text("b.py")
    assert _until(lambda: gate.content_for(uri) is Content.FULL)
    (tmp_path / ".traceignore").write_text("*.py")
    assert _until(lambda: gate.content_for(uri) is None)
    (tmp_path / ".traceignore").unlink()
    assert _until(lambda: gate.content_for(uri) is Content.FULL)
