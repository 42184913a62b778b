"""The instructor's page, followed word by word: what it says is typed, what it shows comes."""

from __future__ import annotations

import csv
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from foretrace_telemetry.home import Home
from tests.pages import FENCE, text_of
from tests.wire import Wire

PAGE = text_of("instructor.md").partition("## For a real class")[0]
PATIENCE_SECONDS = 120
ANY = "…"
_END = "that was the last of it"


class Terminal:
    """A shell in which somebody types, one command after the other."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._shell = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def run(self, command: str) -> list[str]:
        """Type a command, wait for its end, and return the lines that it printed."""
        self._type(f"{command}\nstatus=$?; echo; echo '{_END}' $status")
        *lines, _, end = self._until(lambda line: line.startswith(_END))
        assert end == f"{_END} 0", f"{command}: {lines}"
        return lines

    def start(self, command: str, last: str) -> list[str]:
        """Type a command that stays, and return what it printed up to some words."""
        self._type(command)
        return self._until(lambda line: last in line)

    def variable(self, name: str) -> str:
        """Return the value of a variable of the shell."""
        return self.run(f"echo ${name}")[0]

    def close(self) -> None:
        """Close it, with what runs in it."""
        os.killpg(self._shell.pid, signal.SIGTERM)
        self._shell.wait()

    def _type(self, words: str) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{words}\n")
        self._shell.stdin.flush()

    def _read(self) -> None:
        assert self._shell.stdout is not None
        for line in self._shell.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _until(self, is_last: Callable[[str], bool]) -> list[str]:
        lines: list[str] = []
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while not lines or not is_last(lines[-1]):
            line = self._lines.get(timeout=max(ends_at - time.monotonic(), 0.01))
            assert line is not None, lines
            lines.append(line)
        return lines


class Reader:
    """Somebody who does what the page says, in the terminals that it names."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._terminals = {
            name: Terminal(folder, environment) for name in ("first", "second", "third")
        }
        self._at = "first"
        self._by_hand = {
            "Write Anna's": self._write_token,
            "Now open a Python file in an editor": self._edit,
        }

    def close(self) -> None:
        for terminal in self._terminals.values():
            terminal.close()

    def heed(self, words: str) -> None:
        """Do what stands between the blocks."""
        named = re.findall(r"\b(first|second|third) terminal", words)
        self._at = named[-1] if named else self._at
        for beginning, act in self._by_hand.items():
            if beginning in words:
                act()

    def save(self, words: str, block: str) -> None:
        """Save a block as the file that the words before it name."""
        (name,) = re.findall(r"[Ss]ave\b[^`]*`([\w.]+)`", words)
        (self.folder / name).write_text(block, encoding="utf-8")

    def type(self, block: str) -> None:
        """Type each line of a block, and compare what comes with what the page shows."""
        for command, *expected in _commands(block):
            terminal = self._terminals[self._at]
            if command == "foretrace collect serve":
                seen = terminal.start(command, "listens on")
                expected = expected[: len(seen)]
            else:
                seen = terminal.run(command)
            assert re.fullmatch(_pattern(expected), "".join(f"{line}\n" for line in seen)), (
                f"{command}\n{chr(10).join(seen)}"
            )

    def _write_token(self) -> None:
        with (self.folder / "tokens.csv").open(encoding="utf-8-sig", newline="") as file:
            (token,) = [
                row["token"] for row in csv.DictReader(file) if row["student"].startswith("anna@")
            ]
        (self.folder / "token.txt").write_text(token, encoding="utf-8")

    def _edit(self) -> None:
        home = Home(Path(self._terminals[self._at].variable("FORETRACE_HOME")))
        uri = (self.folder / "program.py").as_uri()
        with Wire(home) as server:
            server.begin()
            server.open(uri, "x = 1\n", "python")
            server.type(uri, 1, "2", line=0, character=5)
            assert server.end() == 0


def _commands(block: str) -> Iterator[list[str]]:
    """Iterate over the commands of a block, each with the lines that it is to print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        yield part.splitlines()


def _pattern(lines: list[str]) -> str:
    """Return what matches some lines; where none are shown, anything may come."""
    parts = [
        r"(?:.*\n)*?" if line == ANY else re.escape(line).replace(ANY, ".*") + r"\n"
        for line in lines or [ANY]
    ]
    return "".join(parts)


@pytest.fixture
def reader(checkout: Path, tmp_path: Path) -> Iterator[Reader]:
    if find_spec("ensurepip") is None:
        pytest.skip("pipx does not work with a Python that has no ensurepip")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pipx").symlink_to(Path(sys.executable).with_name("pipx"))
    other = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FORETRACE", "PIPX", "PYTHON", "VIRTUAL_ENV"))
    }
    own = {
        "PATH": f"{tmp_path}/bin:{tools}:/usr/local/bin:/usr/bin:/bin",
        "PIPX_BIN_DIR": f"{tmp_path}/bin",
        "PIPX_HOME": f"{tmp_path}/pipx",
        "PIPX_MAN_DIR": f"{tmp_path}/man",
        "XDG_DATA_HOME": f"{tmp_path}/data",
    }
    reader = Reader(checkout, {**other, **own})
    yield reader
    reader.close()


def test_the_page_leads_from_nothing_to_a_course_and_back(reader: Reader) -> None:
    at = 0
    for fence in FENCE.finditer(PAGE):
        words = PAGE[at : fence.start()]
        at = fence.end()
        reader.heed(words)
        if fence[1] == "console":
            reader.type(fence[2])
        else:
            reader.save(words, fence[2])
