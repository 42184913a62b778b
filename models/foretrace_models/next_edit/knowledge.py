"""What was learned from others: how often patterns were right, and which places are likely."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import field, frozen

from foretrace_models.next_edit.proposal import Proposal

# How many proposals what is known of the whole counts for, beside those of a part of it.
_PRIOR = 4.0
# How often proposals are right of which nothing is known: half as often as those that are.
_UNKNOWN = 0.3


@frozen
class Counts:
    """How many proposals were made, and how many of them people then made themselves."""

    right: int
    offered: int


@frozen
class Knowledge:
    """Counts of proposals by pattern and grade, and the weights of features of places.

    The weights of a place's features add up, with `bias`, to the logarithm of its odds.
    """

    counts: Mapping[str, Mapping[str, Counts]] = field(factory=dict)
    weights: Mapping[str, float] = field(factory=dict)
    bias: float = 0.0

    def confidence(self, proposal: Proposal) -> float:
        """Return how often such proposals are right, from 0 to 1.

        Grades seldom seen lean on their pattern; patterns seldom seen count as seldom right.
        """
        grades = self.counts.get(proposal.pattern.value, {})
        share = _share(grades.values(), _UNKNOWN)
        own = grades.get(proposal.grade)
        return share if own is None else _share([own], share)


def _share(counts: Collection[Counts], before: float) -> float:
    right = sum(each.right for each in counts)
    offered = sum(each.offered for each in counts)
    return (right + _PRIOR * before) / (offered + _PRIOR)
