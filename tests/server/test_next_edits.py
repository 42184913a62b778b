"""Next edits in the editor: offered where there is nothing to mend, never what was just undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from tests.clients import data_of, session
from tests.stored import recorded

from foretrace_telemetry.events import SuggestionMoved
from foretrace_telemetry.home import Home

FIELDS = """class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z
"""
INVOKED = types.CodeActionTriggerKind.Invoked


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "point.py"
    path.write_text(FIELDS)
    return path


def _change(line: int, start: int, end: int, text: str) -> types.TextDocumentContentChangePartial:
    place = types.Range(types.Position(line, start), types.Position(line, end))
    return types.TextDocumentContentChangePartial(place, text)


async def test_the_same_change_is_offered_for_the_next_line_and_again_once_it_was_taken(
    consented: Home, program: Path
) -> None:
    uri = program.as_uri()
    async with session(consented) as client:
        client.open(uri, FIELDS)
        client.change(uri, 2, _change(2, 17, 18, "float(x)"))
        (action,) = await client.fixes(uri)
        assert action.title == "Foretrace: next, line 4: self.y = float(y)"
        assert not action.is_preferred
        client.change(uri, 3, _change(3, 17, 18, "float(y)"))
        (action,) = await client.fixes(uri)
        assert action.title.startswith("Foretrace: next, line 5: ")
    told = [
        (each.event.body.stage.value, each.event.body.source)
        for each in recorded(consented)
        if isinstance(each.event.body, SuggestionMoved)
    ]
    assert told[:3] == [
        ("offered", "next-edit"),
        ("accepted", "next-edit"),
        ("offered", "next-edit"),
    ]


async def test_one_that_was_turned_down_does_not_come_back(home: Home, program: Path) -> None:
    uri = program.as_uri()
    async with session(home) as client:
        client.open(uri, FIELDS)
        client.change(uri, 2, _change(2, 17, 18, "float(x)"))
        (action,) = await client.fixes(uri)
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams("foretrace.dismissed", [data_of(action)["suggestion"]])
        )
        assert all("line 4" not in action.title for action in await client.fixes(uri))


async def test_where_none_is_likely_it_is_told_why(home: Home, program: Path) -> None:
    uri = program.as_uri()
    async with session(home) as client:
        client.open(uri, FIELDS)
        assert await client.fixes(uri) == []
        assert "no-next-edit" in await client.why(uri)


async def test_what_mends_the_program_comes_first(home: Home, program: Path) -> None:
    uri = program.as_uri()
    async with session(home) as client:
        client.open(uri, FIELDS)
        client.change(uri, 2, _change(2, 17, 18, "float(x"))
        titles = [action.title for action in await client.fixes(uri)]
        assert titles
        assert not any("next, line" in title for title in titles)


async def test_below_the_level_of_steps_there_are_none(home: Home, program: Path) -> None:
    uri = program.as_uri()
    async with session(home, options={"level": "hint"}) as client:
        client.open(uri, FIELDS)
        client.change(uri, 2, _change(2, 17, 18, "float(x)"))
        assert await client.fixes(uri) == []
