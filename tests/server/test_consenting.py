"""Consent from within an editor: the notice, the decisions, and what is not one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.clients import Client, session

from foretrace_server import protocol
from foretrace_telemetry.home import Home

URI = "file:///project/program.py"


async def _command(client: Client, command: str, *arguments: Any) -> Any:
    params = types.ExecuteCommandParams(command, list(arguments))
    return await client.workspace_execute_command_async(params)


async def _decide(client: Client, *arguments: Any) -> Any:
    return await _command(client, protocol.CONSENT_DECIDE, *arguments)


async def test_the_notice_is_shown_without_deciding_anything(home: Home) -> None:
    async with session(home) as client:
        notice = await _command(client, protocol.CONSENT_NOTICE)
        assert notice["version"] == 4
        assert str(home.path) in notice["text"]
        assert (await client.request(protocol.STATUS))["recording"]["undecided"]
    assert not home.path.exists()


async def test_a_decline_is_all_that_is_written(home: Home) -> None:
    async with session(home) as client:
        holds = await _decide(client, "decline")
        assert (holds["recording"], holds["undecided"]) == (False, False)
        client.open(URI, "x = 1\n")
        client.save(URI)
        assert "declined" in (await client.request(protocol.STATUS))["recording"]["reason"]
    (decision,) = home.consent_log.read_text().splitlines()
    assert json.loads(decision)["action"] == "decline"
    assert [path.name for path in home.path.iterdir()] == [home.consent_log.name]


async def test_a_grant_says_what_it_covers_and_who_took_it_down(home: Home) -> None:
    async with session(home) as client:
        terms = {"content": "metadata", "scopes": ["own-model"]}
        holds = await _decide(client, "grant", terms)
        assert (holds["content"], holds["scopes"]) == ("metadata", ["local", "own-model"])
        assert (await _decide(client, "pause"))["paused"]
        assert (await _decide(client, "resume"))["recording"]
        assert not (await _decide(client, "withdraw"))["recording"]
    decisions = [json.loads(line) for line in home.consent_log.read_text().splitlines()]
    assert [each["action"] for each in decisions] == ["grant", "pause", "resume", "withdraw"]
    assert {each["decided_by"] for each in decisions} == {"unknown"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["agree"], "action must be one of grant, decline"),
        (["grant"], "content must be one of full, metadata, not None"),
        (["grant", {"content": "everything"}], "content must be one of full, metadata"),
        (["grant", {"content": "full", "scopes": ["family"]}], "scopes must be one of local"),
        (["grant", {"content": "full", "scopes": "local"}], "scopes must be a list"),
        (["grant", "full"], "the terms of a decision must be an object"),
    ],
)
async def test_what_is_not_a_decision_is_refused_and_changes_nothing(
    home: Home, arguments: list[Any], problem: str
) -> None:
    async with session(home) as client:
        with pytest.raises(JsonRpcException, match=problem):
            await _decide(client, *arguments)
        assert (await client.request(protocol.STATUS))["recording"]["undecided"]
    assert not home.path.exists()


async def test_a_decision_that_cannot_be_written_says_where(home: Home) -> None:
    home.path.write_text("a file in the folder's place")
    async with session(home) as client:
        with pytest.raises(JsonRpcException, match=r"cannot be written to .*consent\.jsonl"):
            await _decide(client, "decline")
