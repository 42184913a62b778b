"""The model's worker as a process: many requests, bad ones, cancelled ones, too little memory."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.models import tiny

from foretrace_models.fetch import fetch
from foretrace_models.next_edit.moment import Keystroke, Moment
from foretrace_models.next_edit.proposal import Answer, Place, Quiet, Silence
from foretrace_models.next_edit.rewriting import REWRITE, asked_of, edit_of
from foretrace_server.worker import Worker, WorkerError
from foretrace_telemetry.home import Home

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

SECONDS = 120.0
PROGRAM = "def add(a, b):\n    total = a + b\n    return total\n"

Start = Callable[..., Worker]


@pytest.fixture
async def start(home: Home, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    """Start workers, and end them after the test."""
    monkeypatch.setenv("FORETRACE_HOME", str(home.path))
    workers: list[Worker] = []

    def started(*options: str) -> Worker:
        workers.append(Worker("the model", "-m", "foretrace_models.model_worker", *options))
        return workers[-1]

    yield started
    for worker in workers:
        await worker.end()


def _generate(worker: Worker, prompt: str, max_tokens: int = 8, **options: Any) -> Any:
    params = {"prompt": prompt, "max_tokens": max_tokens, **options}
    return worker.ask("generate", params, SECONDS)


async def _until(worker: Worker, busy: bool) -> None:
    for _ in range(200):
        if bool((await worker.ask("info", {}, SECONDS))["busy"]) is busy:
            return
    raise AssertionError(f"it is not {'busy' if busy else 'idle'}, though asked for long")


async def test_requests_at_once_are_answered_as_one_by_one(start: Start) -> None:
    worker = start("--model", "random:tiny", "--precision", "fp32")
    prompts = [f"{PROGRAM}print(add({n}, 1))" for n in range(12)]
    together = await asyncio.gather(*(_generate(worker, prompt) for prompt in prompts))
    await worker.ask("forget", {}, SECONDS)
    alone = [await _generate(worker, prompt, reuse=False) for prompt in prompts]
    assert [each["text"] for each in together] == [each["text"] for each in alone]
    assert any(each["reused_tokens"] for each in together)


async def test_a_bad_request_gets_an_error_and_the_next_an_answer(start: Start) -> None:
    worker = start("--model", "random:tiny")
    for method, params, words in (
        ("generate", {"prompt": "", "max_tokens": 1}, "empty"),
        ("generate", {"prompt": "x" * 9999, "max_tokens": 1}, "too many for this model"),
        ("generate", {"prompt": "x"}, "KeyError"),
        ("propose", {"text": "### Program\n", "seconds": 5}, "a line begins with"),
        ("dance", {}, "KeyError"),
    ):
        with pytest.raises(WorkerError, match=words):
            await worker.ask(method, params, SECONDS)
    assert (await _generate(worker, PROGRAM))["tokens"] > 0


async def test_a_cancelled_request_is_left_within_a_step(start: Start) -> None:
    worker = start("--model", "random:tiny")
    await _generate(worker, PROGRAM)
    asking = asyncio.create_task(_generate(worker, PROGRAM, 1500, lookup=False))
    await _until(worker, busy=True)
    asking.cancel()
    await _until(worker, busy=False)


async def test_what_is_written_until_the_deadline_is_the_answer(start: Start) -> None:
    worker = start("--model", "random:tiny")
    await _generate(worker, PROGRAM)
    answer = await _generate(worker, PROGRAM, 1900, lookup=False, seconds=0.2)
    assert answer["reason"] == "deadline"
    assert 0 < answer["tokens"] < 1900


async def test_a_model_of_a_folder_serves_and_says_so(
    start: Start, home: Home, tmp_path: Path
) -> None:
    fetch(home, str(tiny.make(tmp_path / "tiny")))
    worker = start("--device", "cpu")
    assert not (await worker.ask("info", {}, SECONDS))["loaded"]
    answer = await _generate(worker, PROGRAM + "é <|end|>")
    about = await worker.ask("info", {}, SECONDS)
    assert (about["name"], about["device"], about["loaded"]) == ("tiny", "cpu", True)
    assert answer["prompt_tokens"] == len((PROGRAM + "é <|end|>").encode())


async def test_proposals_are_whole_programs_that_differ_in_few_lines(
    start: Start, tmp_path: Path
) -> None:
    worker = start("--model", "random:tiny", "--precision", "fp32")
    answer = await worker.ask("propose", {"text": PROGRAM, "seconds": 60.0}, SECONDS)
    assert answer["branches"] > 0
    for proposal in answer["proposals"]:
        kept = set(PROGRAM.splitlines()) & set(proposal["text"].splitlines())
        assert len(kept) >= 2
        assert proposal["text"] != PROGRAM


async def test_a_window_is_rewritten_in_its_time_and_no_further_than_it_makes_sense(
    start: Start,
) -> None:
    worker = start("--model", "random:tiny", "--precision", "fp32")
    moment = Moment("n = 1\nprint(m)\nprint(k)\n", (Keystroke(0, "m", "n"),), "python")
    asked = asked_of(moment, Answer(Silence(Quiet.NO_PATTERN), (Place(1, 0.5),)))
    assert asked is not None
    answer = await worker.ask(REWRITE, {**asked.params, "seconds": 60.0}, SECONDS)
    # What weights at random write is no line of a program.
    assert answer["text"]
    assert not answer["finished"]
    assert edit_of(asked, answer) == Silence(Quiet.UNREADABLE)
    for params, seconds in (
        (asked.params, 0.0),
        ({"prompt": "x", "window": ["x" * 5000]}, 60.0),
    ):
        answer = await worker.ask(REWRITE, {**params, "seconds": seconds}, SECONDS)
        assert (answer["text"], answer["finished"]) == ("", False)


async def test_without_weights_the_answer_is_how_to_get_them(start: Start) -> None:
    with pytest.raises(WorkerError, match="foretrace model fetch"):
        await _generate(start(), PROGRAM)


async def test_broken_weights_are_an_answer(start: Start, home: Home, tmp_path: Path) -> None:
    folder = tiny.make(tmp_path / "tiny")
    fetch(home, str(folder))
    (folder / "model.safetensors").write_bytes(b"nothing")
    worker = start("--device", "cpu")
    for _ in range(2):
        with pytest.raises(WorkerError, match="tiny"):
            await _generate(worker, PROGRAM)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a ceiling for memory")
async def test_too_little_memory_is_an_answer_and_not_a_crash(start: Start) -> None:
    worker = start("--model", "random:1.5b", "--device", "cpu", "--memory-bytes", str(1 << 30))
    with pytest.raises(WorkerError, match="more memory than it may have"):
        await _generate(worker, PROGRAM)
    assert worker.state == "running"
    assert not (await worker.ask("info", {}, SECONDS))["loaded"]


async def test_a_process_that_nobody_needs_ends_and_comes_back(start: Start) -> None:
    worker = start("--model", "random:tiny", "--idle-seconds", "0.5")
    first = await _generate(worker, PROGRAM)
    for _ in range(600):
        if worker.state != "running":
            break
        await asyncio.sleep(0.05)
    assert worker.state == "not started"
    assert (await _generate(worker, PROGRAM))["text"] == first["text"]


async def test_the_process_leaves_the_machine_to_others(start: Start) -> None:
    if not hasattr(os, "nice"):
        pytest.skip("there are no priorities here")
    worker = start("--model", "random:tiny")
    about = await worker.ask("info", {"load": True}, SECONDS)
    assert about["niceness"] >= 10
    assert about["threads"] < max(2, os.cpu_count() or 1)
