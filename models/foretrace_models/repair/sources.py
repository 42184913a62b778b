"""Where candidates come from. Each source can be left out, to see what the others do without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from attrs import field, frozen

from foretrace_models.repair import past, samples
from foretrace_models.repair.pool import Pool
from foretrace_models.repair.rules import SHARED, candidates
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.mined import MinedRules, load_rules
from foretrace_models.repair.source import Source


class SourceName(str, Enum):
    """A source of candidates.

    `RULES` are written by hand, `MINED` are learned from pairs of programs, `CLASS` are shared in
    the person's course, `DONORS` are peers' correct programs, `PAST` is what the person wrote
    before, `SAMPLES` are a model's.
    """

    RULES = "rules"
    MINED = "mined"
    CLASS = "class"
    DONORS = "donors"
    PAST = "past"
    SAMPLES = "samples"


def _names(names: Iterable[SourceName]) -> frozenset[SourceName]:
    return frozenset(names)


@frozen
class Sources:
    """What there is to make candidates of, beside the situation.

    `pool` holds peers' correct programs, `past` the person's own earlier texts, the latest first.
    `mined` are rules other than those that are shipped, `shared` those of the person's course.
    Those in `without` are not asked.
    """

    pool: Pool | None = None
    past: tuple[str, ...] = ()
    mined: MinedRules | None = None
    shared: MinedRules | None = None
    without: frozenset[SourceName] = field(default=frozenset(), converter=_names)

    def has(self, name: SourceName) -> bool:
        """Return whether a source may be asked."""
        return name not in self.without

    def by_rules(self, source: Source) -> Iterator[tuple[Candidate, str]]:
        """Iterate over what the rules that may be asked propose, with the text each leads to."""
        return candidates(
            source,
            self.mined or load_rules(),
            by_hand=self.has(SourceName.RULES),
            mined=self.has(SourceName.MINED),
            shared=self.shared if self.has(SourceName.CLASS) else None,
        )

    def by_likely_rules(self, source: Source) -> Iterator[tuple[Candidate, str]]:
        """Do as `by_rules` with those that are likely by themselves: no mined one, costs as given.

        For where there are no tests to tell.
        """
        return candidates(source, by_hand=self.has(SourceName.RULES))

    def at_first(self, source: Source) -> Iterator[tuple[Candidate, str]]:
        """Do as `by_rules`, with what the person's own past proposes for the text as it stands."""
        yield from self.by_rules(source)
        if self.has(SourceName.PAST):
            yield from past.candidates(source, self.past)


EVERY_SOURCE = Sources()

# The names of rules that are none of those written by hand begin with these.
_BEGINNINGS = {
    "mined": SourceName.MINED,
    SHARED: SourceName.CLASS,
    "donor": SourceName.DONORS,
    "own past": SourceName.PAST,
    **dict.fromkeys(samples.RULES, SourceName.SAMPLES),
}


def source_of(rule: str) -> SourceName:
    """Return the source of a candidate by the name of its rule."""
    for beginning, source in _BEGINNINGS.items():
        if rule.startswith(beginning):
            return source
    return SourceName.RULES
