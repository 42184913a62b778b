"""How long the language model takes: driven through its own process, as the server drives it.

All figures of one run come from the same machine at the same time. What makes the model fast is
switched off one thing at a time; in single precision the output must not change by that.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from attrs import frozen

from foretrace_models.prompts import STOP
from foretrace_server.bench.edit_prompts import EditPrompt, edit_prompts
from foretrace_server.worker import Worker

_LONGEST_SECONDS = 600.0
_CHARACTERS_PER_TOKEN = 2
_MORE_TOKENS = 16
_SHORTEST_ANSWER = 32
_CANCELS = 10
_CANCEL_AFTER_SECONDS = 0.3

Tell = Callable[[str], None]


@frozen
class Way:
    """A way to ask: with what makes it fast, or without."""

    lookup: bool = True
    reuse: bool = True

    def __str__(self) -> str:
        return f"lookup {'on' if self.lookup else 'off'}, reuse {'on' if self.reuse else 'off'}"


FAST = Way()
WAYS = (FAST, Way(lookup=False), Way(reuse=False), Way(lookup=False, reuse=False))


@frozen
class Answer:
    """One answer and its times: `seconds` as seen from outside, `first_seconds` from within."""

    text: str
    tokens: int
    steps: int
    first_seconds: float
    seconds: float


@frozen
class Run:
    """What to measure. `model` is one that was fetched, the one in use, or random:SHAPE."""

    model: str | None
    device: str
    threads: int | None
    concurrency: Sequence[int]
    limit: int
    seed: int


async def measure(run: Run, tell: Tell) -> dict[str, Any]:
    """Return all figures as a JSON object.

    Raises:
        WorkerError: the model does not answer.
    """
    prompts = edit_prompts(run.limit, run.seed)
    figures: dict[str, Any] = {
        "dataset": "edit prompts of Foretrace's own",
        "n": len(prompts),
        "seed": run.seed,
    }
    async with _worker(run, "--rows", str(max(8, *run.concurrency))) as worker:
        started = time.perf_counter()
        about = await worker.ask("info", {"load": True}, _LONGEST_SECONDS)
        figures["load_seconds"] = time.perf_counter() - started
        figures.update({key: about.get(key) for key in ("name", "device", "precision", "threads")})
        tell(f"{about['name']} on {about['device']} in {about['precision']}")
        answers = await _all_ways(worker, prompts, tell)
        figures["ways"] = {str(way): _summary(found) for way, found in answers.items()}
        served = answers[FAST]
        figures["memory_bytes"] = (await worker.ask("info", {}, _LONGEST_SECONDS))["memory_bytes"]
        figures["concurrency"] = {}
        same = {}
        for count in run.concurrency:
            tell(f"{count} at once")
            found, wall = await _at_once(worker, prompts, count)
            about = await worker.ask("info", {}, _LONGEST_SECONDS)
            figures["concurrency"][str(count)] = {
                **_summary(found, wall),
                "memory_bytes": about["memory_bytes"],
            }
            same[f"{count} at once against one by one"] = _same(found, served)
        figures["cancel_to_idle_seconds"] = await _cancels(worker, prompts)
        figures["device_memory_bytes"] = about.get("device_memory_bytes")
    exact = answers
    if about["precision"] != "fp32":
        async with _worker(run, "--precision", "fp32") as worker:
            tell("the same in fp32, for comparison")
            exact = await _all_ways(worker, prompts, tell)
            figures["fp32_ways"] = {str(way): _summary(found) for way, found in exact.items()}
        same[f"{about['precision']} against fp32"] = _same(served, exact[FAST])
    for way in WAYS[1:]:
        same[f"fp32, {way} against all on"] = _same(exact[way], exact[FAST])
    figures["same_output"] = {name: f"{count} of {len(prompts)}" for name, count in same.items()}
    return figures


@contextlib.asynccontextmanager
async def _worker(run: Run, *more: str) -> AsyncIterator[Worker]:
    options = ["--device", run.device, *more]
    options += ["--model", run.model] if run.model else []
    options += ["--threads", str(run.threads)] if run.threads else []
    worker = Worker("the model's process", "-m", "foretrace_models.model_worker", *options)
    try:
        yield worker
    finally:
        await worker.end()


async def _all_ways(
    worker: Worker, prompts: Sequence[EditPrompt], tell: Tell
) -> dict[Way, list[Answer]]:
    answers = {}
    for way in WAYS:
        tell(f"one by one, {way}")
        await worker.ask("forget", {}, _LONGEST_SECONDS)
        answers[way] = [await ask(worker, prompt, way) for prompt in prompts]
    return answers


async def _at_once(
    worker: Worker, prompts: Sequence[EditPrompt], count: int
) -> tuple[list[Answer], float]:
    """Keep so many requests under way until all are answered; return how long that took, too."""
    await worker.ask("forget", {}, _LONGEST_SECONDS)
    slots = asyncio.Semaphore(count)

    async def one(prompt: EditPrompt) -> Answer:
        async with slots:
            return await ask(worker, prompt, FAST)

    started = time.perf_counter()
    answers = await asyncio.gather(*map(one, prompts))
    return list(answers), time.perf_counter() - started


async def ask(worker: Worker, prompt: EditPrompt, way: Way) -> Answer:
    """Return the model's answer to a prompt.

    Raises:
        WorkerError: there is none.
    """
    params = {
        "prompt": prompt.text,
        "max_tokens": most_tokens(prompt),
        "stop": [STOP],
        "lookup": way.lookup,
        "reuse": way.reuse,
    }
    started = time.perf_counter()
    answer = await worker.ask("generate", params, _LONGEST_SECONDS)
    seconds = time.perf_counter() - started
    return Answer(
        answer["text"], answer["tokens"], answer["steps"], answer["first_seconds"], seconds
    )


async def _cancels(worker: Worker, prompts: Sequence[EditPrompt]) -> dict[str, float]:
    """Return how long the model goes on after nobody waits for its answer any more."""
    took = []
    for prompt in itertools.islice(itertools.cycle(prompts), _CANCELS):
        await worker.ask("forget", {}, _LONGEST_SECONDS)
        asking = asyncio.create_task(ask(worker, prompt, Way(lookup=False)))
        await asyncio.sleep(_CANCEL_AFTER_SECONDS)
        asking.cancel()
        started = time.perf_counter()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        while (await worker.ask("info", {}, _LONGEST_SECONDS))["busy"]:
            pass
        took.append(time.perf_counter() - started)
    return _percentiles(took)


def most_tokens(prompt: EditPrompt) -> int:
    """Return how many tokens an answer may have, some more than the perfect one."""
    return max(_SHORTEST_ANSWER, len(prompt.perfect) // _CHARACTERS_PER_TOKEN) + _MORE_TOKENS


def _summary(answers: Sequence[Answer], wall_seconds: float | None = None) -> dict[str, Any]:
    tokens = sum(answer.tokens for answer in answers)
    first = sum(answer.first_seconds for answer in answers)
    seconds = sum(answer.seconds for answer in answers)
    written = sum(max(0, answer.tokens - 1) for answer in answers)
    return {
        "first_token_seconds": _percentiles([answer.first_seconds for answer in answers]),
        "answer_seconds": _percentiles([answer.seconds for answer in answers]),
        "tokens": tokens,
        "tokens_per_step": tokens / sum(answer.steps for answer in answers),
        "tokens_per_second": tokens / (wall_seconds or seconds),
        "tokens_per_second_after_first": written / (seconds - first)
        if wall_seconds is None
        else None,
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    if len(values) == 1:
        return {"p50": values[0], "p95": values[0]}
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"p50": statistics.median(values), "p95": cuts[-1]}


def _same(answers: Sequence[Answer], others: Sequence[Answer]) -> int:
    return sum(one.text == other.text for one, other in zip(answers, others, strict=True))
