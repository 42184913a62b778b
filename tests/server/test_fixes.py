"""Fixes over the protocol: when they come, what they change, and when there is none and why."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import CAPABILITIES, TRUSTED, Client, applied, data_of, session
from tests.stored import recorded

from foretrace_telemetry.events import IntentNoted, IntentStage, Origin, SuggestionMoved
from foretrace_telemetry.home import Home

AUTOMATIC = types.CodeActionTriggerKind.Automatic

MISSING_COLON = "def double(x)\n    return 2 * x\n"
CRASHES = "items = [1, 2, 3]\nfor i in range(len(items) + 1):\n    print(items[i])\n"
WRONG = "def double(x):\n    return 2 ** x\n"
ASSIGNMENT = """
[assignment]
entry = "double.py"
[assistance]
ceiling = "{ceiling}"
[[test]]
call = "double(5)"
expected = "10"
[[test]]
call = "double(0)"
expected = "0"
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The path of a program in a folder of its own."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work" / "double.py"


def assign(program: Path, ceiling: str = "fix") -> None:
    (program.parent / "foretrace.toml").write_text(ASSIGNMENT.format(ceiling=ceiling))


async def _until(condition: Any, seconds: float = 8.0) -> None:
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that in time")


async def _inline(
    client: Client, uri: str, line: int, character: int, invoked: bool = False
) -> list[str]:
    kinds = types.InlineCompletionTriggerKind
    answer = await client.text_document_inline_completion_async(
        types.InlineCompletionParams(
            types.InlineCompletionContext(kinds.Invoked if invoked else kinds.Automatic),
            types.TextDocumentIdentifier(uri),
            types.Position(line, character),
        )
    )
    assert isinstance(answer, types.InlineCompletionList)
    return [str(item.insert_text) for item in answer.items]


@pytest.mark.parametrize("editor", CAPABILITIES)
async def test_a_failing_test_is_mended_in_every_client(
    home: Home, program: Path, editor: str
) -> None:
    assign(program)
    async with session(home, editor, TRUSTED) as client:
        client.open(program.as_uri(), WRONG)
        (action,) = await client.fixes(program.as_uri())
        assert applied(WRONG, action) == WRONG.replace("**", "*")
        assert action.title == "Foretrace: change `**` to `*` in line 2 (2 tests pass)"
        assert action.kind == "quickfix"
        assert "-    return 2 ** x\n+    return 2 * x" in data_of(action)["diff"]
        versioned = bool(action.edit and action.edit.document_changes)
        workspace = CAPABILITIES[editor].workspace
        assert versioned == bool(
            workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes
        )


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        (CRASHES, CRASHES.replace(" + 1", "")),
        ("def f(x):\n    return x - 1\n\nassert f(1) == 2\n", None),
        ('def f(x):\n    """\n    >>> f(2)\n    4\n    """\n    return x - x\n', None),
        ("def f(x):\n    return x - 1\n\ndef test_f():\n    assert f(1) == 2\n", None),
    ],
    ids=["crash", "assert", "doctest", "test function"],
)
async def test_other_evidence_than_an_assignment_counts(
    home: Home, program: Path, text: str, fixed: str | None
) -> None:
    async with session(home, options=TRUSTED) as client:
        client.open(program.as_uri(), text)
        (action,) = await client.fixes(program.as_uri())
        result = applied(text, action)
        assert result != text
        if fixed is not None:
            assert result == fixed
        assert [line for line in text.splitlines() if "assert" in line or ">>>" in line] == [
            line for line in result.splitlines() if "assert" in line or ">>>" in line
        ]


