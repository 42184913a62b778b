"""The policy of a machine in force: real processes see it where only an administrator can write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import SERVER, TRUSTED, Client, session
from tests.courses import make_course, served
from tests.machine_policies import Machine, make_machine
from tests.stored import recorded

from foretrace_models.repair.assignment import Level
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from foretrace_telemetry.machine_policy import CEILINGS, PATH
from foretrace_telemetry.store import Store

TEXT = "def largest(numbers):\n    return max(numbers\n"
OFF = 'ceiling = "off"\nmessage = "The desk of the lab knows more."\n'
PATIENCE_SECONDS = 60


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return make_machine(tmp_path / "machine")


def on(machine: Machine) -> tuple[str, ...]:
    return (*machine.prefix, *SERVER)


async def why(client: Client, uri: str) -> dict[str, Any]:
    answer = await client.request("foretrace/why", {"textDocument": {"uri": uri}})
    assert isinstance(answer, dict)
    return answer


async def until(holds: Callable[[], Any]) -> None:
    async def asked_again() -> None:
        while not await holds():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.2)

    await asyncio.wait_for(asked_again(), PATIENCE_SECONDS)


def program(tmp_path: Path) -> str:
    path = tmp_path / "largest.py"
    path.write_text(TEXT)
    return path.as_uri()


def test_ceilings_are_the_levels_of_help() -> None:
    assert tuple(level.value for level in Level) == CEILINGS


async def test_where_help_is_off_nothing_is_shown_and_no_process_is_started(
    machine: Machine, home: Home, tmp_path: Path
) -> None:
    machine.rule(OFF)
    uri = program(tmp_path)
    async with session(home, options=TRUSTED, server=on(machine)) as client:
        client.open(uri, TEXT)
        client.save(uri, TEXT)
        assert await client.fixes(uri) == []
        assert not client.diagnostics.get(uri)
        answer = await why(client, uri)
        assert answer["ceiling"] == "off"
        assert answer["reasons"][0] == {
            "code": "machine",
            "message": "this machine's policy allows no help: The desk of the lab knows more",
        }
        intent = await client.request("foretrace/intent", {"textDocument": {"uri": uri}})
        assert intent["activities"] == []
        status = await client.request("foretrace/status")
        (limit,) = status["help"]["limits"]
        assert (limit["course"], limit["ceiling"]) == (None, "off")
        assert status["worker"] == "not started"
        assert status["traceModel"]["worker"] == status["model"]["worker"] == "not started"
        assert client.messages == []


async def test_it_begins_and_ends_in_an_open_editor(
    machine: Machine, home: Home, tmp_path: Path
) -> None:
    uri = program(tmp_path)
    async with session(home, options=TRUSTED, server=on(machine)) as client:
        client.open(uri, TEXT)
        assert await client.fixes(uri)
        machine.rule(OFF)

        async def nothing_stands_there() -> bool:
            return not client.diagnostics.get(uri) and not await client.fixes(uri)

        await until(nothing_stands_there)
        machine.file.unlink()
        await until(lambda: client.fixes(uri))


async def test_the_strictest_of_machine_and_person_holds(
    machine: Machine, home: Home, tmp_path: Path
) -> None:
    machine.rule('ceiling = "hint"\n')
    uri = program(tmp_path)
    async with session(home, options={**TRUSTED, "level": "fix"}, server=on(machine)) as client:
        client.open(uri, TEXT)
        assert await client.fixes(uri) == []
        assert (await why(client, uri))["level"] == "hint"
        for _ in range(4):
            assert (await client.more_help(uri))["level"] == "hint"
        assert len(client.diagnostics[uri]) == 1
    async with session(home, options={**TRUSTED, "level": "nudge"}, server=on(machine)) as client:
        client.open(uri, TEXT)
        await client.fixes(uri)
        assert (await why(client, uri))["level"] == "nudge"


async def test_where_recording_is_forbidden_nothing_is_recorded_and_nobody_asked(
    machine: Machine, consented: Home, tmp_path: Path
) -> None:
    machine.rule('recording = "never"\n')
    uri = program(tmp_path)
    options = {**TRUSTED, "askConsent": True}
    async with session(consented, options=options, server=on(machine)) as client:
        client.open(uri, TEXT)
        client.save(uri, TEXT)
        status = await client.request("foretrace/status")
        assert status["recording"]["recording"] is False
        assert status["recording"]["reason"] == "this machine's policy forbids recording"
        assert status["machine"]["mayRecord"] is False
        with pytest.raises(Exception, match="this machine's policy forbids recording"):
            await client.command("foretrace.consent.decide", "grant", {"content": "metadata"})
        await client.fixes(uri)
        assert client.questions == []
    assert not consented.traces.exists()


async def test_where_text_is_forbidden_it_is_neither_recorded_nor_asked_for(
    machine: Machine, consented: Home, tmp_path: Path
) -> None:
    machine.rule('recording = "metadata"\n')
    uri = program(tmp_path)
    async with session(consented, options=TRUSTED, server=on(machine)) as client:
        client.open(uri, TEXT)
        client.save(uri, TEXT)
        await client.fixes(uri)
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams("foretrace.consent.ask")
        )

        async def was_asked() -> bool:
            return bool(client.questions)

        await until(was_asked)
        (question,) = client.questions
        titles = [action.title for action in question.actions or ()]
        assert titles == ["Don't record", "Record without text"]
    assert recorded(consented)
    with closing(Store.read(consented)) as store:
        assert store.names()
    assert b"largest" not in consented.traces.read_bytes()


async def test_where_programs_are_forbidden_none_is_run(
    machine: Machine, home: Home, tmp_path: Path
) -> None:
    machine.rule('run_programs = "never"\n')
    uri = program(tmp_path)
    async with session(home, options=TRUSTED, server=on(machine)) as client:
        client.open(uri, TEXT)
        assert await client.fixes(uri)
        answer = await why(client, uri)
        assert {"code": "machine", "message": "this machine's policy forbids running programs"} in (
            answer["reasons"]
        )
        status = await client.request("foretrace/status")
        assert (status["programs"]["mayRun"], status["programs"]["boundary"]) == (False, None)


async def test_a_file_that_is_wrong_forbids_all_and_is_told(
    machine: Machine, consented: Home, tmp_path: Path
) -> None:
    machine.rule('sending = "never"\nceling = "off"\n')
    uri = program(tmp_path)
    async with session(consented, options=TRUSTED, server=on(machine)) as client:
        client.open(uri, TEXT)
        assert await client.fixes(uri) == []

        async def was_warned() -> bool:
            return bool(client.messages)

        await until(was_warned)
        (told,) = client.messages
        assert f"{PATH}, line 2: unknown key 'celing'" in told.message
        status = await client.request("foretrace/status")
        assert status["recording"]["recording"] is False
        assert status["programs"]["mayRun"] is False
        assert "line 2" in status["machine"]["message"]
        assert status["warnings"]
    assert not consented.traces.exists()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Where a course is served, and a token for it."""
    course, tokens = make_course(tmp_path / "course", "ada")
    with served(course) as server:
        yield f"http://127.0.0.1:{server.port}", tokens["ada"]


