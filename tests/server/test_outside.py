"""What others do to an open file is recorded as theirs, by real programs on real files."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from tests.clients import Client, session
from tests.stored import recorded, replayed, sessions

from foretrace_telemetry.events import Actor, ChangedOutside
from foretrace_telemetry.home import Home

SETTLES_SECONDS = 0.8


def _read(path: Path) -> str:
    """Read a file as an editor does, which takes its mark of UTF-8 for no part of the text."""
    return path.read_bytes().decode("utf-8-sig")


async def _open(client: Client, path: Path) -> None:
    client.open(path.as_uri(), _read(path))
    await client.request("foretrace/status")


def _write_by_another_program(path: Path, text: str) -> None:
    program = f"import pathlib; pathlib.Path({str(path)!r}).write_text({text!r})"
    subprocess.run((sys.executable, "-c", program), check=True)


def _outside(home: Home) -> list[tuple[str, bool]]:
    """Return what happened outside, and whether it is known which text there was then."""
    found = []
    for each in recorded(home):
        if isinstance(each.event.body, ChangedOutside):
            assert each.event.actor is Actor.EXTERNAL
            found.append((each.event.body.change, each.event.body.digest is not None))
    return found


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
async def test_a_checkout_is_a_change_from_outside(consented: Home, tmp_path: Path) -> None:
    path = tmp_path / "repository" / "a.py"
    path.parent.mkdir()

    def git(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        command = ("git", *identity, "-C", str(path.parent), *words)
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-q")
    for text in ("x = 1\n", "x = 2\n"):
        path.write_text(text)
        git("add", ".")
        git("commit", "-qm", "a change")
    async with session(consented) as client:
        await _open(client, path)
        git("checkout", "-q", "HEAD~1")
        await asyncio.sleep(SETTLES_SECONDS)
        # The editor reads it anew, and says so.
        client.change(
            path.as_uri(), 2, types.TextDocumentContentChangeWholeDocument(path.read_text())
        )
        client.notify(
            "foretrace/event",
            {"uri": path.as_uri(), "version": 2, "kind": "origin", "data": {"origin": "external"}},
        )
    assert _outside(consented) == [("modified", True)]
    assert replayed(consented).texts == {path.as_uri(): "x = 1\n"}


async def test_another_program_that_writes_the_file_is_noticed(
    consented: Home, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x  =  1\n")
    async with session(consented) as client:
        await _open(client, path)
        _write_by_another_program(path, "x = 1\n")
        await asyncio.sleep(SETTLES_SECONDS)
    assert _outside(consented) == [("modified", True)]


async def test_a_file_that_is_deleted_and_made_anew_is_told_as_both(
    consented: Home, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    async with session(consented) as client:
        await _open(client, path)
        path.unlink()
        await asyncio.sleep(SETTLES_SECONDS)
        path.write_text("y = 2\n")
        await asyncio.sleep(SETTLES_SECONDS)
    assert _outside(consented) == [("deleted", False), ("modified", True)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark of UTF-8"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
async def test_an_editors_own_save_is_its_own_whatever_the_line_ends(
    consented: Home, tmp_path: Path, mark: bytes, end: str
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(mark + f"x = 1{end}y = 2{end}".encode())
    async with session(consented) as client:
        await _open(client, path)
        place = types.Position(1, 0)
        insertion = types.TextDocumentContentChangePartial(types.Range(place, place), f"# é{end}")
        client.change(path.as_uri(), 2, insertion)
        saved = f"x = 1{end}# é{end}y = 2{end}"
        path.write_bytes(mark + saved.encode())
        client.save(path.as_uri(), saved)
        await asyncio.sleep(SETTLES_SECONDS)
    result = replayed(consented)
    assert (result.problems, result.resyncs, result.saves_checked) == ([], 0, 1)
    assert result.texts == {path.as_uri(): saved}
    assert _outside(consented) == []


async def test_another_editors_edits_are_not_the_persons(consented: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    async with session(consented) as client, session(consented) as other:
        await _open(client, path)
        await _open(other, path)
        place = types.Position(0, 0)
        insertion = types.TextDocumentContentChangePartial(types.Range(place, place), "# a\n")
        other.change(path.as_uri(), 2, insertion)
        path.write_text("# a\nx = 1\n")
        other.save(path.as_uri(), "# a\nx = 1\n")
        await asyncio.sleep(SETTLES_SECONDS)
    kinds = sorted([each.event.body.kind for each in events] for events in sessions(consented))
    assert [("edit" in each, "outside" in each) for each in kinds] == [
        (True, False),
        (False, True),
    ]
