"""A trace model proposes the programs that it expects after a broken one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

from tests import trace_weights

from foretrace_models.trace_model.proposer import Proposer
from foretrace_models.trace_model.weights import load
from foretrace_models.traces.moments import Task
from foretrace_server.worker import Worker, WorkerError

pytestmark = pytest.mark.usefixtures("one_thread")

SECONDS = 60.0
ASSIGNMENT = '[assignment]\nid = "helloWorld"\nentry = "hello.py"\n'
WRONG = "def helloWorld():\n    return 1\n"
RIGHT = "def helloWorld():\n    return 'Hello World!'\n"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Proposer:
    return Proposer(load(trace_weights.make(tmp_path_factory.mktemp("weights"))))


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    """The process with the shipped weights."""
    process = Worker("the trace model", "-m", "foretrace_models.trace_model.worker")
    yield process
    await process.end()


def test_no_program_is_proposed_twice_or_is_the_one_there_was(tiny: Proposer) -> None:
    proposals = tiny.proposals("x = 1\n", Task("python"))
    texts = [proposal.text for proposal in proposals]
    assert len(set(texts)) == len(texts)
    assert "x = 1\n" not in texts
    bits = [proposal.bits for proposal in proposals]
    assert bits == sorted(bits)


def test_the_same_question_has_the_same_answer(tiny: Proposer) -> None:
    asked = "def add(a, b):\n    return a\n", Task("python", "add")
    assert tiny.proposals(*asked) == tiny.proposals(*asked)


def test_without_time_nothing_is_proposed(tiny: Proposer) -> None:
    assert tiny.proposals("x = 1\n", Task("python"), lambda: True) == []


def test_a_program_longer_than_the_network_can_read_gets_no_proposal(tiny: Proposer) -> None:
    assert tiny.proposals("x = 1\n" * 500, Task("python")) == []


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


async def test_what_nobody_waits_for_is_left_and_the_next_request_answered(worker: Worker) -> None:
    params = {"text": WRONG, "path": None, "seconds": SECONDS}
    asked = [asyncio.create_task(worker.ask("propose", params, SECONDS)) for _ in range(8)]
    await asyncio.sleep(0.1)
    for each in asked[:-1]:
        each.cancel()
    assert (await asked[-1])["proposals"]
