"""What was learned from others: how often patterns were right, and which places are likely.

It is a JSON file with a card: who was seen, under which licences, by which command.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cattrs
from attrs import asdict, field, frozen

from foretrace_models.next_edit.proposal import Proposal

_SHIPPED = Path(__file__).parent / "shipped.json"
# How many proposals what is known of the whole counts for, beside those of a part of it.
_PRIOR = 4.0
# How often proposals are right of which nothing at all is known.
_UNKNOWN = 0.25


@frozen
class Counts:
    """How many proposals were made, and how many of them people then made themselves."""

    right: int
    offered: int


@frozen
class Seen:
    """A data set that was learned from: its licence, how many samples, and digests of its people."""

    dataset: str
    licence: str
    samples: int
    people: tuple[str, ...]


@frozen
class Card:
    """Where what is known comes from: the command that makes it, who was seen, how it fared."""

    command: str = ""
    seen: tuple[Seen, ...] = ()
    metrics: Mapping[str, float] = field(factory=dict)

    @property
    def people(self) -> frozenset[str]:
        """The digests of all people seen."""
        return frozenset(person for seen in self.seen for person in seen.people)


@frozen
class Knowledge:
    """Counts of proposals by pattern and grade, and the weights of features of places.

    A place's weights give the logarithm of its odds; `bias` is that without any feature.
    """

    counts: Mapping[str, Mapping[str, Counts]] = field(factory=dict)
    weights: Mapping[str, float] = field(factory=dict)
    bias: float = 0.0
    card: Card = Card()

    def confidence(self, proposal: Proposal) -> float:
        """Return how often such proposals are right, from 0 to 1.

        Grades seldom seen lean on their pattern, and patterns on all of them.
        """
        everything = [each for grades in self.counts.values() for each in grades.values()]
        grades = self.counts.get(proposal.pattern.value, {})
        share = _share(everything, _UNKNOWN)
        share = _share(grades.values(), share)
        own = grades.get(proposal.grade)
        return _share([own] if own else [], share)


def digest_of(dataset: str, person: str) -> str:
    """Return by what a card knows a person, without naming them."""
    return hashlib.sha256(f"{dataset}/{person}".encode()).hexdigest()[:16]


def load(path: Path) -> Knowledge:
    """Return what a file holds.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not such a file.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    try:
        return cattrs.structure(data, Knowledge)
    except (cattrs.BaseValidationError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} holds no knowledge of next edits: {error!r}") from error


def save(path: Path, knowledge: Knowledge) -> None:
    """Write what is known to a file.

    Raises:
        OSError: it cannot be written.
    """
    data: dict[str, Any] = asdict(knowledge)
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


@cache
def shipped() -> Knowledge:
    """Return what comes with Foretrace."""
    return load(_SHIPPED)


def _share(counts: Any, before: float) -> float:
    right = sum(each.right for each in counts)
    offered = sum(each.offered for each in counts)
    return float((right + _PRIOR * before) / (offered + _PRIOR))
