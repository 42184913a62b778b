"""Streams: what one person did, whichever tool has seen it, as names of events and their times.

Times are whole seconds, as the coarsest logs have them: else the clock alone would tell two sources
apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

# Who does nothing for so long has begun a new session when they go on.
REST_S = 1800


@frozen
class Stream:
    """What one person did, in order of time: a time, the name of an event and, if known, a file."""

    person: str
    times_s: Sequence[int]
    events: Sequence[str]
    places: Sequence[str | None] | None = None

    def __len__(self) -> int:
        return len(self.events)


@frozen
class Session:
    """Events without a rest between them; `rest_before_s` is the one before, None before the first.

    `places` has a file for each event, or None where that is not known of any.
    """

    times_s: Sequence[int]
    events: Sequence[str]
    rest_before_s: int | None = None
    places: Sequence[str | None] | None = None

    def __len__(self) -> int:
        return len(self.events)

    @property
    def lasts_s(self) -> int:
        """How many seconds lie between its first event and its last."""
        return self.times_s[-1] - self.times_s[0]

    def first(self, count: int) -> Session:
        """Return the session up to an event, `count` of them."""
        places = None if self.places is None else self.places[:count]
        return Session(self.times_s[:count], self.events[:count], self.rest_before_s, places)


def sessions_of(stream: Stream) -> list[Session]:
    """Return a stream in sessions, in their order."""
    sessions: list[Session] = []
    end = 0
    for start, stop in _bounds(stream.times_s):
        rest = stream.times_s[start] - stream.times_s[end] if sessions else None
        places = None if stream.places is None else stream.places[start:stop]
        sessions.append(
            Session(stream.times_s[start:stop], stream.events[start:stop], rest, places)
        )
        end = stop - 1
    return sessions


def _bounds(times_s: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(times_s)):
        if times_s[at] - times_s[at - 1] >= REST_S:
            yield start, at
            start = at
    if times_s:
        yield start, len(times_s)
