"""The language model behind the server: missing, slow, killed, and helpful all the same."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from tests.clients import TRUSTED, Client, applied, session
from tests.kills import kill_again_and_again
from tests.models import tiny
from tests.processes import command_of, descendants, have_ended

from foretrace_models.fetch import fetch
from foretrace_server import protocol
from foretrace_server import worker as worker_module
from foretrace_server.model import language_model
from foretrace_server.worker import Worker
from foretrace_telemetry.home import Home

TESTS = (
    '[assignment]\nid = "price"\nentry = "price.py"\n'
    '[[test]]\ncall = "price(2)"\nexpected = "500"\n'
)
# No rule mends the first; one mends the second.
BEYOND_RULES = "def price(count):\n    return count * 137\n"
WITHIN_RULES = "def price(count)\n    return count * 250\n"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "foretrace.toml").write_text(TESTS)
    return folder / "price.py"


@pytest.fixture
def with_model(home: Home, tmp_path: Path) -> Home:
    """A data folder with a tiny model, which proposes nonsense."""
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    fetch(home, str(tiny.make(tmp_path / "tiny")))
    return home


async def _status(client: Client) -> dict[str, Any]:
    status: dict[str, Any] = (await client.request(protocol.STATUS))["model"]
    return status


def _model_processes(client: Client) -> set[int]:
    server: int = client._server.pid  # type: ignore[union-attr]
    return {pid for pid in descendants(server) if "model_worker" in command_of(pid)}


async def test_without_weights_rules_answer_and_status_says_how_to_get_some(
    home: Home, program: Path
) -> None:
    async with session(home, options=TRUSTED) as client:
        client.open(program.as_uri(), WITHIN_RULES)
        (action,) = await client.fixes(program.as_uri())
        status = await _status(client)
        assert (status["available"], status["worker"]) == (False, "not started")
        assert "foretrace model fetch" in status["reason"]
        assert not _model_processes(client)
    assert applied(WITHIN_RULES, action) == "def price(count):\n    return count * 250\n"


async def test_the_model_starts_only_when_help_is_asked_for(
    with_model: Home, program: Path
) -> None:
    async with session(with_model, options=TRUSTED) as client:
        client.open(program.as_uri(), BEYOND_RULES)
        assert (await _status(client))["available"]
        await client.fixes(program.as_uri(), trigger=None)
        assert not _model_processes(client)
        await client.fixes(program.as_uri())
        assert len(_model_processes(client)) == 1
        assert (await _status(client))["worker"] == "running"


async def test_the_model_does_not_start_where_programs_may_not_run(
    with_model: Home, program: Path
) -> None:
    async with session(with_model, options={"workspaceTrusted": False}) as client:
        client.open(program.as_uri(), BEYOND_RULES)
        await client.fixes(program.as_uri())
        assert not _model_processes(client)


async def test_the_model_ends_with_the_server(with_model: Home, program: Path) -> None:
    async with session(with_model, options=TRUSTED) as client:
        client.open(program.as_uri(), BEYOND_RULES)
        await client.fixes(program.as_uri())
        processes = _model_processes(client)
    assert processes
    assert have_ended(processes)


async def test_the_model_killed_while_it_works_costs_no_answer(
    with_model: Home, program: Path
) -> None:
    async with session(with_model, options=TRUSTED) as client:
        client.open(program.as_uri(), BEYOND_RULES)
        asked = asyncio.create_task(client.fixes(program.as_uri()))
        for _ in range(100):
            if processes := _model_processes(client):
                break
            await asyncio.sleep(0.05)
        for pid in processes:
            os.kill(pid, 9)
        assert await asyncio.wait_for(asked, 12) == []
        client.close(program.as_uri())
        client.open(program.as_uri(), WITHIN_RULES)
        assert await client.fixes(program.as_uri())


async def test_the_shipped_trace_model_mends_what_no_rule_does(home: Home, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    wrong = "def helloWorld():\n    return 1\n"
    (tmp_path / "foretrace.toml").write_text(
        '[assignment]\nid = "helloWorld"\nentry = "hello.py"\n'
        '[[test]]\ncall = "helloWorld()"\nexpected = "\'Hello World!\'"\n'
    )
    uri = (tmp_path / "hello.py").as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, wrong)
        assert await client.fixes(uri, trigger=None) == []
        before = (await client.request(protocol.STATUS))["traceModel"]
        for _ in range(10):  # it gives way to all else, and on a busy machine is too late at first
            if actions := await client.fixes(uri):
                break
        after = (await client.request(protocol.STATUS))["traceModel"]
    (action,) = actions
    assert (before["available"], before["worker"], after["worker"]) == (
        True,
        "not started",
        "running",
    )
    assert applied(wrong, action) == "def helloWorld():\n    return 'Hello World!'\n"


async def test_kill_9_again_and_again_under_load_leaves_no_request_unanswered(
    with_model: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORETRACE_HOME", str(with_model.path))
    monkeypatch.setattr(worker_module, "_BACK_OFF_SECONDS", (0.0,))
    model = language_model(with_model)
    toll = await asyncio.wait_for(kill_again_and_again(model, kills=3), 200)
    last = await model.ask("generate", {"prompt": "x", "max_tokens": 4}, 60.0)
    await model.end()
    assert toll.done == toll.asked > toll.killed
    assert last["tokens"] > 0


async def test_too_little_memory_is_said_and_done_without(with_model: Home) -> None:
    model = language_model(with_model)
    options = ("--model", "random:1.5b", "--device", "cpu", "--memory-bytes", str(1 << 30))
    model._worker = Worker("the model", "-m", "foretrace_models.model_worker", *options)
    answer = await model.ask("generate", {"prompt": "x", "max_tokens": 4}, 60.0)
    status = model.status
    await model.end()
    assert answer is None
    assert "more memory than it may have" in status["reason"]
