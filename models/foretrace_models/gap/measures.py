"""All measures of one person: their names and units, and what more or less of each means.

The sentences complete "Simulated people …".
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from statistics import fmean, median

from attrs import frozen

from foretrace_models.gap import diversity, exploring, rhythm
from foretrace_models.gap.intervals import Figure
from foretrace_models.gap.kinds import Kind
from foretrace_models.gap.samples import Person


class Group(str, Enum):
    """What a measure is about."""

    DIVERSITY = "diversity"
    TIME = "time"
    EXPLORATION = "exploration"


@frozen
class Measure:
    """One number for each person, None where it cannot be told of them.

    `middle` is what stands for all people: the median where a few of them would decide a mean.
    """

    name: str
    group: Group
    unit: str
    of: Callable[[Person], float | None]
    more: str
    less: str
    middle: Figure = fmean


_D, _T, _E = Group.DIVERSITY, Group.TIME, Group.EXPLORATION

MEASURES: tuple[Measure, ...] = (
    Measure(
        "entropy of events",
        _D,
        "bits",
        lambda p: diversity.ngram_entropy_bits(p.sample, 1),
        "spread what they do over more kinds of event",
        "do a few things most of the time",
    ),
    Measure(
        "entropy of pairs",
        _D,
        "bits",
        lambda p: diversity.ngram_entropy_bits(p.sample, 2),
        "combine events in more ways, two by two",
        "combine events in fewer ways, two by two",
    ),
    Measure(
        "entropy of triples",
        _D,
        "bits",
        lambda p: diversity.ngram_entropy_bits(p.sample, 3),
        "combine events in more ways, three by three",
        "combine events in fewer ways, three by three",
    ),
    Measure(
        "entropy of the next event",
        _D,
        "bits",
        lambda p: diversity.next_entropy_bits(p.sample, 1),
        "are harder to foretell from the last event",
        "are easier to foretell from the last event",
    ),
    Measure(
        "entropy of the next event, two known",
        _D,
        "bits",
        lambda p: diversity.next_entropy_bits(p.sample, 2),
        "are harder to foretell from the last two events",
        "are easier to foretell from the last two events",
    ),
    Measure(
        "different events",
        _D,
        "",
        lambda p: diversity.distinct(p.sample, 1),
        "use more different events",
        "use fewer different events",
    ),
    Measure(
        "different pairs",
        _D,
        "",
        lambda p: diversity.distinct(p.sample, 2),
        "use more different pairs of events",
        "use fewer different pairs of events",
    ),
    Measure(
        "repeats of the last event",
        _D,
        "share",
        lambda p: diversity.repeats(p.sample),
        "do the same thing twice in a row more often",
        "do the same thing twice in a row less often",
    ),
    Measure(
        "gap in the middle",
        _T,
        "s",
        lambda p: rhythm.quantile(rhythm.all_gaps_s(p.sample), 0.5),
        "are slower from one event to the next",
        "are faster from one event to the next",
        median,
    ),
    Measure(
        "gap that 9 in 10 are not above",
        _T,
        "s",
        lambda p: rhythm.quantile(rhythm.all_gaps_s(p.sample), 0.9),
        "make longer pauses",
        "make shorter pauses",
        median,
    ),
    Measure(
        "burstiness",
        _T,
        "-1 to 1",
        lambda p: rhythm.burstiness(rhythm.all_gaps_s(p.sample)),
        "work in stronger bursts, rests included",
        "work more evenly, rests included",
    ),
    Measure(
        "burstiness within sessions",
        _T,
        "-1 to 1",
        lambda p: rhythm.burstiness([gap for own in rhythm.gaps_s(p.sample) for gap in own]),
        "work in stronger bursts within a session",
        "work more evenly within a session",
    ),
    Measure(
        "memory of gaps",
        _T,
        "-1 to 1",
        lambda p: rhythm.memory(rhythm.gaps_s(p.sample)),
        "stay longer at one pace, quick or slow",
        "change pace more abruptly, quick and slow mixed",
    ),
    Measure(
        "events of a session",
        _T,
        "",
        lambda p: rhythm.session_events(p.sessions),
        "do more in a session",
        "do less in a session",
        median,
    ),
    Measure(
        "length of a session",
        _T,
        "min",
        lambda p: rhythm.session_minutes(p.sessions),
        "stay longer at it in a session",
        "end a session sooner",
        median,
    ),
    Measure(
        "sessions for 1,000 events",
        _T,
        "",
        lambda p: rhythm.sessions_per_thousand(p.sessions),
        "rest more often",
        "rest less often",
        median,
    ),
    Measure(
        "returns to an earlier event",
        _E,
        "share",
        lambda p: exploring.event_revisits(p.sample),
        "come back more to what they did before in the session",
        "come back less to what they did before in the session",
    ),
    Measure(
        "straight back",
        _E,
        "share",
        lambda p: exploring.straight_back(p.sample),
        "go to something and straight back more often",
        "go to something and straight back less often",
    ),
    Measure(
        "returns to an earlier file",
        _E,
        "share",
        lambda p: exploring.place_revisits(p.sample),
        "come back more to files they were in before",
        "come back less to files they were in before",
    ),
    Measure(
        "navigation among navigation and edits",
        _E,
        "share",
        lambda p: exploring.navigation_share(p.sample),
        "look around more for each edit",
        "look around less for each edit",
    ),
    Measure(
        "share of debugging",
        _E,
        "share",
        lambda p: exploring.share_of(Kind.DEBUG)(p.sample),
        "debug more",
        "debug less",
    ),
    Measure(
        "branching",
        _E,
        "events",
        lambda p: exploring.branching(p.sample),
        "go on from an event in more ways",
        "go on from an event in fewer ways",
    ),
    Measure(
        "switches between kinds",
        _E,
        "share",
        lambda p: exploring.switches(p.sample),
        "switch more often between looking, editing, running and debugging",
        "switch less often between looking, editing, running and debugging",
    ),
)
