"""Four levels of help over the protocol: nudge, hint, step and fix, and what keeps them apart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import CAPABILITIES, TRUSTED, Client, applied, data_of, session
from tests.stored import recorded

from foretrace_telemetry.events import SuggestionMoved
from foretrace_telemetry.home import Home

LEVELS = ["off", "nudge", "hint", "step", "fix"]
# Two faults: with the first of them mended, one test more passes.
TEXT = """\
def largest(numbers, count):
    found = []
    while len(found) <= count:
        value = min(numbers)
        numbers.remove(value)
        found.append(value)
    return found
"""
STEP = TEXT.replace("<=", "<")
FIXED = STEP.replace("min", "max")
ASSIGNMENT = """
[assignment]
entry = "largest.py"
[assistance]
ceiling = "{ceiling}"
[[test]]
call = "largest([1, 3, 2, 5], 2)"
expected = "[5, 3]"
[[test]]
call = "largest([4], 0)"
expected = "[]"
[[test]]
call = "largest([7, 8, 9], 1)"
expected = "[9]"
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The path of a program in a folder of its own."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work" / "largest.py"


def assign(program: Path, ceiling: str = "fix") -> None:
    (program.parent / "foretrace.toml").write_text(ASSIGNMENT.format(ceiling=ceiling))


def at(level: str) -> dict[str, Any]:
    return {**TRUSTED, "level": level}


async def helped(client: Client, uri: str) -> tuple[list[str], list[str]]:
    """Return what can be taken, as the texts that it leads to, and what can be asked for."""
    actions = await client.actions(uri)
    taken = [applied(TEXT, each) for each in actions if isinstance(each, types.CodeAction)]
    return taken, [each.title for each in actions if isinstance(each, types.Command)]


SHOWN = {
    "off": (0, []),
    "nudge": (1, []),
    "hint": (1, []),
    "step": (1, [STEP]),
    "fix": (1, [FIXED, STEP]),
}
MORE = {
    "off": None,
    "nudge": "Foretrace: say what is wrong",
    "hint": "Foretrace: show the next step",
    "step": "Foretrace: show the whole fix",
    "fix": None,
}


@pytest.mark.parametrize("level", LEVELS)
async def test_no_more_is_shown_than_the_level_that_a_person_chose(
    home: Home, program: Path, level: str
) -> None:
    assign(program)
    async with session(home, options=at(level)) as client:
        client.open(program.as_uri(), TEXT)
        taken, more = await helped(client, program.as_uri())
        marks, texts = SHOWN[level]
        assert taken == texts
        assert len(client.diagnostics.get(program.as_uri(), ())) == marks
        assert more == ([MORE[level]] if MORE[level] else [])
        reasons = await client.why(program.as_uri())
        assert reasons == ([] if level == "fix" else ["level"])


@pytest.mark.parametrize("ceiling", LEVELS)
async def test_no_more_is_shown_than_the_ceiling_however_often_a_person_asks(
    home: Home, program: Path, ceiling: str
) -> None:
    assign(program, ceiling)
    uri = program.as_uri()
    async with session(home, options=at("nudge")) as client:
        client.open(uri, TEXT)
        await client.fixes(uri)
        for _ in LEVELS:
            answer = await client.more_help(uri)
        assert (answer["level"], answer["ceiling"]) == (ceiling, ceiling)
        taken, more = await helped(client, uri)
        # Where the whole fix is not allowed the worker never hands it over.
        assert taken == SHOWN[ceiling][1]
        assert more == []
        assert len(client.diagnostics.get(uri, ())) == SHOWN[ceiling][0]


async def test_each_press_gives_the_next_level_and_no_more(home: Home, program: Path) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(home, options=at("nudge")) as client:
        client.open(uri, TEXT)
        await client.fixes(uri)
        (nudge,) = client.diagnostics[uri]
        assert nudge.message == "Look at this line: 3 of 3 tests fail."
        assert nudge.severity is types.DiagnosticSeverity.Hint
        assert nudge.range.start.line == 2
        assert not nudge.related_information
        levels = []
        for _ in range(3):
            levels.append((await client.more_help(uri))["level"])
            levels.append(str(len(await client.fixes(uri))))
        assert levels == ["hint", "0", "step", "1", "fix", "2"]
        (hint,) = client.diagnostics[uri]
        assert hint.message.startswith("largest([1, 3, 2, 5], 2) gives [1, 2, 3]; expected is")


async def test_more_help_holds_for_its_problem_while_a_person_goes_on_editing(
    home: Home, program: Path
) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(home, options=at("nudge")) as client:
        client.open(uri, TEXT)
        await client.more_help(uri)
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(TEXT + "\n# Why?\n"))
        await client.fixes(uri)
        (hint,) = client.diagnostics[uri]
        assert hint.message.startswith("largest(")
        # Another problem starts where the person chose to start.
        client.change(uri, 3, types.TextDocumentContentChangeWholeDocument("def f(:\n"))
        await client.fixes(uri)
        (nudge,) = client.diagnostics[uri]
        assert nudge.message == "Look at this line: Python cannot read the program here."


