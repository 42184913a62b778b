"""Where no test says what is right, only changes that are likely by themselves are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.source import Source

_MOST_BITS = 3.0
# These keep a crash from happening by keeping the program from getting there.
_HIDING = frozenset(("statement too many", "comparison", "condition", "constant", "arithmetic"))

_Propose = Callable[[Source], Iterator[tuple[Candidate, str]]]


def likely_alone(propose: _Propose) -> _Propose:
    """Return what proposes the same changes but for those that only a test could vouch for."""

    def likely(source: Source) -> Iterator[tuple[Candidate, str]]:
        for candidate, text in propose(source):
            if candidate.cost <= _MOST_BITS and candidate.rule not in _HIDING:
                yield candidate, text

    return likely
