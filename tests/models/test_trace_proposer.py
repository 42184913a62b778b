"""A trace model proposes the programs that it expects after a broken one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

import torch

from foretrace_models.trace_model.card import SHIPPED
from foretrace_models.trace_model.proposer import Proposer
from foretrace_models.trace_model.weights import load
from foretrace_models.traces.moments import Task
from foretrace_server.worker import Worker, WorkerError

pytestmark = pytest.mark.usefixtures("one_thread")

SECONDS = 60.0
TASK = Task("python", "helloWorld")
ASSIGNMENT = '[assignment]\nid = "helloWorld"\nentry = "hello.py"\n'
WRONG = "def helloWorld():\n    return 1\n"
RIGHT = "def helloWorld():\n    return 'Hello World!'\n"


@pytest.fixture(scope="module")
def shipped() -> Proposer:
    torch.set_num_threads(1)
    return Proposer(load(SHIPPED))


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    """The process with the shipped weights."""
    process = Worker("the trace model", "-m", "foretrace_models.trace_model.worker")
    yield process
    await process.end()


def test_no_program_is_proposed_twice_or_is_the_one_there_was(shipped: Proposer) -> None:
    proposals = shipped.proposals(WRONG, TASK)
    texts = [proposal.text for proposal in proposals]
    assert RIGHT in texts
    assert len(set(texts)) == len(texts)
    assert WRONG not in texts
    bits = [proposal.bits for proposal in proposals]
    assert bits == sorted(bits)
    assert min(bits) > 0


def test_the_same_question_has_the_same_answer(shipped: Proposer) -> None:
    once = shipped.proposals(WRONG, TASK)
    assert once
    assert shipped.proposals(WRONG, TASK) == once


def test_the_line_ends_are_those_of_the_program(shipped: Proposer) -> None:
    texts = [each.text for each in shipped.proposals(WRONG.replace("\n", "\r\n"), TASK)]
    assert RIGHT.replace("\n", "\r\n") in texts
    assert all(text.count("\n") == text.count("\r\n") for text in texts)


def test_no_step_is_taken_without_time(shipped: Proposer) -> None:
    asked: list[bool] = []

    def after_one_step() -> bool:
        asked.append(True)
        return len(asked) > 1

    some = shipped.proposals(WRONG, TASK, after_one_step)
    assert 0 < len(some) < len(shipped.proposals(WRONG, TASK))
    assert shipped.proposals(WRONG, TASK, lambda: True) == []


def test_a_program_longer_than_the_network_can_read_gets_no_proposal(shipped: Proposer) -> None:
    assert shipped.proposals(WRONG + "x = 1\n" * 500, TASK) == []


async def test_the_worker_knows_an_exercise_that_the_weights_have_seen(
    worker: Worker, tmp_path: Path
) -> None:
    (tmp_path / "foretrace.toml").write_text(ASSIGNMENT)
    params = {"text": WRONG, "path": str(tmp_path / "hello.py"), "seconds": SECONDS}
    answer = await worker.ask("propose", params, SECONDS)
    assert RIGHT in [each["text"] for each in answer["proposals"]]


async def test_a_bad_request_gets_an_error_and_the_next_one_an_answer(worker: Worker) -> None:
    for method, params in (("dance", {}), ("propose", {"text": WRONG})):
        with pytest.raises(WorkerError, match="KeyError"):
            await worker.ask(method, params, SECONDS)
    unnamed = {"text": WRONG, "path": None, "seconds": SECONDS}
    assert (await worker.ask("propose", unnamed, SECONDS))["proposals"]


async def test_what_nobody_waits_for_any_more_does_not_keep_the_next_request_waiting(
    worker: Worker,
) -> None:
    params = {"text": WRONG, "path": None, "seconds": SECONDS}
    started = time.monotonic()
    await worker.ask("propose", params, SECONDS)
    await worker.ask("propose", params, SECONDS)
    one_takes = time.monotonic() - started
    asked = [asyncio.create_task(worker.ask("propose", params, SECONDS)) for _ in range(40)]
    await asyncio.sleep(0.1)
    for each in asked:
        each.cancel()
    started = time.monotonic()
    assert (await worker.ask("propose", params, SECONDS))["proposals"]
    assert time.monotonic() - started < 10 * one_takes
