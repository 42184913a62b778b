"""The profile of a coder: how they write and work, in numbers that can be read.

It is there from the first trace on and needs no model. What is observed is only summed up, so the
profile of some traces is the sum of the profiles of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import chain

from attrs import field, frozen

from foretrace_models.coder.layout import observe_layout
from foretrace_models.coder.traits import Trait
from foretrace_models.coder.working import observe_working
from foretrace_models.style import Style, style_of
from foretrace_telemetry.traces import Trace


@frozen
class Observed:
    """What was seen of a trait: the `total` of so many observations, `count`."""

    total: float
    count: int

    @property
    def mean(self) -> float:
        """The mean; of a share, how often it was so."""
        return self.total / self.count

    def __add__(self, other: Observed) -> Observed:
        """Return both together."""
        return Observed(self.total + other.total, self.count + other.count)


@frozen
class Profile:
    """What was seen of a coder in so many `traces`; a trait that was never seen is missing.

    `style` is known of Python only.
    """

    observed: Mapping[Trait, Observed] = field(factory=dict)
    style: Style = field(factory=Style)
    traces: int = 0

    def __add__(self, other: Profile) -> Profile:
        """Return the profile of the traces of both."""
        none = Observed(0, 0)
        both = {
            trait: self.observed.get(trait, none) + other.observed.get(trait, none)
            for trait in Trait
            if trait in self.observed or trait in other.observed
        }
        return Profile(both, self.style + other.style, self.traces + other.traces)


def profile_of(trace: Trace) -> Profile:
    """Return the profile of one trace: layout and style of its last state, and its steps."""
    text = trace.last.text
    totals: dict[Trait, float] = {}
    counts: Counter[Trait] = Counter()
    for trait, value in chain(observe_layout(text, trace.language), observe_working(trace)):
        totals[trait] = totals.get(trait, 0.0) + value
        counts[trait] += 1
    observed = {trait: Observed(total, counts[trait]) for trait, total in totals.items()}
    style = style_of(text) if trace.language == "python" else Style()
    return Profile(observed, style, 1)


def merged(profiles: Iterable[Profile]) -> Profile:
    """Return the profile of all traces of one coder together."""
    return reduce(Profile.__add__, profiles, Profile())