@pytest.mark.parametrize(
    "wrong",
    [
        "\ufeff# Kommentar, Ümläut, 😀\r\ndef double(x):\r\n\treturn 2 ** x  # 漢\r\n\r\n\r\n",
        "def double(x):\n        return 2 ** x",
        "x = '\u2028\x0c'\ndef double( x ):\n  return 2**x   \n",
    ],
    ids=["crlf, tabs, wide characters", "no line end", "strange spaces"],
)
async def test_the_rest_of_the_file_stays_byte_for_byte(
    home: Home, program: Path, wrong: str
) -> None:
    assign(program)
    async with session(home, options=TRUSTED) as client:
        client.open(program.as_uri(), wrong)
        (action,) = await client.fixes(program.as_uri())
        fixed = applied(wrong, action)
        assert fixed == wrong.replace("**", "*")


async def test_a_program_is_not_run_in_a_workspace_that_is_not_trusted(
    home: Home, program: Path
) -> None:
    assign(program)
    witness = program.parent / "witness"
    text = f"open({str(witness)!r}, 'w')\n" + WRONG
    async with session(home, options={"runPrograms": "always"}) as client:
        client.open(program.as_uri(), text)
        assert await client.fixes(program.as_uri()) == []
        assert "untrusted" in await client.why(program.as_uri())
    assert not witness.exists()


async def test_syntax_is_mended_without_running_anything(home: Home, program: Path) -> None:
    async with session(home) as client:
        client.open(program.as_uri(), MISSING_COLON)
        (action,) = await client.fixes(program.as_uri())
        assert applied(MISSING_COLON, action) == MISSING_COLON.replace(")\n", "):\n", 1)
        assert "parses; was not run" in action.title
        assert client.questions == []


async def test_permission_to_run_is_asked_for_once_and_remembered(
    home: Home, program: Path
) -> None:
    assign(program)
    async with session(home, options={"workspaceTrusted": True}) as client:
        client.answer = types.MessageActionItem("Run my programs to check fixes")
        client.open(program.as_uri(), WRONG)
        assert len(await client.fixes(program.as_uri())) == 1
        client.change(program.as_uri(), 2, types.TextDocumentContentChangeWholeDocument(CRASHES))
        await client.fixes(program.as_uri())
        assert len(client.questions) == 1
        assert (await client.request("foretrace/status"))["programs"]["mayRun"] is True


async def test_permission_refused_is_not_asked_for_again(home: Home, program: Path) -> None:
    assign(program)
    async with session(home, options={"workspaceTrusted": True}) as client:
        client.answer = types.MessageActionItem("Do not run them")
        client.open(program.as_uri(), WRONG)
        assert await client.fixes(program.as_uri()) == []
        assert await client.fixes(program.as_uri()) == []
        assert len(client.questions) == 1
        assert "run-ask" in await client.why(program.as_uri())


async def test_nothing_is_asked_or_run_by_a_pause_or_a_save(home: Home, program: Path) -> None:
    assign(program)
    async with session(home, options={"workspaceTrusted": True}) as client:
        client.open(program.as_uri(), WRONG)
        client.save(program.as_uri(), WRONG)
        await asyncio.sleep(2)
        assert client.questions == []
        status = await client.request("foretrace/status")
        assert status["programs"]["boundary"] is None  # no sandbox was ever started


async def test_never_means_never(home: Home, program: Path) -> None:
    assign(program)
    options = {"workspaceTrusted": True, "runPrograms": "never"}
    async with session(home, options=options) as client:
        client.open(program.as_uri(), WRONG)
        assert await client.fixes(program.as_uri()) == []
        assert client.questions == []
        assert "run-never" in await client.why(program.as_uri())


async def test_an_automatic_request_answers_at_once_with_what_is_ready(
    home: Home, program: Path
) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, WRONG)
        assert await client.fixes(uri, 1, AUTOMATIC) == []
        assert await client.fixes(uri, 1, None) == []
        assert await client.why(uri) == ["pending"]
        await _until(lambda: client.diagnostics.get(uri))
        assert len(await client.fixes(uri, 1, AUTOMATIC)) == 1
        # Far from the fix there is no light bulb.
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(WRONG + "\n" * 30))
        await client.fixes(uri)
        assert await client.fixes(uri, 25, AUTOMATIC) == []


