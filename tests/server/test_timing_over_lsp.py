"""When help comes by itself over the protocol, why it is silent, and what is kept of that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import TRUSTED, Client, data_of, session
from tests.stored import sessions

from foretrace_server import protocol
from foretrace_telemetry.consent import Action, decide
from foretrace_telemetry.events import Actor, Event, SuggestionMoved, SuggestionStage
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store

BROKEN = "total = 0\nfor n in range(3)\n    total += n\nprint(total)\n"
OTHER = "def double(x)\n    return 2 * x\n"
AUTOMATIC = types.CodeActionTriggerKind.Automatic


@pytest.fixture
def uri(tmp_path: Path) -> str:
    """The address of a program."""
    return (tmp_path / "total.py").as_uri()


async def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait until something is so."""
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that in time")


async def looked_at(client: Client, uri: str) -> list[str]:
    """Return why nothing is offered, once the present version was looked at."""
    for _ in range(600):
        if "pending" not in (reasons := await client.why(uri)):
            return reasons
        await asyncio.sleep(0.05)
    raise AssertionError("it was not looked at in time")


async def snooze(client: Client, *minutes: float | None) -> Any:
    return await client.workspace_execute_command_async(
        types.ExecuteCommandParams(protocol.SNOOZE, list(minutes))
    )


async def timing(client: Client) -> dict[str, Any]:
    status = await client.request(protocol.STATUS)
    assert isinstance(status["timing"], dict)
    return status["timing"]


async def dismiss(client: Client, uri: str) -> None:
    fix, *_ = await client.fixes(uri)
    await client.workspace_execute_command_async(
        types.ExecuteCommandParams(protocol.DISMISSED, [data_of(fix)["suggestion"]])
    )


def replaced(text: str) -> types.TextDocumentContentChangeEvent:
    return types.TextDocumentContentChangeWholeDocument(text)


def moves(home: Home) -> list[SuggestionMoved]:
    bodies = [each.event.body for events in sessions(home) for each in events]
    return [body for body in bodies if isinstance(body, SuggestionMoved)]


