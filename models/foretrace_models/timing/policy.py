"""The policy: whether to speak now or to stay silent, and for which reason.

A person who asks is always answered. What comes by itself comes at a boundary (a save, a run that
failed) or when nothing was done for a while; not while it is snoozed, and not right after one was
turned down, for longer with each that follows: after a declined edit most of what comes by itself
is dismissed (the field study of ProAIDE, IUI 2026).

Where it is unlikely to be taken, silence has to be earned by what this person decided: other people
and other suggestions alone silence nothing. At a boundary it is shown all the same now and then,
for what is never shown is never learned of. So each decision has a propensity, the probability with
which it was to be shown, and silence with a propensity of 0 censors: nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from attrs import frozen

# After one that was turned down; twice as long after each that follows, up to the longest.
FIRST_REST_S = 20.0
LONGEST_REST_S = 600.0
# As many of this person's decisions as it takes before a probability can silence anything.
FEWEST_DECIDED = 10
# How often something unlikely is shown at a boundary.
EXPLORED = 0.05


class Trigger(str, Enum):
    """What leads to help."""

    PAUSE = "pause"
    SAVE = "save"
    FAILURE = "failure"
    REQUEST = "request"

    @property
    def is_boundary(self) -> bool:
        """Whether the person has come to the end of something."""
        return self in (Trigger.SAVE, Trigger.FAILURE)


class Silence(str, Enum):
    """Why nothing is said."""

    SNOOZED = "snoozed"
    REJECTED = "rejected"
    IDLE = "idle"
    UNLIKELY = "unlikely"


@frozen
class Likelihood:
    """How likely it is to be taken, and from which probability on it is worth to be shown.

    `decided` counts what this person took and turned down.
    """

    probability: float
    threshold: float
    decided: int


@frozen
class Now:
    """What a decision depends on.

    Times are seconds of one clock. `edited_s` is when the person last wrote something, None for not
    yet. `rejections` are those that followed one another, the last of them at `rejected_s`.
    """

    now_s: float
    trigger: Trigger
    minimum_idle_s: float
    edited_s: float | None = None
    snoozed_until_s: float | None = None
    rejections: int = 0
    rejected_s: float | None = None
    likelihood: Likelihood | None = None


@frozen
class Decision:
    """Whether to speak, with which probability that was to be so, and why not.

    `until_s` is when the reason will be gone, None where it is not a matter of time.
    """

    is_shown: bool
    propensity: float
    silence: Silence | None = None
    until_s: float | None = None


_SHOWN = Decision(True, 1.0)


def decide(now: Now, chance: Callable[[], float]) -> Decision:
    """Return whether to speak; `chance` gives a number from 0 to 1, and is rarely asked."""
    if now.trigger is Trigger.REQUEST:
        return _SHOWN
    if now.snoozed_until_s is not None and now.now_s < now.snoozed_until_s:
        return Decision(False, 0.0, Silence.SNOOZED, now.snoozed_until_s)
    if (rested_s := _rested_at(now)) is not None and now.now_s < rested_s:
        return Decision(False, 0.0, Silence.REJECTED, rested_s)
    if not now.trigger.is_boundary and now.edited_s is not None:
        idle_s = now.edited_s + now.minimum_idle_s
        if now.now_s < idle_s:
            return Decision(False, 0.0, Silence.IDLE, idle_s)
    if now.likelihood is not None and _is_unlikely(now.likelihood):
        propensity = EXPLORED if now.trigger.is_boundary else 0.0
        if propensity and chance() < propensity:
            return Decision(True, propensity)
        return Decision(False, propensity, Silence.UNLIKELY)
    return _SHOWN


def rest_s(rejections: int) -> float:
    """Return for how many seconds to rest after so many were turned down one after the other."""
    if rejections < 1:
        return 0.0
    # More doublings than these end at the longest anyway.
    return min(FIRST_REST_S * 2.0 ** min(rejections - 1, 20), LONGEST_REST_S)


def _rested_at(now: Now) -> float | None:
    return None if now.rejected_s is None else now.rejected_s + rest_s(now.rejections)


def _is_unlikely(likelihood: Likelihood) -> bool:
    enough = likelihood.decided >= FEWEST_DECIDED
    return enough and likelihood.probability < likelihood.threshold