@pytest.mark.parametrize(
    ("only", "count"),
    [(["quickfix"], 1), ([""], 1), (["refactor"], 0), (["quickfix.other"], 0), ([], 0)],
)
async def test_a_client_may_ask_for_some_kinds_only(
    home: Home, program: Path, only: list[str], count: int
) -> None:
    async with session(home) as client:
        client.open(program.as_uri(), MISSING_COLON)
        assert len(await client.fixes(program.as_uri(), only=only)) == count


async def test_a_nudge_says_where_to_look_and_goes_when_it_is_mended(
    home: Home, program: Path
) -> None:
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, MISSING_COLON)
        await client.fixes(uri)
        (nudge,) = client.diagnostics[uri]
        assert nudge.severity is types.DiagnosticSeverity.Hint
        assert nudge.source == "foretrace"
        assert nudge.range.start.line == 0
        place = types.Range(types.Position(0, 13), types.Position(0, 13))
        client.change(uri, 2, types.TextDocumentContentChangePartial(place, ":"))
        await _until(lambda: client.diagnostics[uri] == ())
        client.close(uri)


async def test_an_insertion_at_the_cursor_comes_as_an_inline_completion(
    home: Home, program: Path
) -> None:
    uri = program.as_uri()
    async with session(home) as client:
        client.open(uri, MISSING_COLON)
        assert await _inline(client, uri, 0, 13, invoked=True) == [":"]
        assert await _inline(client, uri, 0, 13) == [":"]
        assert await _inline(client, uri, 0, 5) == []
        assert await _inline(client, uri, 99, 99) == []


async def test_an_inline_completion_asked_for_while_typing_comes_after_the_pause(
    home: Home, program: Path
) -> None:
    uri = program.as_uri()
    async with session(home) as client:
        client.open(uri, "x = 1\n")
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(MISSING_COLON))
        stale = asyncio.create_task(_inline(client, uri, 0, 13))
        await asyncio.sleep(0)
        client.change(uri, 3, types.TextDocumentContentChangeWholeDocument(MISSING_COLON + "\n"))
        assert await stale == []
        assert await _inline(client, uri, 0, 13) == [":"]


async def test_a_line_to_add_shows_at_the_end_of_the_line_before(home: Home, program: Path) -> None:
    assign(program)
    text = "def double(x):\n    y = 2 * x\n"
    async with session(home, options=TRUSTED) as client:
        client.open(program.as_uri(), text)
        shown = await _inline(client, program.as_uri(), 1, 13, invoked=True)
        assert shown == ["\n    return y"]


async def test_a_line_to_add_is_written_into_the_blank_one_that_the_cursor_is_on(
    home: Home, program: Path
) -> None:
    assign(program)
    text = "def double(x):\n    y = 2 * x\n    \nz = 1\n"
    async with session(home, options=TRUSTED) as client:
        client.open(program.as_uri(), text)
        assert await _inline(client, program.as_uri(), 2, 4, invoked=True) == ["return y"]


async def test_a_change_during_a_request_gets_an_answer_and_no_stale_fix(
    home: Home, program: Path
) -> None:
    assign(program)
    uri = program.as_uri()
    hopeless = "def double(x):\n    return [str(y) for y in range(x) if y]\n" * 3
    async with session(home, options=TRUSTED) as client:
        client.open(uri, hopeless)
        asked = asyncio.create_task(client.fixes(uri))
        await asyncio.sleep(1)
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument(WRONG))
        assert await asyncio.wait_for(asked, 3) == []
        (action,) = await client.fixes(uri)
        assert applied(WRONG, action) == WRONG.replace("**", "*")


