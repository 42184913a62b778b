"""Making: a coder's vector when it is asked for, if that is allowed and there is all it needs."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import cattrs
from attrs import asdict

from foretrace_models.catalogue import missing_packages
from foretrace_models.coder.recorded import Work
from foretrace_models.coder.vector import (
    CoderVector,
    keep,
    sessions_of,
    until_wall_us,
)
from foretrace_models.trace_model.calling import call
from foretrace_models.trace_model.card import ENCODER, NETWORK, WeightsError, read_card
from foretrace_telemetry.consent import Content, read_consent
from foretrace_telemetry.home import Home


class LackError(Exception):
    """There can be no vector; the message says what it lacks."""


def network_for(home: Home, work: Work, weights: Path) -> str:
    """Return the SHA-256 of the network that a coder's vector is for.

    Raises:
        LackError: they do not allow a vector, nothing is known of them, or there are no weights
            that can make one.
    """
    if work.coder is None:
        holds = read_consent(home, datetime.now(timezone.utc))
        if holds.content is not Content.FULL:
            allowed = "only metadata may be recorded" if holds.content else holds.reason
            raise LackError(
                f"your text may not be kept ({allowed}); "
                "`foretrace consent grant --content full` allows it"
            )
    if not work.known:
        raise LackError("no program is recorded with its text that somebody worked on")
    try:
        card = read_card(weights)
    except WeightsError as error:
        raise LackError(str(error)) from error
    if ENCODER not in card.files:
        raise LackError(
            f"the weights in {weights} have no encoder; `foretrace train coder` makes one"
        )
    return card.files[NETWORK]


def made(home: Home, work: Work, weights: Path, network_sha256: str, refine: bool) -> CoderVector:
    """Make a coder's vector, keep it, and return it.

    Raises:
        LackError: the packages that it needs are not installed.
        CallError: the process that makes it could not.
        ForgottenError: something was forgotten meanwhile, so that it was not kept.
        OSError: the folder or the file cannot be made.
        sqlite3.Error: the store cannot be written.
    """
    for lack in missing_packages():
        raise LackError(f"{lack.what} is missing; get it with: {lack.remedy}")
    began = time.monotonic()
    traces = [asdict(each.trace) for each in work.known]
    told: dict[str, Any] = call(
        "vector", {"weights": str(weights), "traces": traces, "refine": refine}
    )
    about = {
        "network_sha256": network_sha256,
        "traces": len(traces),
        "until_wall_us": until_wall_us(work),
        "made_wall_us": time.time_ns() // 1000,
        "seconds": time.monotonic() - began,
        "sessions": sessions_of(work),
    }
    vector = cattrs.structure(told | about, CoderVector)
    keep(home, work, vector)
    return vector
