"""Where candidates come from. Each source can be left out, to see what the others do without it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import field, frozen

from foretrace_models.repair import past, samples
from foretrace_models.repair.pool import Pool
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.source import Source


class SourceName(str, Enum):
    """A source of candidates.

    `RULES` are written by hand, `MINED` are learned from pairs of programs, `DONORS` are peers'
    correct programs, `PAST` is what the person wrote before, `SAMPLES` are a language model's.
    """

    RULES = "rules"
    MINED = "mined"
    DONORS = "donors"
    PAST = "past"
    SAMPLES = "samples"


@frozen
class Sources:
    """What there is to make candidates of, beside the situation.

    `pool` holds peers' correct programs, `past` the person's own earlier texts, the latest first.
    Those in `without` are not asked.
    """

    pool: Pool | None = None
    past: tuple[str, ...] = ()
    without: frozenset[SourceName] = field(default=frozenset(), converter=frozenset)

    def has(self, name: SourceName) -> bool:
        """Return whether a source may be asked."""
        return name not in self.without

    def by_past(self, source: Source) -> Iterator[tuple[Candidate, str]]:
        """Iterate over what the person's own past proposes, with the text each leads to."""
        return past.candidates(source, self.past) if self.has(SourceName.PAST) else iter(())


EVERY_SOURCE = Sources()

# The names of rules that are none of those written by hand begin with these.
_BEGINNINGS = {
    "mined": SourceName.MINED,
    "donor": SourceName.DONORS,
    "own past": SourceName.PAST,
    samples.RULE: SourceName.SAMPLES,
}


def source_of(rule: str) -> SourceName:
    """Return the source of a candidate by the name of its rule."""
    for beginning, source in _BEGINNINGS.items():
        if rule.startswith(beginning):
            return source
    return SourceName.RULES