async def test_the_first_fix_comes_by_itself_after_a_pause(home: Home, uri: str) -> None:
    async with session(home, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        assert await looked_at(client, uri) == []
        assert len(await client.fixes(uri, 1, AUTOMATIC)) == 1


async def test_while_it_is_snoozed_nothing_comes_unless_it_is_asked_for(
    home: Home, uri: str
) -> None:
    async with session(home, options=TRUSTED) as client:
        await snooze(client, 15)
        assert (await timing(client))["snoozed"]
        client.open(uri, BROKEN)
        assert await looked_at(client, uri) == ["snoozed"]
        assert await client.fixes(uri, 1, AUTOMATIC) == []
        assert list(client.diagnostics.get(uri, ())) == []
        assert len(await client.fixes(uri, 1)) == 1


async def test_snoozing_takes_away_what_is_shown_and_ending_it_brings_it_back(
    home: Home, uri: str
) -> None:
    async with session(home, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        await looked_at(client, uri)
        await until(lambda: client.diagnostics.get(uri))
        await snooze(client, None)
        await until(lambda: not client.diagnostics.get(uri))
        assert await client.fixes(uri, 1, AUTOMATIC) == []
        told = await timing(client)
        assert (told["snoozed"], told["snoozedUntil"]) == (True, None)
        await snooze(client, 0)
        await until(lambda: client.diagnostics.get(uri))
        assert len(await client.fixes(uri, 1, AUTOMATIC)) == 1
        assert not (await timing(client))["snoozed"]


async def test_snoozing_ends_by_itself(home: Home, uri: str) -> None:
    async with session(home, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        await looked_at(client, uri)
        await snooze(client, 0.05)
        until_when = (await timing(client))["snoozedUntil"]
        assert datetime.fromisoformat(until_when) > datetime.now(timezone.utc)
        await until(lambda: not client.diagnostics.get(uri))
        await until(lambda: client.diagnostics.get(uri))
        assert await client.why(uri) == []


@pytest.mark.parametrize("minutes", [-1, "long", True, [5]])
async def test_minutes_that_are_none_are_refused(home: Home, minutes: Any) -> None:
    async with session(home, options=TRUSTED) as client:
        with pytest.raises(Exception, match="minutes must be a number"):
            await snooze(client, minutes)
        assert not (await timing(client))["snoozed"]


async def test_after_one_was_turned_down_the_next_waits_but_where_to_look_is_shown(
    home: Home, uri: str, tmp_path: Path
) -> None:
    other = (tmp_path / "double.py").as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        await dismiss(client, uri)
        client.open(other, OTHER)
        assert await looked_at(client, other) == ["rejected"]
        answer = await client.request(protocol.WHY, {"textDocument": {"uri": other}})
        assert "more seconds" in answer["reasons"][0]["message"]
        assert await client.fixes(other, 0, AUTOMATIC) == []
        await until(lambda: client.diagnostics.get(other))
        (mark,) = client.diagnostics[other]
        assert mark.message == "Look at this line: Python cannot read the program here."
        # Asking is always answered.
        assert len(await client.fixes(other)) == 1
        assert await client.why(other) == []


async def test_taking_one_ends_the_silence(home: Home, uri: str, tmp_path: Path) -> None:
    other = (tmp_path / "double.py").as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        await dismiss(client, uri)
        client.open(other, OTHER)
        await client.fixes(other)
        client.change(other, 2, replaced(OTHER.replace(")", "):", 1)))
        client.change(uri, 2, replaced(BROKEN + "\nprint(1\n"))
        assert "rejected" not in await looked_at(client, uri)


async def test_help_waits_for_the_idle_time_that_a_person_wants(home: Home, uri: str) -> None:
    async with session(home, options={**TRUSTED, "minimumIdleMs": 60_000}) as client:
        client.open(uri, OTHER)
        assert await looked_at(client, uri) == []
        client.change(uri, 2, replaced(BROKEN))
        assert await looked_at(client, uri) == ["idle"]
        assert await client.fixes(uri, 1, AUTOMATIC) == []
        # A save is a boundary, and waits for nothing.
        client.save(uri, BROKEN)
        for _ in range(600):
            if await client.why(uri) == []:
                break
            await asyncio.sleep(0.05)
        assert len(await client.fixes(uri, 1, AUTOMATIC)) == 1


async def test_an_idle_time_that_is_none_is_warned_of(home: Home) -> None:
    for wrong in (True, 99, 60_001, 1000.5, "1 s"):
        async with session(home, options={"minimumIdleMs": wrong}) as client:
            status = await client.request(protocol.STATUS)
            assert status["timing"]["minimumIdleMs"] == 1000
            (warning,) = status["warnings"]
            assert warning.startswith("minimumIdleMs must be a whole number from 100 to 60000")


async def test_each_decision_is_kept_with_its_propensity_and_what_led_to_it(
    consented: Home, uri: str
) -> None:
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        await looked_at(client, uri)
        await snooze(client, 15)
        await client.fixes(uri, 1)
    told = [(each.stage, each.trigger, each.propensity, each.silence) for each in moves(consented)]
    offered, superseded, withheld, asked = told[:4]
    assert offered == (SuggestionStage.OFFERED, "pause", 1.0, "")
    assert superseded == (SuggestionStage.SUPERSEDED, "", None, "")
    assert withheld == (SuggestionStage.WITHHELD, "pause", 0.0, "snoozed")
    assert asked == (SuggestionStage.OFFERED, "request", 1.0, "")
    assert all(0 < (each.probability or 0) < 1 for each in moves(consented) if each.trigger)


def decided_before(home: Home, stage: SuggestionStage, count: int = 30) -> None:
    """Record an earlier session in which suggestions came by themselves and all ended alike."""
    store = Store.create(home)
    try:
        writer = store.begin_session(SessionInfo("earlier", 1, "0"))
        for number in range(count):
            shown = SuggestionMoved(
                str(number),
                SuggestionStage.OFFERED,
                trigger="pause",
                propensity=1.0,
                probability=0.3,
            )
            ended = SuggestionMoved(str(number), stage)
            writer.append([Event(1, 1, Actor.USER, body) for body in (shown, ended)])
    finally:
        store.close()


async def test_who_turned_down_all_before_is_told_how_unlikely_the_next_is(
    consented: Home, uri: str
) -> None:
    decided_before(consented, SuggestionStage.DISMISSED)
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        assert await looked_at(client, uri) == ["unlikely"]
        answer = await client.request(protocol.WHY, {"textDocument": {"uri": uri}})
        assert "what speaks against it most: " in answer["reasons"][0]["message"]
        assert await client.fixes(uri, 1, AUTOMATIC) == []
        assert len(await client.fixes(uri, 1)) == 1
    withheld = next(m for m in moves(consented) if m.stage is SuggestionStage.WITHHELD)
    assert (withheld.trigger, withheld.propensity, withheld.silence) == ("pause", 0.0, "unlikely")


async def test_who_took_all_before_is_shown_the_next(consented: Home, uri: str) -> None:
    decided_before(consented, SuggestionStage.ACCEPTED)
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        assert await looked_at(client, uri) == []


async def test_few_decisions_silence_nothing(consented: Home, uri: str) -> None:
    decided_before(consented, SuggestionStage.DISMISSED, 9)
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        assert await looked_at(client, uri) == []


async def test_without_consent_what_was_decided_before_is_not_read(
    consented: Home, uri: str
) -> None:
    decided_before(consented, SuggestionStage.DISMISSED)
    decide(consented, Action.WITHDRAW, "test", datetime.now(timezone.utc))
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, BROKEN)
        assert await looked_at(client, uri) == []