async def test_a_document_closed_during_a_request_gets_an_answer(home: Home, program: Path) -> None:
    assign(program)
    uri = program.as_uri()
    hopeless = "def double(x):\n    return [str(y) for y in range(x) if y]\n" * 3
    async with session(home, options=TRUSTED) as client:
        client.open(uri, hopeless)
        asked = asyncio.create_task(client.fixes(uri))
        await asyncio.sleep(1)
        client.close(uri)
        assert await asyncio.wait_for(asked, 3) == []
        assert await client.fixes(uri) == []
        assert await client.why(uri) == ["not-open"]


async def test_a_request_that_is_cancelled_is_answered_and_the_next_one_works(
    home: Home, program: Path
) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, WRONG)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            types.Range(types.Position(0, 0), types.Position(0, 0)),
            types.CodeActionContext([], trigger_kind=types.CodeActionTriggerKind.Invoked),
        )
        future = client.protocol.send_request(
            types.TEXT_DOCUMENT_CODE_ACTION, params, msg_id="cancel me"
        )
        client.cancel_request(types.CancelParams("cancel me"))
        with pytest.raises(Exception, match="cancel"):
            await asyncio.wait_for(asyncio.wrap_future(future), 3)
        assert len(await client.fixes(uri)) == 1


@pytest.mark.parametrize(
    ("ceiling", "fixes", "nudges", "why"),
    [
        ("off", 0, 0, "off"),
        ("nudge", 0, 1, "ceiling"),
        ("hint", 0, 1, "ceiling"),
        ("step", 1, 1, None),
        ("fix", 1, 1, None),
    ],
)
async def test_the_ceiling_of_the_assignment_is_obeyed(
    home: Home, program: Path, ceiling: str, fixes: int, nudges: int, why: str | None
) -> None:
    assign(program, ceiling)
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, WRONG)
        assert len(await client.fixes(uri)) == fixes
        assert len(client.diagnostics.get(uri, ())) == nudges
        assert await client.why(uri) == ([why] if why else [])


async def test_the_ceiling_holds_for_helper_files_of_the_assignment_too(
    home: Home, program: Path
) -> None:
    assign(program, "off")
    helper = program.with_name("helper.py")
    async with session(home, options=TRUSTED) as client:
        client.open(helper.as_uri(), MISSING_COLON)
        assert await client.fixes(helper.as_uri()) == []
        assert await client.why(helper.as_uri()) == ["off"]


async def test_at_level_step_only_the_next_edit_is_given(home: Home, program: Path) -> None:
    assign(program, "step")
    text = "def double(x)\n    return 2 ** x\n"
    async with session(home, options=TRUSTED) as client:
        client.open(program.as_uri(), text)
        (action,) = await client.fixes(program.as_uri())
        assert applied(text, action) == text.replace(")\n", "):\n", 1)
        assert "1 of 2 tests pass" in action.title or "0 of 2 tests pass" in action.title


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        ("[assignment]\nentry = 'double.py'\ncolour = 1\n", "no key 'colour'", 2),
        ("[assignment]\n", "entry is required", 0),
        ("[assignment\n", "not valid TOML", 0),
        (
            "[assignment]\nentry = 'double.py'\n[assistance]\nceiling = 'all'\n",
            "ceiling must be",
            3,
        ),
        (b"[assignment]\nentry = '\xff'\n", "not UTF-8", 0),
    ],
)
async def test_a_wrong_assignment_file_is_told_where_it_stands_and_stops_help(
    home: Home, program: Path, content: str | bytes, message: str, line: int
) -> None:
    toml = program.with_name("foretrace.toml")
    toml.write_bytes(content if isinstance(content, bytes) else content.encode())
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, MISSING_COLON)
        assert await client.fixes(uri) == []
        assert await client.why(uri) == ["assignment"]
        (problem,) = client.diagnostics[toml.as_uri()]
        assert message in problem.message
        assert problem.severity is types.DiagnosticSeverity.Error
        assert problem.range.start.line == line
        assert len([m for m in client.messages if message in m.message]) == 1
        assign(program)
        client.save(uri, MISSING_COLON)
        await _until(lambda: client.diagnostics[toml.as_uri()] == ())


