"""The model of next commands, asked about events as they are, echoes and repeats included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from foretrace_models.gap.streams import Stream
from foretrace_models.next_command.counts import Context, Counts, Vocabulary, counts_of
from foretrace_models.next_command.predicting import shares


@frozen
class Pool:
    """What people did, each counting less the more they did; and each for themselves."""

    vocabulary: Vocabulary
    pooled: Counts
    own: dict[str, Counts]

    @classmethod
    def of(cls, streams: Sequence[Stream]) -> Pool:
        """Learn from people."""
        vocabulary, pooled = Vocabulary(), Counts()
        own = {}
        for stream in streams:
            own[stream.person] = counts_of(_moments(stream, vocabulary, pooled.order))
            pooled.add(own[stream.person])
        return cls(vocabulary, pooled, own)

    def foreteller(self, person: str | None) -> Foretold:
        """Return what foretells the events of somebody with a person's habits, or with nobody's."""
        return Foretold(self, None if person is None else self.own[person])


@frozen
class Foretold:
    """Foretells the next event from the last few."""

    _pool: Pool
    _own: Counts | None

    def distribution(self, history: Sequence[str]) -> Mapping[str, float]:
        """Return the share of each event."""
        vocabulary = self._pool.vocabulary
        context = tuple(map(vocabulary.number, history))
        found = shares(self._pool.pooled, context, len(vocabulary), self._own)
        return {vocabulary.name(number): share for number, share in found.listed.items()}


def _moments(stream: Stream, vocabulary: Vocabulary, order: int) -> Iterator[tuple[Context, int]]:
    numbers = tuple(map(vocabulary.number, stream.events))
    for at, number in enumerate(numbers):
        yield numbers[max(0, at - order) : at], number
