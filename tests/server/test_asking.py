"""Asking for consent in editors that do not ask themselves: once, briefly, and blocking nothing."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import Client, session
from tests.wire import Wire

from foretrace_server import protocol
from foretrace_telemetry.consent import VALIDITY, Action, Content, decide, grant, read_consent
from foretrace_telemetry.home import Home

ASKING = {"askConsent": True}
NOW = datetime.now(timezone.utc)
_ASKED_BY_NOW_SECONDS = 3.0
NOT, WITHOUT, WITH = "Don't record", "Record without text", "Record with text"


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def _ask(client: Client) -> None:
    """Have the server ask, as a key of an editor does."""
    params = types.ExecuteCommandParams(protocol.CONSENT_ASK)
    assert await client.workspace_execute_command_async(params) is None


def _decisions(home: Home) -> list[dict[str, Any]]:
    return [json.loads(line) for line in home.consent_log.read_text().splitlines()]


async def test_the_question_says_all_that_matters_with_the_least_first(home: Home) -> None:
    async with session(home, options=ASKING) as client:
        await _until(lambda: bool(client.questions))
        (question,) = client.questions
        heads = [line.partition(":")[0] for line in question.message.splitlines()[1:]]
        assert heads == ["What", "Where", "Who", "How long", "How to stop"]
        notice: Any = await client.workspace_execute_command_async(
            types.ExecuteCommandParams(protocol.CONSENT_NOTICE)
        )
        assert question.message.replace(":", "").split() == notice["text"].replace(":", "").split()
        assert [action.title for action in question.actions or ()] == [NOT, WITHOUT, WITH]


async def test_closing_the_question_decides_nothing_and_writes_nothing(home: Home) -> None:
    for _ in range(2):  # it comes again with the next start, for nobody decided
        async with session(home, options=ASKING) as client:
            await _until(lambda: bool(client.questions))
            client.open("file:///project/a.py", "x = 1\n")
            assert (await client.request(protocol.STATUS))["recording"]["undecided"]
            assert len(client.questions) == 1
    assert not home.path.exists()


@pytest.mark.parametrize(
    ("answer", "action", "content"),
    [(NOT, "decline", None), (WITHOUT, "grant", "metadata"), (WITH, "grant", "full")],
)
async def test_an_answer_is_written_down_told_and_never_asked_for_again(
    home: Home, answer: str, action: str, content: str | None
) -> None:
    async with session(home, options=ASKING) as client:
        client.answer = types.MessageActionItem(answer)
        await _until(lambda: bool(client.messages))
        assert ("nothing is recorded" in client.messages[0].message) == (content is None)
        recording = (await client.request(protocol.STATUS))["recording"]
        assert (recording["content"], recording["undecided"]) == (content, False)
    (decision,) = _decisions(home)
    assert (decision["action"], decision.get("content")) == (action, content)
    if content is not None:
        ends = datetime.fromisoformat(decision["expires_at"])
        assert abs(ends - NOW - VALIDITY) < timedelta(hours=1)
    async with session(home, options=ASKING) as client:
        await asyncio.sleep(_ASKED_BY_NOW_SECONDS)
        assert client.questions == []


def _declined(home: Home) -> None:
    decide(home, Action.DECLINE, "test", NOW)


def _withdrawn(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW)
    decide(home, Action.WITHDRAW, "test", NOW)


def _cannot_be_read(home: Home) -> None:
    home.path.mkdir()
    home.consent_log.write_text("nonsense\n")


@pytest.mark.parametrize("before", [_declined, _withdrawn, _cannot_be_read])
async def test_who_has_decided_is_not_asked(home: Home, before: Callable[[Home], None]) -> None:
    before(home)
    async with session(home, options=ASKING) as client:
        await asyncio.sleep(_ASKED_BY_NOW_SECONDS)
        assert client.questions == []


async def test_once_a_permission_has_ended_it_is_asked_for_anew(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW - VALIDITY - timedelta(days=1))
    async with session(home, options=ASKING) as client:
        await _until(lambda: bool(client.questions))


@pytest.mark.parametrize("options", [None, {"askConsent": False}, {"askConsent": "yes"}])
async def test_nobody_is_asked_in_an_editor_that_does_not_want_it(
    home: Home, options: dict[str, Any] | None
) -> None:
    async with session(home, options=options) as client:
        await asyncio.sleep(_ASKED_BY_NOW_SECONDS)
        assert client.questions == []
        warnings = (await client.request(protocol.STATUS))["warnings"]
        wrong = options is not None and options["askConsent"] == "yes"
        assert warnings == (
            ["askConsent must be true or false, not 'yes'; it counts as false"] if wrong else []
        )


async def test_a_mind_can_be_changed_at_any_time(home: Home) -> None:
    async with session(home) as client:
        for answer, content in ((WITH, "full"), (WITHOUT, "metadata"), (NOT, None)):
            client.answer = types.MessageActionItem(answer)
            client.messages.clear()
            await _ask(client)
            await _until(lambda: bool(client.messages))
            assert (await client.request(protocol.STATUS))["recording"]["content"] == content
    assert [each["action"] for each in _decisions(home)] == ["grant", "grant", "withdraw"]


async def test_an_answer_that_was_not_offered_decides_nothing(home: Home) -> None:
    async with session(home, options=ASKING) as client:
        client.answer = types.MessageActionItem("OK")
        await _until(lambda: bool(client.questions))
        assert (await client.request(protocol.STATUS))["recording"]["undecided"]
    assert not home.path.exists()


async def test_a_decision_that_cannot_be_written_says_where(home: Home) -> None:
    home.path.write_text("a file in the folder's place")
    async with session(home) as client:
        client.answer = types.MessageActionItem(WITH)
        await _ask(client)
        await _until(lambda: bool(client.messages))
        assert "cannot be written to" in client.messages[0].message
        assert str(home.consent_log) in client.messages[0].message


def test_a_client_that_never_answers_is_served_all_the_same(home: Home, tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    with Wire(home) as server:
        server.reply = None
        server.begin(options=ASKING)
        server.open(uri, "print(1\n", "python")
        assert server.fixes(uri)
        # Some editors lose a question that is closed, so it is not waited for before the next.
        assert server.ask("workspace/executeCommand", {"command": protocol.CONSENT_ASK}) is None
        deadline = time.monotonic() + 30
        while len(server.questions) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert {each["method"] for each in server.questions} == {"window/showMessageRequest"}
        assert server.end() == 0
    assert not home.path.exists()


def test_nobody_is_asked_while_they_write(home: Home, tmp_path: Path) -> None:
    # Where the question takes the keyboard, the 3 that was meant for the program would answer it.
    uri = (tmp_path / "a.py").as_uri()
    with Wire(home) as server:
        server.begin(options=ASKING)
        server.open(uri, "", "python")
        for version in range(1, 41):
            server.type(uri, version, "3")
            server.status()
            assert server.questions == []
            time.sleep(0.1)
        deadline = time.monotonic() + 30
        while not server.questions:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert server.end() == 0


def test_who_decides_elsewhere_before_the_question_comes_is_not_asked(home: Home) -> None:
    with Wire(home) as server:
        server.begin(options=ASKING)
        server.status()  # it has looked, and nobody had decided
        decide(home, Action.DECLINE, "command line", NOW)
        time.sleep(_ASKED_BY_NOW_SECONDS)
        server.status()
        assert server.questions == []
        assert server.end() == 0


PATIENT_FOR_3_SECONDS = """
import sys
from foretrace_server import asking
from foretrace_server.cli import main
asking._PATIENCE_SECONDS = 3.0
main(sys.argv[3:])
"""


def test_who_writes_on_and_on_is_not_asked_before_the_next_start(
    home: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "a.py").as_uri()
    with Wire(home, interpreter=(sys.executable, "-c", PATIENT_FOR_3_SECONDS)) as server:
        server.begin(options=ASKING)
        server.open(uri, "", "python")
        for version in range(1, 51):
            server.type(uri, version, "3")
            time.sleep(0.1)
        time.sleep(_ASKED_BY_NOW_SECONDS)
        server.status()
        assert server.questions == []
        assert server.end() == 0


def test_who_cannot_be_asked_is_told_what_to_do_instead(home: Home) -> None:
    with Wire(home) as server:
        server.reply = {"error": {"code": -32601, "message": "no such method"}}
        server.begin(options=ASKING)
        deadline = time.monotonic() + 30
        while not (warnings := server.status()["warnings"]):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert "`foretrace consent grant`" in warnings[0]
        assert server.end() == 0
    assert not home.path.exists()


async def test_an_answer_holds_for_what_is_typed_after_it(home: Home) -> None:
    async with session(home, options=ASKING) as client:
        client.answer = types.MessageActionItem(WITH)
        await _until(lambda: bool(client.messages))
        client.open("file:///project/a.txt", "after\n", "plaintext")
        client.save("file:///project/a.txt", "after\n")
        status = await client.request(protocol.STATUS)
        assert status["recording"]["recording"]
    assert read_consent(home, NOW).content is Content.FULL
    assert home.traces.exists()