async def test_a_fix_that_was_turned_down_is_not_offered_again(home: Home, program: Path) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, WRONG)
        (action,) = await client.fixes(uri)
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams("foretrace.dismissed", [data_of(action)["suggestion"]])
        )
        assert await client.fixes(uri) == []
        client.change(uri, 2, types.TextDocumentContentChangeWholeDocument("\n" + WRONG))
        assert await client.fixes(uri) == []
        assert await client.why(uri) == ["dismissed"]


async def test_taking_a_fix_is_seen_without_being_told(consented: Home, program: Path) -> None:
    assign(program)
    uri = program.as_uri()
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, WRONG)
        (action,) = await client.fixes(uri)
        assert action.edit is not None
        (change,) = action.edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        (edit,) = change.edits
        assert isinstance(edit, types.TextEdit)
        client.change(uri, 2, types.TextDocumentContentChangePartial(edit.range, edit.new_text))
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams("foretrace.accepted", [data_of(action)["suggestion"]])
        )
    bodies = [each.event.body for each in recorded(consented)]
    stages = [body.stage.value for body in bodies if isinstance(body, SuggestionMoved)]
    assert stages == ["offered", "accepted"]
    origins = [body.origin for body in bodies if body.kind == "edit"]  # type: ignore[attr-defined]
    assert origins == [Origin.ASSISTANT]


async def test_other_languages_are_left_alone(home: Home, tmp_path: Path) -> None:
    uri = (tmp_path / "a.js").as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, "function (", "javascript")
        assert await client.fixes(uri) == []
        assert await client.why(uri) == ["language"]


async def test_the_intent_is_told_when_it_changes_and_when_asked(home: Home, program: Path) -> None:
    uri = program.as_uri()
    async with session(home) as client:
        client.open(uri, "\n")
        answer = await client.request("foretrace/intent", {"textDocument": {"uri": uri}})
        assert answer["activities"] == []
        for version, character in enumerate("def f(x):", 2):
            column = version - 2
            place = types.Range(types.Position(0, column), types.Position(0, column))
            client.change(uri, version, types.TextDocumentContentChangePartial(place, character))
        await _until(lambda: client.intents)
        assert client.intents[-1]["activities"][0]["label"] == "writing new code"
        assert client.intents[-1]["textDocument"] == {"uri": uri}
        event = {"uri": uri, "kind": "run", "data": {"error_type": "NameError", "line": 1}}
        for _ in range(3):
            client.notify("foretrace/event", event)
        await _until(lambda: "NameError" in client.intents[-1]["statement"])
        answer = await client.request("foretrace/intent", {"textDocument": {"uri": uri}})
        assert answer["place"]["range"]["start"]["line"] == 0


async def test_what_a_person_says_they_are_doing_holds_until_something_else_is_believed(
    consented: Home, program: Path
) -> None:
    uri = program.as_uri()
    async with session(consented) as client:
        client.open(uri, "\n")
        for version, character in enumerate("def f(x):", 2):
            place = types.Range(types.Position(0, version - 2), types.Position(0, version - 2))
            client.change(uri, version, types.TextDocumentContentChangePartial(place, character))
        await _until(lambda: client.intents)
        said = {"stage": "corrected", "label": "writing comments"}
        client.notify("foretrace/event", {"uri": uri, "kind": "intent", "data": said})
        answer = await client.request("foretrace/intent", {"textDocument": {"uri": uri}})
        assert [each["label"] for each in answer["activities"]] == ["writing comments"]
        event = {"uri": uri, "kind": "run", "data": {"error_type": "NameError", "line": 1}}
        for _ in range(4):
            client.notify("foretrace/event", event)
        await _until(lambda: "NameError" in client.intents[-1]["statement"])
    noted = [
        each.event.body for each in recorded(consented) if isinstance(each.event.body, IntentNoted)
    ]
    assert IntentNoted(IntentStage.CORRECTED, "writing comments") in noted
