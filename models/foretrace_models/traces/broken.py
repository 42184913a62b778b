"""Broken states: where traces stood when a test failed for the last time."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from attrs import frozen

from foretrace_models.traces.moments import Moment, moments
from foretrace_telemetry.traces import Trace


@frozen(eq=False)
class Broken:
    """The last moment of a trace at which a test failed, and the text that came next."""

    trace: Trace
    moment: Moment
    after: str

    @property
    def id(self) -> str:
        """A name for it."""
        return f"{self.trace.coder}/{self.trace.exercise}/{len(self.moment.past)}"

    @property
    def failed_before(self) -> int:
        """How many states before it failed, too."""
        return sum(state.works is False for state in self.moment.past)


def broken(traces: Iterable[Trace], most_of_a_coder: int, limit: int, seed: int) -> list[Broken]:
    """Return the broken state of each trace that has one, so many of a coder and in all at most.

    Which ones, if there are more, is by chance.
    """
    by_coder: dict[str, list[Broken]] = defaultdict(list)
    for trace in traces:
        failing = [each for each in moments(trace) if each[0].works is False]
        if failing:
            by_coder[trace.coder].append(Broken(trace, *failing[-1]))
    found = []
    for coder, own in sorted(by_coder.items()):
        random.Random(f"{seed} {coder}").shuffle(own)  # noqa: S311 - no secret
        found += own[:most_of_a_coder]
    random.Random(seed).shuffle(found)  # noqa: S311 - no secret
    return sorted(found[:limit], key=lambda each: each.id)
