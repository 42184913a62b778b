"""Diagnosing: asks the rules and, where a person asked for help, a language model beside them."""

from __future__ import annotations

import asyncio
import logging
import time
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

if TYPE_CHECKING:
    from foretrace_server.model import Model
    from foretrace_server.worker import Worker

log = logging.getLogger(__name__)

_GRACE_SECONDS = 5.0
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
    params = {"situation": to_json(situation), "seconds": seconds}
    return diagnosis_from_json(await worker.ask("diagnose", params, seconds + _GRACE_SECONDS))


async def diagnose_with_model(
    worker: Worker,
    second_worker: Worker,
    model: Model,
    situation: Situation,
    lately: Lately,
    seconds: float,
) -> Diagnosis:
    """Return what the rules find or, if that comes sooner, what a language model's proposals give.

    The rules have all the time: the model works beside them, and what it proposes is tried by the
    second worker.

    Raises:
        WorkerError: the worker gives no answer.
    """
    if not (model.available and situation.may_run):
        return await diagnose(worker, situation, seconds)
    ruling = asyncio.create_task(diagnose(worker, situation, seconds))
    proposing = asyncio.create_task(_proposed(second_worker, model, situation, lately, seconds))
    try:
        await asyncio.wait({ruling, proposing}, return_when=asyncio.FIRST_COMPLETED)
        if proposing.done() and (proposed := proposing.result()) is not None:
            return proposed
        found = await ruling
        if found.why is None or found.why.reason is not Reason.NO_FIX_FOUND:
            return found
        return await proposing or found
    finally:
        ruling.cancel()
        proposing.cancel()


async def _proposed(
    worker: Worker, model: Model, situation: Situation, lately: Lately, seconds: float
) -> Diagnosis | None:
    """Return a diagnosis whose fix a model proposed and the tests proved, if there is one."""
    ends = time.monotonic() + seconds
    answer = await model.ask("propose", asked(situation, lately), seconds * _MODEL_SHARE)
    proposals = tuple(Proposal(**each) for each in answer["proposals"]) if answer else ()
    left = ends - time.monotonic()
    if not proposals or left <= 0:
        return None
    try:
        found = await diagnose(worker, evolve(situation, proposals=proposals), left)
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
