"""Diagnosing: asks the rules and, where a person asked for help, models after them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from foretrace_models.repair.diagnosis import (
    Diagnosis,
    Problem,
    Proof,
    Reason,
    Situation,
    diagnosis_from_json,
    to_json,
)
from foretrace_models.repair.samples import Proposal
from foretrace_server.worker import WorkerError
from foretrace_telemetry.language import spoken

if TYPE_CHECKING:
    from foretrace_server.model import Model
    from foretrace_server.worker import Worker

log = logging.getLogger(__name__)

_GRACE_SECONDS = 5.0
# Most of what rules can mend they mend sooner than this, and by a smaller change.
_HEAD_START_SECONDS = 1.0
# A model has this share of the time for its proposals; they are tried in the rest.
_MODEL_SHARE = 0.7


@frozen
class Lately:
    """What a model is told beside a program: the problem seen before, and the last change to it."""

    problem: Problem | None = None
    change: str = ""


async def diagnose(worker: Worker, situation: Situation, seconds: float) -> Diagnosis:
    """Return what the rules find in so many seconds.

    Raises:
        WorkerError: the worker gives no answer.
    """
    params = {"situation": to_json(situation), "seconds": seconds, "language": spoken()}
    return diagnosis_from_json(await worker.ask("diagnose", params, seconds + _GRACE_SECONDS))


async def diagnose_with_models(
    worker: Worker,
    second_worker: Worker,
    models: Sequence[Model],
    situation: Situation,
    lately: Lately,
    seconds: float,
) -> Diagnosis:
    """Return what the rules find, or what those models that there are propose, as `soonest` does.

    What they propose is tried by the second worker, so that the rules lose no time by it; each of
    them gets its part of that worker's time.

    Raises:
        WorkerError: the worker gives no answer.
    """
    able = [model for model in models if situation.may_run and model.available]
    told = asked(situation, lately)

    async def try_out(what: Situation, left: float) -> Diagnosis:
        return await diagnose(second_worker, what, left / len(able))

    asking = [partial(proposed, model, told, situation, try_out) for model in able]
    return await soonest(diagnose(worker, situation, seconds), asking, seconds)


async def soonest(
    rules: Coroutine[Any, Any, Diagnosis],
    models: Sequence[Callable[[float], Coroutine[Any, Any, Diagnosis | None]]],
    seconds: float,
) -> Diagnosis:
    """Return what rules find or, if they need long or find nothing, what a model does if sooner.

    The rules have all the time. Models are asked after a head start, with the seconds that are
    left, and answer None where nothing that they propose is proven.

    Raises:
        WorkerError: the rules give no answer.
    """
    ends = time.monotonic() + seconds
    ruling = asyncio.create_task(rules)
    proposing: set[asyncio.Task[Any]] = set()
    try:
        await asyncio.wait({ruling}, timeout=_HEAD_START_SECONDS)
        if ruling.done() and ruling.exception() is None and _settles(ruling.result()):
            return ruling.result()
        left = ends - time.monotonic()
        proposing = {asyncio.create_task(ask(left)) for ask in models if left > 0}
        waiting = {ruling, *proposing}
        while waiting:
            # The rules end by themselves, and nobody waits for a model longer than for them.
            most = None if ruling in waiting else max(0.0, ends - time.monotonic())
            done, waiting = await asyncio.wait(
                waiting, timeout=most, return_when=asyncio.FIRST_COMPLETED
            )
            for task in sorted(done, key=lambda each: each is ruling):
                if task is ruling and task.exception() is not None:
                    continue  # what a model proves is heard all the same
                found: Diagnosis | None = task.result()
                if found is not None and _settles(found):
                    return found
            if not done:
                break
        return ruling.result()
    finally:
        for task in (ruling, *proposing):
            task.cancel()


def _settles(found: Diagnosis) -> bool:
    """Return whether there is nothing more to look for."""
    return found.why is None or found.why.reason is not Reason.NO_FIX_FOUND


async def proposed(
    model: Model,
    told: dict[str, Any],
    situation: Situation,
    try_out: Callable[[Situation, float], Coroutine[Any, Any, Diagnosis]],
    seconds: float,
) -> Diagnosis | None:
    """Return a diagnosis whose fix a model proposed and the tests proved, if there is one."""
    ends = time.monotonic() + seconds
    answer = await model.ask("propose", told, seconds * _MODEL_SHARE)
    proposals = tuple(Proposal(**each) for each in answer["proposals"]) if answer else ()
    left = ends - time.monotonic()
    if not proposals or left <= 0:
        return None
    try:
        found = await try_out(evolve(situation, proposals=proposals), left)
    except WorkerError as error:
        log.info("what the model proposed was not tried: %s", error)
        return None
    proven = found.fix is not None and found.fix.proof is not Proof.PARSES
    return found if proven else None


def asked(situation: Situation, lately: Lately) -> dict[str, Any]:
    """Return what a model is told of a program that it is to correct."""
    problem = lately.problem
    return {
        "text": situation.text,
        "path": str(situation.path) if situation.path else None,
        "failure": problem.hint.what if problem is not None and problem.hint is not None else "",
        "change": lately.change,
        "suspects": [problem.line] if problem is not None else [],
    }
