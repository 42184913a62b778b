"""Diagnosing: asks the rules and, where a person asked for help, a language model beside them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from attrs import evolve

from foretrace_models.repair.diagnosis import (
    Diagnosis,
    Proof,
    Reason,
    Situation,
    diagnosis_from_json,
    to_json,
)
from foretrace_models.repair.samples import Proposal

if TYPE_CHECKING:
    from foretrace_server.model import Model
    from foretrace_server.worker import Worker

_GRACE_SECONDS = 5.0
# Where a model helps, the rules have this share of the time, and its proposals are tried in the
# rest.
_RULES_SHARE = 0.65


async def diagnose(worker: Worker, situation: Situation, seconds: float) -> Diagnosis:
    """Return what the rules find in so many seconds.

    Raises:
        WorkerError: the worker gives no answer.
    """
    params = {"situation": to_json(situation), "seconds": seconds}
    return diagnosis_from_json(await worker.ask("diagnose", params, seconds + _GRACE_SECONDS))


async def diagnose_with_model(
    worker: Worker, model: Model, situation: Situation, seconds: float
) -> Diagnosis:
    """Return what the rules find or, if that is nothing, what a language model's proposals give.

    The model works while the rules do; without one, the rules have all the time.

    Raises:
        WorkerError: the worker gives no answer.
    """
    if not (model.available and situation.may_run):
        return await diagnose(worker, situation, seconds)
    ends = time.monotonic() + seconds
    proposing = asyncio.create_task(_proposals(model, situation, seconds * _RULES_SHARE))
    try:
        found = await diagnose(worker, situation, seconds * _RULES_SHARE)
        if found.why is None or found.why.reason is not Reason.NO_FIX_FOUND:
            return found
        proposals = await proposing
        left = ends - time.monotonic()
        if not proposals or left <= 0:
            return found
        again = await diagnose(worker, evolve(situation, proposals=proposals), left)
        proven = again.fix is not None and again.fix.proof is not Proof.PARSES
        return again if proven else found
    finally:
        proposing.cancel()


async def _proposals(model: Model, situation: Situation, seconds: float) -> tuple[Proposal, ...]:
    params = {"text": situation.text, "path": str(situation.path) if situation.path else None}
    answer = await model.ask("propose", params, seconds)
    return tuple(Proposal(**each) for each in answer["proposals"]) if answer else ()