async def test_steps_lead_to_the_fix_one_after_the_other(home: Home, program: Path) -> None:
    assign(program, "step")
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, TEXT)
        (first,) = await client.fixes(uri)
        assert (
            first.title
            == "Foretrace: next step: change `<=` to `<` in line 3 (1 of 3 tests passes)"
        )
        assert data_of(first)["level"] == "step"
        assert not first.is_preferred
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(STEP))
        (second,) = await client.fixes(uri)
        assert applied(STEP, second) == FIXED
        assert second.title == "Foretrace: change `min` to `max` in line 4 (3 tests pass)"


async def test_the_whole_fix_is_preferred_to_its_next_step(home: Home, program: Path) -> None:
    assign(program)
    async with session(home, options=TRUSTED) as client:
        client.open(program.as_uri(), TEXT)
        actions = await client.fixes(program.as_uri())
        assert [data_of(each)["level"] for each in actions] == ["fix", "step"]
        assert [each.is_preferred for each in actions] == [True, False]
        assert len({data_of(each)["suggestion"] for each in actions}) == 1


@pytest.mark.parametrize("editor", CAPABILITIES)
async def test_a_hint_tells_all_it_knows_to_every_client(
    home: Home, program: Path, editor: str
) -> None:
    assign(program, "hint")
    uri = program.as_uri()
    async with session(home, editor, TRUSTED) as client:
        client.open(uri, TEXT)
        await client.fixes(uri)
        (hint,) = client.diagnostics[uri]
        lines = hint.message.splitlines()
        assert lines[0] == "largest([1, 3, 2, 5], 2) gives [1, 2, 3]; expected is [5, 3]."
        related = [each.message for each in hint.related_information or ()]
        document = CAPABILITIES[editor].text_document
        published = document.publish_diagnostics if document else None
        if published and published.related_information:
            assert related[:3] == [
                "Given: largest([1, 3, 2, 5], 2)",
                "Expected: [5, 3]",
                "Actual: [1, 2, 3]",
            ]
            assert [each.partition(":")[0] for each in related[3:]] == ["How", "Check"]
            assert len(lines) == 2
        else:
            assert related == []
            assert [each.partition(":")[0] for each in lines[2:]] == ["How", "Check"]


async def test_the_same_edits_are_not_offered_again_after_the_document_was_closed(
    home: Home, program: Path
) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, TEXT)
        fix, _ = await client.fixes(uri)
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams("foretrace.dismissed", [data_of(fix)["suggestion"]])
        )
        client.close(uri)
        client.open(uri, "# Again.\n" + TEXT)
        assert await client.fixes(uri) == []
        assert "dismissed" in await client.why(uri)


async def test_a_fix_that_was_taken_and_undone_is_turned_down(
    consented: Home, program: Path
) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, TEXT)
        await client.fixes(uri)
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(STEP))
        client.change(uri, 3, types.TextDocumentContentChangeWholeDocument(TEXT))
        # The step is what was turned down; the whole is still there to be taken.
        (fix,) = await client.fixes(uri)
        assert applied(TEXT, fix) == FIXED
    bodies = [each.event.body for each in recorded(consented)]
    life = [(b.stage.value, b.level) for b in bodies if isinstance(b, SuggestionMoved)]
    assert life == [
        ("offered", "fix"),
        ("accepted", "step"),
        ("dismissed", "step"),
        ("offered", "fix"),
        ("superseded", "fix"),
    ]


async def test_the_level_of_what_is_shown_is_recorded(consented: Home, program: Path) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(consented, options=at("nudge")) as client:
        client.open(uri, TEXT)
        await client.fixes(uri)
        await client.more_help(uri)
        await client.more_help(uri)
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(STEP))
    bodies = [each.event.body for each in recorded(consented)]
    life = [b for b in bodies if isinstance(b, SuggestionMoved)]
    assert [(b.stage.value, b.level, b.inserted_characters) for b in life] == [
        ("offered", "nudge", 0),
        ("offered", "hint", 0),
        ("offered", "step", 0),
        ("accepted", "step", 0),
    ]
    assert [b.removed_characters for b in life] == [0, 0, 1, 1]
    assert len({b.suggestion_id for b in life}) == 1


async def test_the_level_can_be_changed_while_the_editor_is_open(home: Home, program: Path) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(home, "nothing", at("nudge")) as client:
        client.open(uri, TEXT)
        assert await client.fixes(uri) == []
        client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"foretrace": {"level": "fix"}})
        )
        assert len(await client.fixes(uri)) == 2
        status = await client.request("foretrace/status")
        assert status["help"] == {"level": "fix", "limits": []}


async def test_a_level_that_there_is_not_is_warned_of(home: Home) -> None:
    async with session(home, options={"level": "all"}) as client:
        while not client.messages:  # noqa: ASYNC110 - pytest-lsp gathers them
            await asyncio.sleep(0.02)
        assert client.messages[0].message == (
            "Foretrace: level must be one of off, nudge, hint, step, fix, not 'all'"
        )


async def test_more_help_for_a_document_that_is_not_open_says_so(home: Home, program: Path) -> None:
    async with session(home, options=TRUSTED) as client:
        answer = await client.more_help(program.as_uri())
        assert [each["code"] for each in answer["reasons"]] == ["not-open"]
        assert answer["level"] is None