async def test_where_sending_is_forbidden_no_course_hears_anything(
    machine: Machine, consented: Home, tmp_path: Path, address: tuple[str, str]
) -> None:
    url, token = address
    grant(consented, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    machine.rule('sending = "never"\n')
    refused = machine.foretrace(consented, "collect", "join", url, FORETRACE_COURSE_TOKEN=token)
    assert refused.returncode == 2
    assert "this machine's policy forbids sending anything" in refused.stderr
    machine.rule("")
    joined = machine.foretrace(consented, "collect", "join", url, FORETRACE_COURSE_TOKEN=token)
    assert joined.returncode == 0, joined.stderr
    machine.rule('sending = "never"\n')
    pushed = machine.foretrace(consented, "collect", "push")
    assert (pushed.returncode, "forbids sending" in pushed.stderr) == (2, True)
    status = machine.foretrace(consented, "collect", "status").stdout
    assert "Nothing is sent: this machine's policy forbids sending anything." in status
    async with session(consented, options=TRUSTED, server=on(machine)) as client:
        sending = (await client.request("foretrace/status"))["sending"]
        assert sending["trouble"] == "this machine's policy forbids sending anything"


def test_a_permission_is_refused_and_no_variable_lifts_that(
    machine: Machine, home: Home, tmp_path: Path
) -> None:
    machine.rule('recording = "never"\nmessage = "Ask the desk."\n')
    names = ("XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "HOME")
    done = machine.foretrace(
        home, "consent", "grant", **dict.fromkeys(names, str(tmp_path / "elsewhere"))
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "this machine's policy forbids recording: Ask the desk" in done.stderr
    assert not home.path.exists()
    shown = machine.foretrace(home, "consent", "show").stdout
    assert shown == "Nothing is recorded: this machine's policy forbids recording: Ask the desk.\n"


def test_the_doctor_tells_the_policy_and_what_is_wrong_with_it(
    machine: Machine, home: Home
) -> None:
    assert machine.foretrace_json(home, "doctor")["policy"] == {
        "ok": True,
        "message": f"this machine has none ({PATH})",
    }
    machine.rule('ceiling = "hint"\nrecording = "never"\n')
    assert machine.foretrace_json(home, "doctor")["policy"] == {
        "ok": True,
        "message": "this machine's policy allows up to a hint, forbids recording",
    }
    machine.file.chmod(0o666)
    found = machine.foretrace_json(home, "doctor")["policy"]
    assert (found["ok"], f"{PATH} can be changed by others" in found["message"]) == (False, True)
    machine.rule('ceiling = "none"\n')
    found = machine.foretrace_json(home, "doctor")["policy"]
    assert not found["ok"]
    assert f"{PATH}, line 1: ceiling must be" in found["message"]
